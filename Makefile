# SPDX-License-Identifier: Apache-2.0
# make demo   installs what is missing, builds, runs the nightly job on SampleData
# make test   installs what is missing, lints, builds for release, passes the tests
# make bench  measures on generated data (Benchmarks/README.md)

.PHONY: demo test check lint build packages bench clean

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

bench: build
	Benchmarks/run

clean:
	rm -rf .build
