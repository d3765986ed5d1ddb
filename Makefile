# `make demo` and `make test` set up all they need in .venv; nothing is installed outside this folder.
.DEFAULT_GOAL := help
.PHONY: help demo test native lint docs bench prove fuzz lock clean

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= auto
SECONDS ?= 60

help:  ## show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: .venv/run.stamp  ## from YAML to report, in a scratch copy of the example chain
	@$(BIN)/promo demo

test: .venv/native.stamp  ## every test, with seeded samples of the long proofs
	PROMO_ENGINE=python $(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term:skip-covered --cov-report=xml:out/coverage.xml
	@if [ -d promo_cli/pricing/native ]; then set -x; PROMO_ENGINE=native $(BIN)/python -m pytest -n $(JOBS) tests/pricing; fi

native: .venv/native.stamp  ## the pricing engine as machine code, several times as fast; needs a C compiler

lint: .venv/dev.stamp  ## style, types, the seven floors, generated docs up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/reference.py --check

docs: .venv/dev.stamp  ## write the generated reference
	$(BIN)/python tools/reference.py

bench: .venv/native.stamp  ## figures, as ratios to a floor measured in the same run
	$(BIN)/python -m bench

prove: .venv/dev.stamp  ## the long proofs in full
	PROMO_PROOF=full $(BIN)/python -m pytest -n $(JOBS)

fuzz: .venv/dev.stamp  ## random carts against the invariants, broken files against the checks, damaged uploads, SECONDS each
	$(BIN)/python -m tests.pricing.fuzz --seconds $(SECONDS)
	$(BIN)/python -m tests.validation.fuzz --seconds $(SECONDS)
	$(BIN)/python -m tests.warehouse.fuzz --seconds $(SECONDS)

lock: .venv/dev.stamp  ## resolve the dependencies anew
	$(BIN)/python tools/lock.py

clean:  ## remove everything generated
	rm -rf .venv out promo_cli/pricing/native .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "promo needs Python 3.11 or later; found $$($(PYTHON) --version). Choose one: make PYTHON=python3.12 …"; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make virtual environments here. Run: apt install python3-venv"; exit 2; }
	@touch $@

.venv/run.stamp: .venv/made.stamp requirements.lock pyproject.toml
	@echo "Setting up promo in .venv (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@$(BIN)/python -m compileall -q promo_cli
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	@echo "Adding the tools for development …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv/native.stamp: .venv/dev.stamp tools/native.py $(wildcard promo_cli/pricing/*.py promo_cli/pricing/types/*.py)
	@echo "Compiling the pricing engine …"
	@$(BIN)/python -m tools.native
	@touch $@
