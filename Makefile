# One command for each thing one does here; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test soak check bench lock scripts clean browser

# The first Python 3.11 or later that is found; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
READY := .venv/.ready
PROCESSES ?= 2
PACKAGES := platform/config platform/kernel platform/accounts platform/billing platform/shell \
	platform/signup platform/console tenants partnerships operations widgets api deploy

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1   \2/p' Makefile

demo: $(READY) ## Start everything with a merchant to try; PORT=9000 moves it; Ctrl-C stops it
	@exec $(PY) -m deploy.local.demo --with-parent

test: $(READY) browser ## Run all tests on servers and a browser of their own
	@exec $(PY) -m pytest -n $(PROCESSES) --dist loadgroup $(ARGS)

soak: $(READY) browser ## The same tests with long histories and many more tries
	@exec env SOAK=1 $(PY) -m pytest -n $(PROCESSES) --dist loadgroup -o timeout=7200 $(ARGS)

check: $(READY) ## Lint, types, floors, templates, migrations, released scripts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	RICOCHET_DEMO=1 .venv/bin/mypy $(wildcard $(PACKAGES)) manage.py
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet platform tenants partnerships operations widgets api
	RICOCHET_DEMO=1 $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	RICOCHET_DEMO=1 $(PY) manage.py release_script --check

bench: $(READY) ## Measure, and print the table that tests/benchmarks/ keeps
	@exec $(PY) -m tests.benchmarks $(ARGS)

lock: $(READY) ## Write requirements.lock anew from pyproject.toml
	.venv/bin/uv pip compile pyproject.toml --group embedded --group dev --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --output-file requirements.lock

scripts: $(READY) ## Keep the scripts of other people's pages in widgets/released, to be committed
	@RICOCHET_DEMO=1 $(PY) manage.py release_script

clean: ## Remove the demo's data, .venv and all caches, as after a clone
	@$(PYTHON) deploy/local/clean.py

browser: $(READY)
	@$(PY) -m deploy.local.chromium

# uv comes through pip: it installs a hundred packages in seconds where pip takes minutes.
$(READY): requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is needed, and none was found." >&2; exit 1; }
	@[ -x $(PY) ] || { echo "Making .venv with $(PYTHON)…"; $(PYTHON) -m venv .venv || { \
		echo "Python's venv module is missing (Debian, Ubuntu: apt install python3-venv)." >&2; \
		rm -rf .venv; exit 1; }; }
	@echo "Installing the locked packages…"
	@[ -x .venv/bin/uv ] || $(PY) -m pip install --quiet --disable-pip-version-check 'uv>=0.7,<1' \
		|| { echo "$$NO_NETWORK" >&2; exit 1; }
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --require-hashes -r requirements.lock \
		|| { echo "$$NO_NETWORK" >&2; exit 1; }
	@$(PY) deploy/local/link.py
	@touch $(READY)

define NO_NETWORK

The packages could not be installed; the reason stands above.
Without a network, or behind a proxy: set HTTPS_PROXY, or point pip and uv to a mirror
(PIP_INDEX_URL and UV_INDEX_URL), then run the same command again.
endef
export NO_NETWORK
