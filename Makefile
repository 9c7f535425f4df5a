# The few things one does with Telvertel. `make` alone lists them.

PYTHON = .venv/bin/python
PORT = 8000
WORKERS = 3  # on two cores: tests that drive a browser wait as much as they work
COMPILE = $(PYTHON) tools/uv.py pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-header --no-annotate

catalogs = $(patsubst %.po,%.mo,$(wildcard survey/translations/*/LC_MESSAGES/*.po dashboard/translations/*/LC_MESSAGES/*.po))
vendored = survey/static/vendor/.complete dashboard/static/vendor/.complete

# Compiled at set-up: some environments forbid Python to keep what it compiled, and every start would do it anew.
floors = telvertel.py demonstration dashboard survey instruments

.DEFAULT_GOAL = help
.PHONY: help setup run test check fuzz attack torture mutants bench format strings lock wheel
.DELETE_ON_ERROR:

help: ## this list
	@echo "Telvertel. What make can do:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 16
	@echo "Start with: make run"

setup: .venv/.packages $(vendored) $(catalogs) ## everything that is needed, in .venv and node_modules; nothing else
	@echo "Telvertel is set up: .venv/bin/telvertel --help"

run: setup ## set up, load the demonstration, serve it on http://127.0.0.1:8000 (other port: make run PORT=8001)
	@exec .venv/bin/telvertel demo --port $(PORT)

test: setup check ## set up and run every check and test, browsers and PostgreSQL included
	@$(PYTHON) -m tests.fixtures.chromium
	$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

check: setup ## style, types, import arrows, translations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	$(PYTHON) tools/strings.py --check

fuzz: setup ## search long for input that breaks something: every form, address, callback and import
	$(PYTHON) -m pytest -n $(WORKERS) --hypothesis-profile=fuzz --hypothesis-show-statistics tests/bad_input/test_fuzz.py \
	  tests/survey/exchange tests/survey/test_statements.py tests/survey/test_codes.py tests/instruments

attack: setup ## find out about people from 300 published programmes, and say how far that gets; an hour or more
	$(PYTHON) -m tests.attack

torture: setup ## faults of machines in full; those by system calls need strace, the one of a small disk needs root
	TELVERTEL_THOROUGH=1 $(PYTHON) -m pytest torture tests/survey/durability tests/bad_input/test_texts.py -n $(WORKERS) --dist loadscope

mutants: setup ## change the guards one by one and see which changes no test notices; about an hour
	$(PYTHON) -m mutants --postgresql --write

bench: setup ## speed, as ratios to a bare application
	$(PYTHON) -m bench

format: setup ## put code in the house style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

strings: .venv/.packages ## collect texts from code and templates into the translation catalogs
	$(PYTHON) tools/strings.py

lock: setup ## choose versions anew: requirements/*.lock and package-lock.json
	$(COMPILE) --upgrade requirements/installer.in -o requirements/installer.lock
	$(COMPILE) --upgrade pyproject.toml -o requirements/runtime.lock
	$(COMPILE) pyproject.toml --extra development --constraint requirements/runtime.lock -o requirements/development.lock
	$(PYTHON) tools/npm.py install --package-lock-only --ignore-scripts
	cd tests/chromium && ../../$(PYTHON) ../../tools/npm.py install --package-lock-only --ignore-scripts
	$(PYTHON) tools/plain_lock.py package-lock.json tests/chromium/package-lock.json

wheel: setup ## dist/telvertel-*.whl, fonts and scripts included
	@rm -rf build
	$(PYTHON) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

$(PYTHON):
	@for python in python3.11 python3.12 python3.13 python3; do \
	  if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "Telvertel needs Python 3.11 or newer with venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1

.venv/.packages: requirements/installer.lock requirements/development.lock pyproject.toml tools/uv.py | $(PYTHON)
	@echo "Installing Python packages"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock \
	  && $(PYTHON) tools/uv.py pip install --quiet --require-hashes -r requirements/development.lock \
	  || { echo "uv could not be used; installing with pip instead, which takes about a minute" >&2; \
	       $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.lock; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@$(PYTHON) -m compileall -q -j 0 -x /tests/ .venv/lib $(floors)
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json tools/npm.py | .venv/.packages
	@echo "Installing front-end packages"
	@$(PYTHON) tools/npm.py ci --ignore-scripts --loglevel=error
	@touch $@

%/static/vendor/.complete: node_modules/.package-lock.json tools/vendor.py
	@$(PYTHON) tools/vendor.py $*

%.mo: %.po | .venv/.packages
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
