# The two commands of the README, and what a developer needs beside them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
INSTALLED := $(VENV)/.installed
TEST_INSTALLED := $(VENV)/.installed-test

.PHONY: install table1 test lint docs bench bench-compare digits sanitize clean

install: $(INSTALLED)

table1: $(INSTALLED)
	$(BIN)/audiogan run configs/table1.toml --profile quick

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(TEST_INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(TEST_INSTALLED)
	$(BIN)/mkdocs build --strict --quiet

BENCHMARKS = $(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-only --benchmark-columns=min,median,rounds
SELECT :=

# SELECT="not native" leaves out what takes minutes; saved in .benchmarks/.
bench: $(TEST_INSTALLED)
	$(BENCHMARKS) -k "$(SELECT)" --benchmark-autosave

# Beside the last saved run.
bench-compare: $(TEST_INSTALLED)
	$(BENCHMARKS) -k "$(SELECT)" --benchmark-compare

RECORDINGS := free-spoken-digit-dataset/recordings
OUTPUT := build/digits

# What docs/evaluation.md says of the Free Spoken Digit Dataset; its limit of time is meant for two idle cores.
digits: $(INSTALLED)
	$(BIN)/python -m benchmarks.spoken_digits "$(RECORDINGS)" "$(OUTPUT)"

# Vectors of four numbers, of eight where the processor has them, and of as many as it has.
ARCHITECTURES := "" $(if $(shell grep -m1 -w avx2 /proc/cpuinfo 2>/dev/null),"-mavx2 -mfma") -march=native

# Every pass of the compiled LSTM at odd sizes, for each of them, under the sanitizers.
sanitize:
	mkdir -p build
	for sanitizers in address,undefined thread; do for architecture in $(ARCHITECTURES); do \
		$(CXX) -std=c++17 -O1 -g -Wno-psabi -pthread $$architecture \
			-fsanitize=$$sanitizers -fno-sanitize-recover=all -Iaudiogan/lstm/cpu/source \
			tests/lstm/cpu/sanitized.cpp -o build/sanitized && build/sanitized || exit 1; \
	done; done

clean:
	rm -rf $(VENV) site dist build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(TEST_INSTALLED): $(INSTALLED)
	$(PIP) --editable '.[test]'
	touch $@
