# Everything a person needs; `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
N ?= 100000
.DEFAULT_GOAL := help
.PHONY: help demo serve test bench check format lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

.venv/run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/run ## load the demonstration and serve it on loopback (PORT=8000)
	@exec $(BIN)/tracker demo --port $(PORT)

serve: .venv/run ## migrate and serve your own instance on loopback (PORT=8000)
	@$(BIN)/tracker db upgrade
	@exec $(BIN)/tracker serve --port $(PORT)

test: .venv/dev ## run the whole suite, on SQLite and on a PostgreSQL from a wheel
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

.venv-bench/run: requirements-bench.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements-bench.lock
	@touch $@

bench: .venv-bench/run ## measure the program beside bare SQL, into docs/benchmarks.md (N=100000 asks)
	@.venv-bench/bin/python -W ignore:XDG_RUNTIME_DIR -m tests.benchmarks --asks $(N)

check: .venv/dev ## lint, types, import contracts, migrations equal to the models
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_migrations.py

format: .venv/dev ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: .venv/dev ## renew the locked requirements, with hashes and without any index's address
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --group build --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --constraint requirements.lock --group bench pyproject.toml -o requirements-bench.lock

clean: ## remove what was made, save the instance
	rm -rf .venv .venv-bench dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
