# Every target sets up its environment by itself; a second set-up does nothing.
# A Python that is not `python3`: make PYTHON=/path/to/python3.12

PYTHON ?= python3
BIN := .venv/bin
DEMO := .venv-demo/bin
SET_UP = "$(PYTHON)" tools/bootstrap.py
unexport PYTHONPATH PYTHONHOME
# The tests start hundreds of programs, and each would compile all of dutyroute anew.
unexport PYTHONDONTWRITEBYTECODE
MINUTES ?= 20
SEED ?= 1
# mypy and pip fail on a UTF-8 path in a GBK locale; what a person sees keeps the locale.
test test-all test-spark types wheel fuzz properties: export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-spark types wheel fuzz properties bench bench-parts bench-smoke format size clean setup python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]/ && NF == 2 { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: python ## route example incidents, run all cases, replay the example histories, compare both engines
	@$(SET_UP) --extra batch,cli,report --venv .venv-demo
	$(DEMO)/dutyroute route cases/demo/incidents.yaml
	$(DEMO)/dutyroute test cases/
	@rm -rf build/replay
	$(DEMO)/dutyroute replay cases/history --out build/replay || [ $$? -eq 1 ] # 1: some rows diverge, as they should
	@rm -rf build/engines
	@if $(DEMO)/python -c "import durable.engine" 2>/dev/null; then \
		echo '$(DEMO)/dutyroute replay cases/history --out build/engines --engine both >/dev/null'; \
		$(DEMO)/dutyroute replay cases/history --out build/engines --engine both >/dev/null || [ $$? -eq 1 ]; \
		grep -q '"disagreed": 0' build/engines/summary.json; \
	else echo "the second engine is not installed: docs/engines.md says how"; fi

test: setup ## run ruff, mypy and the tests, on all processors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder

test-all: ## run the tests on every CPython from 3.11 on that this machine has
	"$(PYTHON)" tools/test_all.py

test-spark: python ## run the tests of a replay on a Spark cluster of this machine (needs Java 17)
	@$(SET_UP) --extra test,spark --venv .venv-spark
	.venv-spark/bin/pytest -m spark

types: setup ## check that the public API is completely typed (needs Node)
	$(BIN)/python tools/verify_types.py

wheel: setup ## build the wheel and smoke-test it
	$(BIN)/pytest -m wheel tests/test_wheel.py

fuzz: setup ## damage files and kill writers for MINUTES=20, from SEED=1 on; AGAIN=FOLDER tries one again
	@PYTHONPATH=tests $(BIN)/python -m fuzz --minutes $(MINUTES) --seed $(SEED) --only $(ONLY) $(if $(AGAIN),--again $(AGAIN))

properties: setup ## run the property tests for longer
	DUTYROUTE_FUZZ=1 $(BIN)/pytest -m fuzz

bench: ## time dutyroute and eight other engines, in an environment of their own
	test -d .venv-bench || "$(PYTHON)" -m venv .venv-bench
	CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject .venv-bench/bin/pip install -q -r benchmarks/peers/requirements.txt
	PYTHONPATH=src .venv-bench/bin/python benchmarks/compare.py

bench-parts: setup ## time the parts of dutyroute: routing, check, the ledger, both engines
	$(BIN)/python benchmarks/smoke.py --load
	$(BIN)/python benchmarks/rivals.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/engines.py

bench-smoke: setup ## compare a few ratios of times with those of an earlier run
	$(BIN)/python benchmarks/smoke.py

format: setup ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

size: ## count the lines of code, the comments and the repeated names
	@"$(PYTHON)" tools/size.py

clean: ## remove everything that these targets made
	rm -rf .venv* build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: python
	@$(SET_UP)

python:
	@command -v "$(PYTHON)" >/dev/null || { echo "set-up: failed: found no $(PYTHON); install Python from 3.11 on, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
