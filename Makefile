PYTHON ?= python3
BIN := .venv/bin

.PHONY: test lint types unit lowest docs generated demo format bench

test: lint types unit docs

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress --quiet --strict-collection --persona auditor .github action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci .gitlab-ci.yml

types: .venv/.ready
	$(BIN)/mypy

unit: .venv/.ready
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report term

lowest: .venv-lowest/.ready
	.venv-lowest/bin/python -m pytest --numprocesses auto

docs: .venv/.ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

generated: .venv/.ready
	for each in flow manual pages picture schema; do $(BIN)/python scripts/$$each.py || exit; done

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m compileall -q src # as pip does with what is not editable
	touch $@

.venv-lowest/.ready: .venv/.ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-lowest
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --output-file .venv-lowest/lowest.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python .venv-lowest --editable . --group test --constraints .venv-lowest/lowest.txt
	touch $@

demo: .venv/.ready
	$(BIN)/python scripts/demo.py

bench: .venv/.ready
	$(BIN)/python scripts/bench.py
