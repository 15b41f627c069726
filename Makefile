# Kurslog. Needs Python 3.11 or newer and make; everything else comes with hashes from the lock files.
#   make demo   make test   make help

PYTHON ?= python3
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --quiet
INSTALL := $(PIP) install --root-user-action=ignore --no-input
TEMPLATES := service/web/templates

# A virtual environment remembers its place: after the folder was moved or copied it would run the old code.
# It is also made anew where its Python is gone.
export PLACE := $(CURDIR)
ifneq ($(shell test -x $(PY) && cat $(VENV)/.place 2>/dev/null),$(PLACE))
STALE := stale
endif

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz faults check format docs lock clean stale

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 14

demo: $(VENV)/.runtime ## load the demo processes and serve them on http://127.0.0.1:8000; Ctrl-C stops it
	@exec $(VENV)/bin/kurslog demo

# A file's tests run in one process, so that what they share is made once; in our order, in which the long files are first.
test: check ## run the linters, then every test (ARGS='-k word' for some, JOBS=1 for one at a time)
	@exec $(PY) -m pytest -n $(or $(JOBS),2) --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: $(VENV)/.test ## send the API a great deal of made-up input (FUZZ=200 examples an operation)
	@KURSLOG_FUZZ_EXAMPLES=$(or $(FUZZ),200) exec $(PY) -m pytest tests/api/test_fuzzed.py -o timeout=3600

faults: $(VENV)/.test ## break what can break, for some twenty minutes, and count what was lost (ARGS='-k disk' for some)
	@KURSLOG_FAULTS=long exec $(PY) -m pytest tests/faults -o timeout=3600 $(ARGS)

check: $(VENV)/.test ## run the linters only
	@echo 'Checking: ruff, mypy, import-linter, djlint, codespell'
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet || { echo 'Not formatted: run "make format".' >&2; exit 1; }
	@$(PY) -m mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/.imports 2>&1 || { cat $(VENV)/.imports; exit 1; }
	@if [ -d $(TEMPLATES) ]; then \
		$(PY) -m djlint --quiet --lint $(TEMPLATES) && $(PY) -m djlint --quiet --check $(TEMPLATES); fi
	@$(PY) -m codespell_lib
	@echo 'Checks passed'

format: $(VENV)/.test ## put code and templates into shape
	@$(VENV)/bin/ruff check --fix-only --quiet
	@$(VENV)/bin/ruff format --quiet
	@if [ -d $(TEMPLATES) ]; then $(PY) -m djlint --quiet --reformat $(TEMPLATES) || true; fi

docs: $(VENV)/.runtime ## write docs/events.md and docs/privacy-annex.md from the declarations
	@$(PY) -c 'from pathlib import Path; from service.api.documents import events_markdown; \
		Path("docs/events.md").write_text(events_markdown(), encoding="utf-8")'
	@$(PY) -c 'from pathlib import Path; from service.privacy import annex_markdown; \
		Path("docs/privacy-annex.md").write_text(annex_markdown("en"), encoding="utf-8")'

# The lock is resolved with Python 3.11, whose needs include those of newer versions, in an environment of its own.
COMPILE = build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options $(LOCKFLAGS)
lock: ## resolve the dependencies anew (LOCKFLAGS=--upgrade for newer versions)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo 'make lock needs Python 3.11: make lock PYTHON=python3.11' >&2; exit 1; }
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install --root-user-action=ignore 'pip-tools>=7.5'
	@echo 'Resolving requirements.lock'
	@$(COMPILE) --build-deps-for editable --output-file requirements.lock pyproject.toml
	@echo 'Resolving requirements-test.lock'
	@$(COMPILE) --build-deps-for editable --extra test --constraint requirements.lock \
		--output-file requirements-test.lock pyproject.toml

clean: ## remove what set-up, tests and builds left here (not the data folder)
	@rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find domain projections service tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.place: $(STALE)
	@command -v "$(PYTHON)" >/dev/null || { echo 'No $(PYTHON) here. Install Python 3.11 or newer, or say which: make demo PYTHON=/path/to/python3' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Kurslog needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -V 2>&1). Say which: make demo PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Setting up .venv: about a minute the first time' >&2
	@"$(PYTHON)" -m venv --clear $(VENV)
	@printf '%s\n' "$$PLACE" > $@

$(VENV)/.runtime: requirements.lock pyproject.toml $(VENV)/.place
	@echo 'Setting up what Kurslog needs (requirements.lock)' >&2
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.runtime
	@echo 'Setting up what the tests need (requirements-test.lock)' >&2
	@$(INSTALL) --require-hashes --requirement requirements-test.lock
	@touch $@
