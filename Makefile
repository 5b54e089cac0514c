# `make` alone lists what there is. Every target sets up what it needs by itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
export PYTHON

.PHONY: help demo test lint format catalogue serve simulate bench bench-onair soak clean set-up set-up-tests lock

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-11s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: set-up ## Province server and village stations on this machine, on the air in a minute (ARGS="--once --json --stations 5 …")
	@$(BIN)/broadcaster --data .demo demo $(ARGS)

test: set-up-tests ## All checks and tests
	@scripts/check.sh

lint: set-up-tests ## Only the checks: ruff, mypy, import law
	@scripts/check.sh --no-tests

format: set-up-tests ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

catalogue: set-up-tests ## Bring the Lao catalogue in step with the pages, and count what is to be translated or reviewed
	@$(BIN)/python scripts/catalogue.py $(ARGS) && $(BIN)/pybabel -q compile -d broadcaster/translations

serve: set-up ## A province server with its data in ./data (ARGS="--port 8080")
	@$(BIN)/broadcaster --data data init && $(BIN)/broadcaster --data data serve $(ARGS)

simulate: set-up-tests ## Live one village through days of faults, from its seed (SEED=7 DAYS=14)
	@$(BIN)/python -m station_agent.simulation $(if $(SEED),--seed $(SEED)) $(if $(DAYS),--days $(DAYS)) $(ARGS)

bench: set-up-tests ## Measure: every file in benchmarks/, as ratios and limits
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file" $(ARGS) || exit 1; done

bench-onair: set-up-tests ## Start errors beside liquidsoap, mpd and cron with cvlc on one sound server (ARGS="--minutes 10 --busy 1")
	@scripts/install_peers.sh; $(BIN)/python -m benchmarks.onair $(ARGS)

soak: set-up-tests ## Two days of broadcasts without the hours between: does a station grow? (ARGS="--broadcasts 64")
	@$(BIN)/python -m benchmarks.onair.soak $(ARGS)

clean: ## Throw away everything that set-up, demo and tests made
	@rm -rf $(VENV) .demo .setup .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage \
	  broadcaster/web/frontend/node_modules broadcaster/web/static/build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} + ; find broadcaster -name '*.mo' -delete

set-up:
	@scripts/set_up.sh runtime

set-up-tests:
	@scripts/set_up.sh test

lock: ## Pin the dependencies anew, with hashes (needs uv)
	@scripts/lock.sh
