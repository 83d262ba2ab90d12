# SPDX-License-Identifier: Apache-2.0
# make demo   installs what is missing, builds, runs the nightly job on SampleData
# make test   installs what is missing, lints, builds for release, passes the tests
# make kernels-check  counts instructions per reading and compares with those committed
# make bench  measures whole runs on generated data (Benchmarks/README.md)

.PHONY: demo test check lint build packages kernels-check bench clean

demo: packages
	Scripts/demo

test: packages lint build
	Scripts/test

check: test

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

build: packages
	swift build -c release --product tallywatt

packages:
	@Scripts/packages

kernels-check: build
	@Scripts/packages python3 binutils valgrind
	Benchmarks/kernels --check

bench: build
	@Scripts/packages python3
	Benchmarks/run

clean:
	rm -rf .build
