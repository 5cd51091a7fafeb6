# Every word here is for people; `make help` lists them. Works with GNU make 3.81 and later.
.DEFAULT_GOAL := help
SHELL := /bin/sh

venv := .venv
bin := $(venv)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# Someone else's environment must not leak into ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

install := $(bin)/python -m pip install --quiet --require-hashes
ourselves := $(bin)/python -m pip install --quiet --no-deps --no-build-isolation --editable .

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(venv)/.runtime ## make .venv from requirements.lock

.PHONY: run
run: $(venv)/.runtime ## start the shop at http://127.0.0.1:8000 (ARGS="--port 8001" and so on)
	@exec $(bin)/jangnal serve $(ARGS)

.PHONY: test
test: $(venv)/.dev ## run all tests, with a database and a browser of their own (ARGS="-k cart" and so on)
	@chromium="$$(bash .ci/browser)" && CHROMIUM="$$chromium" $(bin)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: a11y
a11y: $(venv)/.dev ## check every page, width, text size and mode for accessibility
	@chromium="$$(bash .ci/browser)" && CHROMIUM="$$chromium" \
		$(bin)/python -m pytest -n 2 --dist loadfile tests/a11y -m a11y_full $(ARGS)

.PHONY: bench
bench: $(venv)/.dev ## measure CPU per page and order, and the last ones sold to many at once (ARGS=--quick)
	@$(bin)/python -m tests.bench $(ARGS)

.PHONY: races
races: $(venv)/.dev ## every race with its controls, the kill loop, a new search; a table of them (ARGS="--minutes 2")
	@$(bin)/python -m tests.races $(ARGS)

.PHONY: search-report
search-report: $(venv)/.dev ## how much of what people type is found, by category and engine, and every query that fails
	@$(bin)/python -m tests.search_report

.PHONY: check
check: $(venv)/.dev ## format, lint, types, import direction, migrations, container files, vendored files
	@bash .ci/check

.PHONY: format
format: $(venv)/.dev ## put the code into the house format
	@$(bin)/ruff format .
	@$(bin)/ruff check --fix-only --quiet .

.PHONY: secrets
secrets: ## for docker compose: write what is missing in secrets/
	@sh .ci/secrets secrets

# Without UPGRADE the versions in the locks stay where pyproject.toml allows them.
lock := $(bin)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

.PHONY: lock
lock: $(venv)/.dev ## write the lock files again (UPGRADE=--upgrade for the newest versions)
	$(lock) $(UPGRADE) pyproject.toml --group build --output-file requirements.lock
	$(lock) $(UPGRADE) pyproject.toml --group build --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock

# The stamps are written last: what was interrupted is done again.
$(venv)/.made:
	@sh .ci/venv $(venv)
	@touch $@

$(venv)/.runtime: requirements.lock pyproject.toml $(venv)/.made
	@echo "Installing what Jangnal runs on into $(venv) …"
	@$(install) --requirement requirements.lock
	@$(ourselves)
	@touch $@

$(venv)/.dev: requirements-dev.lock $(venv)/.runtime
	@echo "Installing what tests and checks need into $(venv) …"
	@$(install) --requirement requirements-dev.lock
	@touch $@
