# Everything sets itself up: each target makes the virtual environment that it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REDOCLY := npx --yes @redocly/cli@2.77.0
export REDOCLY_TELEMETRY := off
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test faults check generate bench-calls bench-pipelines bench-files bench-extents extents-gallery clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

demo: $(VENV)/examples.done ## Count the cars at Brisbane airport, against the local emulator
	@$(BIN)/python examples/count_cars.py

test: $(VENV)/dev.done ## Run all tests
	@$(BIN)/python -m pytest -n 2

faults: $(VENV)/dev.done ## Break the wire in every way, and print what the clients make of it
	@$(BIN)/python -m pytest -n 2 -p tests.faults.printer tests/faults/test_matrix.py

check: $(VENV)/dev.done ## Lint, types, imports, the document, and that generated files are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python -m generator --check
	$(BIN)/openapi-spec-validator openapi/openapi.yaml
	$(REDOCLY) lint openapi/openapi.yaml --config openapi/redocly.yaml

generate: $(VENV)/dev.done ## Compile openapi/ into the generated files
	@$(BIN)/python -m generator

bench-calls: $(VENV)/dev.done ## Measure starts, calls and reading beside bare httpx and json
	@$(BIN)/python -m benchmarks.calls

bench-pipelines: $(VENV)/dev.done ## Measure up to 10,000 pipelines at once; QUICK=1 for up to 1,000
	@$(BIN)/python -m benchmarks.pipelines $(if $(QUICK),--quick)

bench-files: $(VENV)/dev.done ## Measure downloads and mosaics beside aiohttp, httpx and rasterio
	@$(BIN)/python -m benchmarks.files

clean: ## Remove the virtual environment and everything that can be made again
	rm -rf $(VENV) $(VENV)-bench-extents out dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/examples.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[examples]'
	@touch $@

$(VENV)/dev.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/examples.done

bench-extents: $(VENV)-bench-extents/done ## Time the cutting of extents, beside other libraries
	@$(VENV)-bench-extents/bin/python benchmarks/extents.py

extents-gallery: $(VENV)/dev.done ## Draw the tiles of extents of all kinds, to out/extents
	@$(BIN)/python benchmarks/extents_gallery.py

$(VENV)-bench-extents/done: pyproject.toml benchmarks/requirements-extents.txt
	$(PYTHON) -m venv $(VENV)-bench-extents
	$(VENV)-bench-extents/bin/pip install --quiet --editable . --requirement benchmarks/requirements-extents.txt
	@touch $@
