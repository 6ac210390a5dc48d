# Every command of the project. CI calls only these.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
SHOP ?= sample
DATA ?=
PORT ?= 8000
BENCH ?=
CLAIM ?=
TESTS ?=
JOBS ?= 3
LOTS ?= $(shell date +%F)

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(ENV)/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(ENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(ENV)/dev.stamp: requirements-dev.lock $(ENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

env: $(ENV)/dev.stamp ## make the environment, for development too

run: $(ENV)/run.stamp ## start everything with a living shop: SHOP=sample|olist|online-retail DATA=folder PORT=8000
	$(BIN)/afterword up --port $(PORT) --shop "$(SHOP)" $(if $(DATA),--data "$(DATA)")

test: $(ENV)/dev.stamp ## run the tests: TESTS=path for some of them
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow and not nightly and not spark" $(TESTS)

slow: $(ENV)/dev.stamp ## run what takes longer: whole histories, killed processes, every page in every window, mutants
	$(BIN)/python -m pytest -n 2 -m "slow and not nightly and not spark" $(TESTS)

$(ENV)/spark.stamp: requirements-spark.lock $(ENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

test-spark: $(ENV)/spark.stamp ## run the laws on a Spark cluster of three processes; wants Java 17
	@command -v java >/dev/null || { echo "Spark wants Java 17 or newer: apt-get install openjdk-17-jre-headless"; exit 1; }
	$(BIN)/python -m pytest -m spark tests/spark

nightly: $(ENV)/dev.stamp ## run the long random searches, then laws and stories by lots of the day
	AFTERWORD_TEST_LOTS="$(LOTS)" $(BIN)/python -m pytest -n $(JOBS) -m nightly $(TESTS)
	AFTERWORD_TEST_LOTS="$(LOTS)" $(BIN)/python -m pytest -n $(JOBS) -m "not nightly and not spark" tests/laws tests/stories

chaos: $(ENV)/dev.stamp ## ten thousand messages through a stormy mail server while everything is killed: CHAOS_MESSAGES=n
	$(BIN)/python -m tests.chaos.storm

lint: $(ENV)/dev.stamp ## style and mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(ENV)/dev.stamp ## types, strictly
	$(BIN)/mypy src conftest.py tests evidence

imports: $(ENV)/dev.stamp ## who may import whom
	$(BIN)/lint-imports

bench: $(ENV)/dev.stamp ## measure: BENCH=B4 for one; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(BENCH)

evidence: $(ENV)/dev.stamp ## ask real data what we claim of effects: CLAIM=E1 for one; writes evidence/RESULTS.md
	$(BIN)/python -m evidence $(CLAIM)

lock: $(ENV)/dev.stamp ## pin every dependency with its hashes, naming no index
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --extra build --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	echo "pyspark>=4.1" | $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --constraint requirements-dev.lock \
		--output-file requirements-spark.lock -

dist: $(ENV)/dev.stamp ## build the package, translations compiled
	$(BIN)/python -c "from afterword.project import catalogues; catalogues.compile_all()"
	$(BIN)/python -m build --no-isolation

clean: ## remove the environment and what was built; data in .afterword stays
	rm -rf $(ENV) build dist

docs: $(ENV)/dev.stamp ## print the reference pages from the code
	$(BIN)/afterword reference

.PHONY: help env run test slow test-spark nightly chaos lint types imports bench evidence docs lock dist clean
