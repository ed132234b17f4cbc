# What people do here: make demo (see it work), make test (the tests), make check (everything a change must pass).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check format docs lock bench clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-7s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "opsbot needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## a year of a fictional company, from its tools to findings in Slack
	@$(BIN)/opsbot demo

test: $(READY) ## the tests
	@$(BIN)/python -m pytest --numprocesses auto

check: $(READY) ## style, types, architecture, documentation, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/python -m pytest --numprocesses auto

format: $(READY) ## let the formatter have its way
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## generate the rule book, facts, settings and commands
	@$(BIN)/python docs/generate.py

bench: $(READY) ## measure derive and judge; prints the tables of benchmarks/README.md
	@$(BIN)/python benchmarks/judge.py

lock: ## renew requirements.lock (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--extra postgres --group dev --quiet --output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build ./*.egg-info
