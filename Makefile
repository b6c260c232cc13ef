# Two commands do all: `make run` and `make test`. They need python3 3.11 or newer with venv, and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PYTEST  = $(BIN)/python -m pytest -n 2 --dist worksteal
UV     := $(shell command -v uv 2>/dev/null)
TESTS  ?= tests
FAULTS ?= faults-results.json
ARGS   ?=
SPECTRAL := build/spectral

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-heavy faults fuzz bench image check lint-api format docs lock clean

help: ## Show what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.runs ## Set up, then ingest and serve on the embedded database, until Ctrl-C (ARGS="--help" for more)
	@trap : INT; $(BIN)/crypto up $(ARGS) || [ $$? -eq 130 ] # Ctrl-C is how it ends

test: $(VENV)/.develops ## Run the tests but the long ones, five minutes (TESTS=path for some of them)
	$(PYTEST) -m "not long and not heavy" $(TESTS) $(ARGS)

test-all: $(VENV)/.develops ## Run every test but the heavy ones, and each law with all its examples
	$(PYTEST) --hypothesis-profile all -m "not heavy" $(TESTS) $(ARGS)

test-heavy: $(VENV)/.develops ## Run the heavy tests: hundreds of cut exports, drains and kills, half an hour
	$(PYTEST) -m heavy $(TESTS) $(ARGS)

faults: $(VENV)/.faults ## Run the full fault suite, about an hour (ARGS="--only kills --scale 0.1" for less)
	$(BIN)/python -m tests.faults.full --json $(FAULTS) $(ARGS)

fuzz: $(VENV)/.faults ## Fuzz every parser, half an hour in all (ARGS="--minutes 1" for less)
	$(BIN)/python -m tests.faults.fuzz $(ARGS)

bench: $(VENV)/.develops ## Measure the read side beside peers, half an hour (ARGS="--quick" to try it; needs wrk)
	$(BIN)/python -m benchmarks.read $(ARGS)

image: ## Build the container's image and run it for real (root; needs debootstrap, docker.io, docker-compose)
	@$(PYTHON) docker/try_image.py $(ARGS) || [ $$? -eq 77 ] # skipped: it says why

check: $(VENV)/.develops ## Format, lint, types, import contracts: what CI checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright --warnings
	$(BIN)/lint-imports

lint-api: $(VENV)/.develops ## Lint the OpenAPI document with Spectral (needs npm, which fetches it the first time)
	@command -v npm >/dev/null || { echo "npm is not here: install Node.js; tests ask for the same bounds without it" >&2; exit 1; }
	@mkdir -p $(SPECTRAL)
	@npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(SPECTRAL) \
	  @stoplight/spectral-cli@6 @stoplight/spectral-owasp-ruleset@2
	@cp .spectral.yaml $(SPECTRAL)/ # it looks for its rules beside this file
	$(BIN)/python -m tests.support.openapi $(SPECTRAL)/openapi.json
	$(SPECTRAL)/node_modules/.bin/spectral lint $(SPECTRAL)/openapi.json --ruleset $(SPECTRAL)/.spectral.yaml \
	  --fail-severity warn

format: $(VENV)/.develops ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.develops ## Build the documents as a site in build/docs; a broken link is an error
	$(BIN)/sphinx-build -q -W --keep-going -n docs build/docs
	@echo "Open build/docs/index.html"

lock: $(VENV)/.develops ## Resolve the dependencies anew into requirements*.txt (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade pyproject.toml --group dev --group faults -o requirements-faults.txt
	echo hatchling | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade - -o docker/requirements-build.txt

clean: ## Remove the virtual environment and caches; data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .import_linter_cache .grimp_cache

$(VENV)/.made:
	@echo "Making a virtual environment in $(VENV) (first time only) ..."
ifdef UV
	@uv venv -q --allow-existing --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "crypto needs Python 3.11 or newer; name one: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 lacks venv; on Debian: apt install python3-venv" >&2; exit 1; }
endif
	@touch $@

$(VENV)/.runs: $(VENV)/.made requirements.txt pyproject.toml
	@$(MAKE) -s install REQUIREMENTS=requirements.txt
	@touch $@

$(VENV)/.develops: $(VENV)/.made requirements-dev.txt pyproject.toml
	@$(MAKE) -s install REQUIREMENTS=requirements-dev.txt
	@touch $@ $(VENV)/.runs

$(VENV)/.faults: $(VENV)/.made requirements-faults.txt pyproject.toml
	@$(MAKE) -s install REQUIREMENTS=requirements-faults.txt
	@touch $@ $(VENV)/.runs $(VENV)/.develops

.PHONY: install
install:
	@echo "Installing $(REQUIREMENTS), a minute or more ..."
ifdef UV
	@VIRTUAL_ENV=$(abspath $(VENV)) uv pip install -q --require-hashes -r $(REQUIREMENTS)
	@VIRTUAL_ENV=$(abspath $(VENV)) uv pip install -q --no-deps -e .
else
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(REQUIREMENTS)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
endif
