# Everything sets itself up: each target makes the virtual environment that it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
REDOCLY := npx --yes @redocly/cli@2.77.0
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_NOTIFICATIONS := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes, which would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
# What people read; tests may use the words of .codespell-words as data.
PROSE := spaceknow_client generator benchmarks examples openapi docs Makefile *.md *.toml *.yml

.DEFAULT_GOAL := help
.PHONY: help demo test record prism mutation evidence test-example faults fuzz check docs generate release bench-calls bench-pipelines bench-files bench-scale test-crs bench-extents extents-gallery size dist clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

demo: $(VENV)/examples.done ## Count the cars at Brisbane airport, against the local emulator
	@$(BIN)/python examples/count_cars.py

# Half of the time tests wait, for a deadline or for a process: two of them share a core.
test: $(VENV)/dev.done ## Run all tests
	@$(BIN)/python -m pytest -n 3 --dist worksteal

record: $(VENV)/dev.done ## Record the cassettes again, from an emulator, or from the service whose credentials are set
	@$(BIN)/python -m pytest -n 0 --record-mode=rewrite -rs tests/recorded/test_replay*.py

prism: $(VENV)/dev.done ## Let Prism judge what clients and the emulator say to each other (needs npx)
	@$(BIN)/python -m pytest -n 0 -rs tests/prism

mutation: $(VENV)/dev.done ## Change the document in every way (or COUNT ways), and see who notices
	@$(BIN)/python -m tests.contract.mutation $(or $(COUNT),all)

evidence: $(VENV)/dev.done ## Print what is known of the service, and whether document, emulator and client agree
	@$(BIN)/python -m tests.evidence

test-crs: $(VENV)/dev.done ## Cut an extent in each of the 7,000 coordinate systems of PROJ: about an hour
	@$(BIN)/python -m tests.extents.coordinate_systems

test-example: $(VENV)-example/done ## Run the tests of examples/parking_report, with the wheel alone
	@cd examples/parking_report && PYTHONPATH= PYTHONDONTWRITEBYTECODE=1 $(CURDIR)/$(VENV)-example/bin/python -m pytest -q -p no:cacheprovider

faults: $(VENV)/dev.done ## Break the wire in every way, and print what the clients make of it
	@$(BIN)/python -m pytest -n 2 -p tests.faults.printer tests/faults/test_matrix.py

fuzz: $(VENV)/dev.done ## Damage answers, areas and files, COUNT (100,000) of each kind, and read them
	@$(BIN)/python -m tests.fuzz $(or $(COUNT),100000)

check: $(VENV)/dev.done ## Lint, types, imports, the document, and that generated files are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/codespell -D .codespell-words $(PROSE)
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python -m generator --check
	$(BIN)/python -m generator breaks
	$(BIN)/openapi-spec-validator openapi/openapi.yaml
	$(REDOCLY) lint openapi/openapi.yaml --config openapi/redocly.yaml

docs: $(VENV)/docs.done ## Build the site of guides and references, to out/site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build --strict
	@echo "out/site/index.html"

generate: $(VENV)/dev.done ## Compile openapi/ into the generated files
	@$(BIN)/python -m generator

release: $(VENV)/dev.done ## Make the version in spaceknow_client/runtime/version.py the last release
	@$(BIN)/python -m generator release

bench-calls: $(VENV)/dev.done ## Measure starts, calls and reading beside bare httpx and json
	@$(BIN)/python -m benchmarks.calls

bench-pipelines: $(VENV)/dev.done ## Measure up to 10,000 pipelines at once; QUICK=1 for up to 1,000
	@$(BIN)/python -m benchmarks.pipelines $(if $(QUICK),--quick)

bench-files: $(VENV)/dev.done ## Measure downloads and mosaics beside aiohttp, httpx and rasterio
	@$(BIN)/python -m benchmarks.files

bench-scale: $(VENV)/dev.done ## Measure a map of SIDE x SIDE (316) tiles as array on a cluster, folder, mosaic
	@$(BIN)/python -m benchmarks.scale $(SIDE)

dist: $(VENV)/dev.done ## Build the sdist and the wheel, check them, and run a job with each of them alone
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist .
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/check-wheel-contents dist/*.whl
	@$(BIN)/python -m tests.distributions dist/*

size: $(VENV)/dev.done ## Count the handwritten lines of code of each room
	@$(BIN)/python -m generator.size

clean: ## Remove the virtual environment and everything that can be made again
	rm -rf $(VENV) $(VENV)-bench-extents $(VENV)-example out dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/examples.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[examples]'
	@touch $@

$(VENV)/docs.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

$(VENV)/dev.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/docs.done $(VENV)/examples.done

bench-extents: $(VENV)-bench-extents/done ## Time the cutting of extents, beside other libraries
	@$(VENV)-bench-extents/bin/python benchmarks/extents.py

extents-gallery: $(VENV)/dev.done ## Draw the tiles of extents of all kinds, to out/extents
	@$(BIN)/python benchmarks/extents_gallery.py

$(VENV)-bench-extents/done: pyproject.toml benchmarks/requirements-extents.txt
	$(PYTHON) -m venv $(VENV)-bench-extents
	$(VENV)-bench-extents/bin/pip install --quiet --editable . --requirement benchmarks/requirements-extents.txt
	@touch $@

# The wheel with its dependencies, and nothing of this folder; built again if the package has changed.
$(VENV)-example/done: pyproject.toml constraints.txt $(shell git ls-files spaceknow_client examples/parking_report 2>/dev/null)
	rm -rf $(VENV)-example
	$(PYTHON) -m venv $(VENV)-example
	$(VENV)-example/bin/pip wheel --quiet --no-deps --wheel-dir $(VENV)-example/dist .
	$(VENV)-example/bin/pip install --quiet --constraint constraints.txt \
		"$$(ls $(CURDIR)/$(VENV)-example/dist/*.whl)[testing]"
	@touch $@
