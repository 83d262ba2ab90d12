# SPDX-License-Identifier: Apache-2.0
"""What was measured, as tables in Markdown and a plot in SVG.

Files have fixed names: links to them stay right, and git shows what a commit changed in them.
"""
import html
import pathlib


def table(heads, rows):
    """A table; heads that end in ':' are of numbers."""
    lines = [[head.rstrip(":") for head in heads],
             ["--:" if head.endswith(":") else "---" for head in heads], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def write(folder, name, title, circumstances, sections, plot=None):
    """Writes `name`.md, and `name`.svg where there is a plot, and prints the text."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = f"# {title}\n\nWritten by `Benchmarks/run`. {circumstances}.\n"
    if plot:
        (folder / f"{name}.svg").write_text(plot)
        text += f"\n![CPU seconds of each tool on each data set]({name}.svg)\n"
    text += "".join(f"\n{section}" for section in sections)
    (folder / f"{name}.md").write_text(text)
    print(text)


STYLE = """
  text { font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
  .page { fill: #ffffff } .bar { fill: #8c959f } .ours { fill: #cf4a1e }
  .name { font-weight: 600 } .quiet { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .page { fill: #0d1117 } .bar { fill: #6e7681 }
    .ours { fill: #f0743e } .quiet { fill: #9198a1 }
  }
"""


def bars(title, subtitle, groups, ours):
    """Horizontal bars, a scale for each group.

    - groups: (name, [(label, seconds)]); the bar of the label `ours` is marked, and the others say
      how many times as long they are.
    """
    width, left, right, step = 820, 190, 150, 24
    parts, y = [], 74
    for name, rows in groups:
        parts.append(f'<text class="name" x="16" y="{y}">{html.escape(name)}</text>')
        y += 10
        own = dict(rows)[ours]
        longest = max(seconds for _, seconds in rows)
        for label, seconds in rows:
            length = max(seconds / longest * (width - left - right), 1)
            mine = label == ours
            times = "" if mine else f" · {seconds / own:.1f}×"
            bold = ' class="name"' if mine else ""
            parts.append(
                f'<text{bold} x="{left - 10}" y="{y + 14}" text-anchor="end">'
                f'{html.escape(label)}</text>'
                f'<rect class="{"ours" if mine else "bar"}" x="{left}" y="{y + 2}" '
                f'width="{length:.1f}" height="{step - 8}" rx="2"/>'
                f'<text{bold} x="{left + length + 8:.1f}" y="{y + 14}">{seconds:.2f} s{times}</text>')
            y += step
        y += 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" '
        f'height="{y}" role="img" aria-label="{html.escape(title)}">\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{width}" height="{y}"/>\n'
        f'<text class="name" x="16" y="28" style="font-size: 17px">{html.escape(title)}</text>\n'
        f'<text class="quiet" x="16" y="48">{html.escape(subtitle)}</text>\n'
        + "\n".join(parts) + "\n</svg>\n")
