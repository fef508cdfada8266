# Everything is done with make; each target brings what it needs. `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# The tests and the checks never meet a database or a broker of yours.
CLEAN := env -u DATABASE_URL -u REDIS_URL -u DATA_DIR -u MEDIA_ROOT -u STATIC_ROOT -u SECRET_KEY -u AUDIT_KEY \
	-u DEBUG -u HTTPS -u ALLOWED_HOSTS -u CSRF_TRUSTED_ORIGINS -u TRUSTED_PROXIES -u STATEMENT_TIMEOUT -u POOLED \
	-u GENERATION_CAP -u EMAIL_URL -u MAIL_FROM -u IMAP_URL -u DESK_ADDRESS -u SITE_URL -u METRICS_TOKEN \
	-u LOG_LEVEL
PYTEST := $(CLEAN) $(BIN)/python -m pytest
SERVERS := $(CLEAN) $(BIN)/python -m tests.servers
PRODUCTION := DATABASE_URL=postgresql://opsdesk:x@db/opsdesk REDIS_URL=redis://redis:6379/0 HTTPS=1 \
	TRUSTED_PROXIES=1 ALLOWED_HOSTS=ops.example.jp CSRF_TRUSTED_ORIGINS=https://ops.example.jp \
	SECRET_KEY=check-only-0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3-check-only \
	AUDIT_KEY=check-only-0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3-check-only

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check bench faults screenshots lock system
.SUFFIXES:

help: ## この一覧
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## 架空の広域組合のデータで動かす（http://127.0.0.1:8000、PORT=8001 で変更、Ctrl-C で停止）
	@$(BIN)/python manage.py up --demo --port $(PORT)

test: $(VENV)/.dev system ## すべてのテスト: SQLite（ブラウザも）と、並べて PostgreSQL と Redis
	@$(CLEAN) $(BIN)/python -m tests.all

test-fast: $(VENV)/.dev ## 速いテストだけ（90 秒まで）
	$(PYTEST) tests --fast

check: $(VENV)/.dev ## 書き方、型、層、テンプレート、移行、本番設定、compose
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(CLEAN) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(CLEAN) $(BIN)/python manage.py makemigrations --check --dry-run
	$(CLEAN) $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PYTEST) -q tests/structure/test_compose.py tests/structure/test_lock.py

bench: $(VENV)/.dev system ## 測る（PostgreSQL に百万件。数分かかる）
	$(SERVERS) pg+redis -- $(BIN)/python -m pytest tests/bench -m bench -s
	$(PYTEST) tests/bench/test_search.py -m bench -s

faults: $(VENV)/.dev system ## 止めても失わないか、長く試す（両方のデータベース）
	$(PYTEST) tests -m faults
	$(SERVERS) pg+redis -- $(BIN)/python -m pytest tests -m faults

screenshots: $(VENV)/.dev system ## README の画面の絵を作りなおす
	$(CLEAN) $(BIN)/python -m tests.screenshots

lock: $(VENV)/.dev ## pyproject.toml から requirements*.lock を作りなおす
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	@! grep -nE '://|--index|--find-links|--trusted' requirements.lock requirements-dev.lock

system:
	@sh tests/system.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 以上が必要です（$(PYTHON) が見つからないか古い）。make PYTHON=python3.12 のように書けます。"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ $(PYTHON) -c 'import sys; print("Python の venv が入っていません。Debian では apt-get install python3-venv（または python%d.%d-venv）。" % sys.version_info[:2])'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run
