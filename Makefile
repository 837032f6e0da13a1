# equipoise: the commands a reader, a contributor and CI need. `make` alone lists them.
PYTHON ?= python3
CASE := metformin-her2
OUT := out/
JOBS := 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS)

# Stamps are written after a completed install, so an interrupted one is done again. Their names
# hold the Python version and this folder: another Python or a moved folder starts afresh.
KEY := $(shell $(PYTHON) scripts/python_check.py --key 2>/dev/null)
ALIVE := $(shell $(BIN)/python -c 'print("yes")' 2>/dev/null)
ENVIRONMENT := $(VENV)/.environment-$(KEY)
CORE := $(VENV)/.core-$(KEY)
DEV := $(VENV)/.dev-$(KEY)
RSCRIPT = $(shell command -v Rscript)
# The option that sets a benchmark beside a package of R; nothing where R or the package is missing.
has = $(if $(RSCRIPT),$(filter TRUE,$(shell $(RSCRIPT) -e 'cat(requireNamespace("$(1)"))' 2>/dev/null)))
beside = $(if $(call has,$(1)),--rscript $(RSCRIPT))
# Folders of validation/ to run again; all when empty: make validate FOLDERS="rpact design"
FOLDERS :=

.DEFAULT_GOAL := help
.PHONY: help python report test check lint validate bench fuzz docs pins clean force

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) not found: install Python 3.11, 3.12 or 3.13 (Debian: python3 python3-venv)"; \
	  exit 1; } >&2
	@$(PYTHON) scripts/python_check.py

$(ENVIRONMENT): $(if $(ALIVE),,force) | python
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(CORE): pyproject.toml constraints.txt $(ENVIRONMENT)
	@echo "Installing equipoise into $(VENV) (about a minute)"
	@$(PIP) install -qq -c constraints.txt -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt $(ENVIRONMENT)
	@echo "Installing equipoise and its development tools into $(VENV) (about a minute)"
	@$(PIP) install -qq -c constraints.txt -e '.[dev]'
	@touch $(CORE) $@

report: $(CORE) ## build the dossier of the worked case in out/
	@$(BIN)/equipoise run $(CASE) --out $(OUT)

lint: $(DEV)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint ## style, types, layers and the fast tests
	@$(PYTEST) -m "not slow and not browser"

test: lint ## everything; browser tests skip where no Chromium is found
	@$(PYTEST)

validate: $(DEV) ## run all recipes (or FOLDERS=...) again against the pinned values; needs Rscript
	@command -v Rscript >/dev/null || { \
	  echo "make validate needs Rscript (Debian: r-base-core jags and r-cran- metafor, metadat,"; \
	  echo "lme4, biasedurn, clubsandwich, glmnet, mclust, proc, sandwich, survival, rjags, rpact, mnormt;"; \
	  echo "r-bioc-gsva)"; \
	  exit 1; } >&2
	@$(BIN)/python scripts/validate.py $(FOLDERS)

bench: $(CORE) ## time commands and methods against their limits, beside R's packages where found
	@$(BIN)/python benchmarks/commands.py $(CASE)
	@$(BIN)/python benchmarks/batch.py
	@$(BIN)/python benchmarks/optimum_guard.py
	@$(BIN)/python benchmarks/pooling.py $(call beside,metafor)
	@$(BIN)/python benchmarks/posteriors.py $(call beside,bayesmeta)
	@$(if $(call has,rpact),:,echo "no R with rpact (Debian: r-base-core r-cran-rpact): ours alone")
	@$(BIN)/python benchmarks/sequential.py $(call beside,rpact)
	@$(BIN)/python benchmarks/simulation.py $(call beside,rpact)
	@$(BIN)/python benchmarks/enrichment.py $(call beside,rpact)
	@$(BIN)/python benchmarks/pathways.py $(call beside,GSVA)
	@$(BIN)/python benchmarks/shrinkage.py
	@$(BIN)/python benchmarks/mechanism.py

fuzz: $(DEV) ## property tests with many more examples
	@EQUIPOISE_HYPOTHESIS_PROFILE=fuzz $(PYTEST) -m "hypothesis and not browser"

docs: $(DEV) ## regenerate docs/cli.md and docs/case.md
	@$(BIN)/python scripts/cli_reference.py
	@$(BIN)/python scripts/case_reference.py

pins: python ## resolve constraints.txt anew (oldest supported Python)
	@$(PYTHON) scripts/pins.py

clean: ## remove what was built; the environment in .venv stays
	@rm -rf $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests scripts benchmarks validation -name __pycache__ -type d -prune -exec rm -rf {} +
