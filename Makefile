# On a fresh machine with Python 3.11 or newer and make, `make demo` and `make test` set up all they need in .venv
# the first time; after that they take seconds and need no network, until a lock file or pyproject.toml changes.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test bench year torture seeded-bugs format pictures lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

demo: .venv/installed ## the whole tour on a made-up portfolio
	@$(BIN)/cs-playbook demo

test: .venv/installed-dev ## style, types, floors and tests: what has to pass before anything lands
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto --dist loadfile # a file on one core: what its tests share is made once

# Beside DuckDB and rule engines where the extra `bench` is installed; what is skipped is said, and why.
bench: .venv/installed-dev ## ratios of speed, some minutes; ARGS=--keep writes them down, ARGS=--large takes a million accounts
	$(BIN)/pytest -rs tests/benchmarks $(ARGS)

year: .venv/installed-dev ## a good year of the made-up portfolio, day by day: nothing may stop a run (an hour)
	$(BIN)/python -m tests.good_year

# Each failure is printed as SCENARIO/CUT: make torture ARGS="--replay SCENARIO/CUT" does it again. WEEKS=0: only kills.
WEEKS ?= 200
torture: .venv/installed-dev ## for hours: tens of thousands of kills, weeks beside a model; ARGS="--kills 500 --seed 1"
	$(BIN)/python -m tests.torture $(ARGS)
	$(BIN)/python -m tests.torture.weeks $(WEEKS)
	$(BIN)/python -m tests.torture.mail_weeks $(WEEKS)

seeded-bugs: .venv/installed-dev ## the bugs of tests/seeded_bugs, one by one: whether their tests find them; ARGS="NAME …"
	$(BIN)/python -m tests.seeded_bugs $(ARGS)

format: .venv/installed-dev ## lay the code out, mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: .venv/installed ## draw the pictures of the README anew
	$(BIN)/python tests/pictures.py .github/pictures

# One lock for all systems and all Pythons from 3.11 on, with the hash of every file; the dev lock repeats the other.
lock: .venv/bin/python ## choose the newest versions that pyproject.toml allows, write both lock files
	@room=$$(mktemp -d) && trap 'rm -rf "$$room"' EXIT && set -e && \
	$(BIN)/python -m venv "$$room" && \
	"$$room/bin/python" -m pip install --quiet 'uv>=0.13,<0.14' && \
	choose() { "$$room/bin/uv" pip compile pyproject.toml --group backend --universal --python-version 3.11 \
		--generate-hashes --upgrade --quiet --custom-compile-command 'make lock' "$$@"; } && \
	choose -o requirements.lock && \
	choose --extra dev --constraints requirements.lock -o requirements-dev.lock

clean: ## remove what the tools left; .venv stays (for a fresh one: rm -r .venv)
	rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find cs_playbook playbooks tests -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------ the environment
# The package itself is installed editable, by the build backend that the lock has already brought: no network.
# `pip check` says so when pyproject.toml asks for something that the lock does not have.
define install
$(PIP) install --require-hashes --requirement $<
$(PIP) install --no-deps --no-index --no-build-isolation --editable .
$(BIN)/python -m pip check || { echo "The locks do not fit pyproject.toml: make lock" >&2; exit 1; }
endef

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what requirements.lock names into .venv …"
	@$(install)
	@touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing what requirements-dev.lock names into .venv …"
	@$(install)
	@touch .venv/installed $@

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' here. cs-playbook needs Python 3.11 or newer; \
	if it has another name, say it: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("cs-playbook needs Python 3.11 or newer; \
	$(PYTHON) is %d.%d. If a newer one is here, say it: make $(MAKECMDGOALS) PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear .venv || { echo "$(PYTHON) cannot make a virtual environment here. \
	On Debian and Ubuntu: apt install python3-venv" >&2; rm -rf .venv; exit 1; }
