# Every target sets up .venv by itself; a second set-up does nothing.
# A Python that is not `python3`: make PYTHON=/path/to/python3.12

PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONPATH PYTHONHOME
# mypy and pip fail on a UTF-8 path in a GBK locale; what a person sees keeps the locale.
test test-all test-spark wheel: export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-spark wheel fuzz bench bench-parts bench-smoke format clean setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]/ && NF == 2 { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: setup ## route cases/demo, run all cases, replay cases/history, hold both engines against each other
	$(BIN)/dutyroute route cases/demo/incidents.yaml
	$(BIN)/dutyroute test cases/
	@rm -rf build/replay
	$(BIN)/dutyroute replay cases/history --out build/replay || [ $$? -eq 1 ] # 1: some rows diverge, as they should
	@rm -rf build/engines
	@if $(BIN)/python -c "import durable.engine" 2>/dev/null; then \
		echo '$(BIN)/dutyroute replay cases/history --out build/engines --engine both >/dev/null'; \
		$(BIN)/dutyroute replay cases/history --out build/engines --engine both >/dev/null || [ $$? -eq 1 ]; \
		grep -q '"disagreed": 0' build/engines/summary.json; \
	else echo "the second engine is not installed: docs/engines.md says how"; fi

test: setup ## ruff, mypy and the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest

test-all: ## the tests on every CPython from 3.11 on that this machine has
	"$(PYTHON)" tools/test_all.py

test-spark: ## the tests of a replay on a Spark cluster of this machine (needs Java 17)
	@"$(PYTHON)" tools/bootstrap.py --extra test,spark --venv .venv-spark
	.venv-spark/bin/pytest -m spark

wheel: setup ## build the wheel, install it alone and use it
	$(BIN)/pytest -m wheel tests/test_wheel.py

fuzz: setup ## the long run of the property tests
	DUTYROUTE_FUZZ=1 $(BIN)/pytest -m fuzz

bench: ## time dutyroute beside other engines, in an environment of their own (Java 17 for one of them)
	test -d .venv-bench || "$(PYTHON)" -m venv .venv-bench
	CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject .venv-bench/bin/pip install -q -r benchmarks/peers/requirements.txt
	PYTHONPATH=src .venv-bench/bin/python benchmarks/compare.py

bench-parts: setup ## measure the parts of dutyroute: routing, the ledger, both engines
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/engines.py

bench-smoke: setup ## hold a few ratios to those of an earlier run
	$(BIN)/python benchmarks/smoke.py

format: setup ## put the code in its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove what was made
	rm -rf .venv* build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@command -v "$(PYTHON)" >/dev/null || { echo "set-up: failed: found no $(PYTHON); install Python from 3.11 on, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" tools/bootstrap.py
