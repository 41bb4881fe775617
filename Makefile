# Dailies: `make run` is all that is needed; `make` alone lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install run test doors lint format types lock clean

VENV := .venv
BIN := $(VENV)/bin
# The newest interpreter that starts and is new enough (a version manager's shim may not start).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; \
	done)
# Test processes: two are kept busy by the suite's own servers, eight are enough for anyone.
PYTEST_JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	[ $$n -gt 8 ] && echo 8 || echo $$n)

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: install ## everything at http://127.0.0.1:8000 (PORT=…); Ctrl-C stops it
	@$(BIN)/python manage.py up

install: $(VENV)/.installed ## only the virtual environment, .venv
	@:

test: $(VENV)/.installed-dev ## the whole suite (ARGS="…" goes to pytest)
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist worksteal $(ARGS)

doors: $(VENV)/.installed-dev ## everybody at every address, 10,000 swapped ids, 10,000 forms of nonsense
	DOORS=whole SWAPS=$${SWAPS:-10000} FUZZED=$${FUZZED:-10000} $(MAKE) test ARGS=tests/doors

lint: $(VENV)/.installed-dev ## ruff: mistakes and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev ## let ruff lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev ## mypy
	$(BIN)/mypy studio generations manage.py

bench-%: $(VENV)/.installed-dev ## a benchmark of tests/bench, such as bench-kill
	@$(BIN)/python -m tests.bench.$(subst -,_,$*)

lock: $(VENV)/.installed-dev ## pin the dependencies of pyproject.toml again
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal --generate-hashes \
		--no-annotate --python-version 3.11 $(LOCK) pyproject.toml \
		-o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal --generate-hashes \
		--no-annotate --python-version 3.11 $(LOCK) pyproject.toml \
		--extra s3 -c requirements.txt -o requirements-s3.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal --generate-hashes \
		--no-annotate --python-version 3.11 $(LOCK) pyproject.toml \
		--extra dev --extra s3 -c requirements-s3.txt -o requirements-dev.txt
	echo uv | UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal \
		--generate-hashes --no-annotate --python-version 3.11 $(LOCK) - \
		-o requirements-uv.txt

clean: ## remove the virtual environment; the data in var/ stays
	rm -rf $(VENV)

# --- the virtual environment: the stamps say what is in it ---------------------------------------

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Dailies needs Python 3.11 or newer, and none was found." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Dailies needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python has no venv module. On Debian: apt install python3-venv" >&2; exit 1; }
	@rm -rf $(VENV)
	@echo "Making $(VENV) with $$($(PYTHON) -V) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# uv installs in seconds what takes pip half a minute; without a wheel for it, pip does.
$(VENV)/.uv: requirements-uv.txt | $(VENV)/.made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
		--require-hashes -r requirements-uv.txt || \
		echo "No uv here: pip will install, more slowly."
	@touch $@

# One sync at a time decides what is in the environment, so each stamp replaces the other.
$(VENV)/.installed: requirements.txt | $(VENV)/.uv
	@if [ -e $(VENV)/.installed-dev ] && [ ! requirements-dev.txt -nt $(VENV)/.installed-dev ]; \
		then :; else rm -f $(VENV)/.installed-dev; $(call sync,requirements.txt); fi
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/.uv
	@$(call sync,requirements-dev.txt)
	@touch $(VENV)/.installed $@

# Compiled at once: else each of the first processes compiles all it imports.
define sync
echo "Installing $(1) …"; \
if [ -x $(BIN)/uv ]; \
	then $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python \
		--require-hashes $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
fi
endef
