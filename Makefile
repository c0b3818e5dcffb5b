# make run and make test are the only two commands a newcomer needs; both make their own environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN_STAMP := $(VENV)/.installed-run

.PHONY: run test bench torture lint format check build locale clean

run: $(RUN_STAMP) ## open the counter with the embedded defaults and sample data
	@$(BIN)/motcua kb build
	@exec $(BIN)/motcua serve

test: $(STAMP) ## everything the tests need, then all tests
	@deploy/chromium.sh || true
	$(BIN)/motcua kb build
	$(BIN)/python -m pytest -q -n 3 --dist worksteal $(ARGS)

bench: $(STAMP) ## measure; results go to docs/benchmarks.md
	$(BIN)/uv pip install -q --python $(BIN)/python -e '.[bench]'
	$(BIN)/motcua kb build
	$(BIN)/python -m benchmarks

torture: $(STAMP) ## kill the process at 100 random moments under load
	$(BIN)/motcua kb build
	$(BIN)/python -m tests.torture

lint: $(STAMP) ## style, types, import contract, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot.locale.complete

format: $(STAMP)
	$(BIN)/ruff check --fix -q . || true
	$(BIN)/ruff format .

locale: $(STAMP) ## collect the texts to translate into bot/locale/en/LC_MESSAGES/messages.po; then fill the empty ones
	@mkdir -p .cache
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k gettext -k ngettext:1,2 --no-wrap --no-location --sort-output --project motcua -o .cache/messages.pot .
	$(BIN)/pybabel -q update -i .cache/messages.pot -d bot/locale -l en --init-missing --ignore-obsolete --no-wrap --no-fuzzy-matching --omit-header

$(BIN)/python:
	@$(PYTHON) deploy/environment.py $(VENV)

# Run needs only what the program itself needs; test brings the rest.
$(RUN_STAMP): $(BIN)/python requirements.lock pyproject.toml
	@$(BIN)/python deploy/install.py run && touch $@

$(STAMP): $(BIN)/python requirements.lock pyproject.toml
	@$(BIN)/python deploy/install.py test && touch $@ $(RUN_STAMP)

clean:
	rm -rf $(VENV) .cache var dist
