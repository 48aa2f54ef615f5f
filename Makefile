# `make run` and `make test` do everything; `make install` is the step they share.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Beside the one that drives the browser, for many tests wait for processes, a page or a clock; at most 3.
TEST_PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count(), 3))')
# One thread per numerical call: the tests run many processes, and workers share the cores by themselves.
unit test all-tests browser-tests other-tests compiled: export OMP_NUM_THREADS := 1
unit test all-tests browser-tests other-tests compiled: export OPENBLAS_NUM_THREADS := 1

# Every worker, server and command imports the project: what Python compiled of it is kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test all-tests browser-tests other-tests install install-test lint compiled unit bench clean

run: install
	@exec $(BIN)/python app.py

install: $(VENV)/.installed

install-test: $(VENV)/.installed-test
	@bash tests/install_browser.sh
	@bash tests/fetch_promtool.sh

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Lookahead needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-test: requirements.txt requirements-test.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

lint: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

unit: lint
	$(BIN)/python -m pytest -m "not browser and not processes"

test: install-test
	@$(MAKE) --no-print-directory -j3 lint compiled-planning compiled-others
	@$(MAKE) --no-print-directory all-tests

# Tests in the browser take longest and import little: a run of its own, before which the others make room. Both end,
# whatever fails; what the browser's have to say comes last.
all-tests:
	@mkdir -p build
	@$(MAKE) --no-print-directory --keep-going -j2 browser-tests other-tests; code=$$?; cat build/browser.txt; exit $$code

browser-tests:
	@$(BIN)/python -m pytest tests/browser > build/browser.txt 2>&1

other-tests:
	@nice -n 5 $(BIN)/python -m pytest --ignore tests/browser -n $(TEST_PROCESSES) --dist loadgroup

compiled: compiled-planning compiled-others

compiled-%: $(VENV)/.installed-test
	@$(BIN)/python -m tests.compile_kernels $*

bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
