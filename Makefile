# What people do here: make demo (see it work), make test (the tests), make check (everything a change must pass).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	--quiet --extra postgres

# Where the tests look for what the vendors publish (make contracts).
export TEST_VENDOR_FILES ?= $(CURDIR)/build/contracts

.DEFAULT_GOAL := help
.PHONY: help demo test check contracts format docs pictures lock bench clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "opsbot needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@echo "Setting up $(VENV) (once, less than a minute)"
	@$(PYTHON) -m venv $(VENV)

$(READY): requirements.lock pyproject.toml | $(BIN)/python
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(DEV): $(READY) requirements-dev.lock
	@echo "Adding what tests, checks and documentation need (once)"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(DEV)

demo: $(READY) ## a year of a fictional company, from its tools to findings in Slack and on a page
	@$(BIN)/opsbot demo

test: $(DEV) ## the tests
	@$(BIN)/python -m pytest --numprocesses auto

check: $(DEV) ## style, types, architecture, documentation, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/python -m sphinx --quiet --nitpicky --fail-on-warning --fresh-env docs build/docs
	@$(BIN)/python -m pytest --numprocesses auto

contracts: ## fetch the vendors' descriptions that tests hold requests against (needs npm; FROM=folder with Jira's)
	@$(PYTHON) tests/contracts/fetch.py "$(TEST_VENDOR_FILES)" $(FROM)

format: $(DEV) ## let the formatter have its way
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(DEV) ## write the generated pages anew, and build the site in build/docs
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m sphinx --quiet --nitpicky docs build/docs
	@echo "build/docs/index.html"

pictures: $(DEV) ## draw docs/*.svg and take docs/*.png anew, from the demo (needs Chromium)
	@$(BIN)/python docs/picture.py
	@$(BIN)/python docs/screenshots.py

bench: $(READY) ## measure derive and judge (benchmarks/README.md; set-up: benchmarks/first_contact.py)
	@$(BIN)/python benchmarks/judge.py

lock: ## renew requirements.lock and requirements-dev.lock (needs uv)
	$(LOCK) --group build --output-file requirements.lock pyproject.toml
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build ./*.egg-info
