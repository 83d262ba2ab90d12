# SPDX-License-Identifier: Apache-2.0
"""CPU, wall time and memory of commands, taken in turns."""
import collections
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

Figures = collections.namedtuple("Figures", "cpu wall peak")
Figures.__doc__ = "User and system seconds, wall seconds, and the largest resident set in MB (10^6)."


def measured(command, memory=True):
    """What a command with its children took; what it prints is thrown away.

    Memory is told by time(1), for a child of this program starts with this program's own; that
    costs half a millisecond.
    """
    command = list(map(str, command))
    with tempfile.NamedTemporaryFile() as peak, tempfile.TemporaryFile() as errors:
        if memory:
            command = ["/usr/bin/time", "-f", "%M", "-o", peak.name, *command]
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        # A run that found something for a person ends with 2.
        if child.returncode not in (0, 2):
            errors.seek(0)
            sys.exit(f"{' '.join(command)[:300]}\n{errors.read().decode()[-2000:]}")
        kilobytes = int(peak.read().split()[-1]) if memory else 0
    return Figures(used.ru_utime + used.ru_stime, wall, kilobytes * 1024 / 1e6)


class Turns:
    """Measures contestants in turns, so that a busy minute of the machine meets all of them."""

    def __init__(self):
        self.prepare, self.figures = {}, collections.defaultdict(list)

    def add(self, key, prepare):
        """Adds a contestant; `prepare` makes its command anew for each turn, unmeasured."""
        self.prepare[key] = prepare

    def take(self, times):
        for turn in range(times):
            for key, prepare in self.prepare.items():
                figures = measured(prepare())
                self.figures[key].append(figures)
                print(f"{turn + 1}/{times} {' | '.join(key):60} {figures.cpu:8.2f} s CPU "
                      f"{figures.wall:8.2f} s {figures.peak:7.0f} MB", file=sys.stderr, flush=True)

    def median(self, key):
        """The median of each figure."""
        return Figures(*map(statistics.median, zip(*self.figures[key])))

    def ratio(self, key, other, figure="cpu"):
        """The median of a figure against another contestant's of the same turn."""
        return statistics.median(
            getattr(mine, figure) / getattr(theirs, figure)
            for mine, theirs in zip(self.figures[key], self.figures[other]))


def circumstances():
    """Date, commit and machine, as one line."""
    here = pathlib.Path(__file__).resolve().parent

    def said(*command):
        return subprocess.run(command, capture_output=True, text=True, cwd=here).stdout.strip()
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                      if line.startswith("model name")), platform.machine())
    commit = said("git", "rev-parse", "--short", "HEAD")
    if said("git", "status", "--porcelain", "--untracked-files=no", "--", "../Sources"):
        commit += " and uncommitted changes"
    swift = next((word for word in said("swift", "--version").split() if word[0].isdigit()), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (f"{time.strftime('%Y-%m-%d')}, commit {commit}; {processor}, {os.cpu_count()} cores, "
            f"{memory:.0f} GB; {system}, Swift {swift}; load at the end "
            f"{os.getloadavg()[0]:.1f}")
