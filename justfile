# Every task a person runs. `just test` and `uv run just test` do the same.

set positional-arguments := true

# Compiled once for all the processes that tests start, whatever the machine says.
export PYTHONDONTWRITEBYTECODE := ""

# What `up`, `down` and `logs` start, follow and stop; a file of your own may be named after it.
export COMPOSE_FILE := env("COMPOSE_FILE", "deploy/compose.yaml")

# `uv run` sets UV, wherever its program lies.
uv := env("UV", "uv")

# Inside an environment tools are called plainly; outside one, uv provides it.
run := if env("VIRTUAL_ENV", "") == "" { uv + " run" } else { "" }

# List the tasks.
default:
    @just --list --unsorted

# Run every test that fits in four minutes.
test *args:
    {{ run }} pytest "$@"

# Run the unit tests: no servers; less than two minutes on two cores, and it prints how long.
unit *args:
    {{ run }} pytest tests/unit "$@"

# Run the integration tests, on servers chosen by TEST_SERVICES.
integration *args:
    {{ run }} pytest tests/integration "$@"

# Run every test on PostgreSQL and Redis in Docker.
test-docker *args:
    TEST_SERVICES=docker {{ run }} pytest "$@"

# Run the tests behind PgBouncer: where it is missing they fail, and `just test` leaves them out.
test-pgbouncer *args:
    {{ run }} pytest -m pgbouncer "$@"

# Run the tests and say which lines and branches they miss.
coverage *args:
    {{ run }} coverage erase
    {{ run }} coverage run -m pytest "$@"
    {{ run }} coverage combine --quiet
    {{ run }} coverage report

# Check style, format, types and the import contracts: all of them, whichever fails.
lint:
    @failed=; \
    for check in "ruff check" "ruff format --check" mypy "lint-imports --no-logo"; do \
        echo "$check" >&2; \
        {{ run }} $check || failed="$failed $check;"; \
    done; \
    if [ -n "$failed" ]; then echo "lint failed:$failed" >&2; exit 1; fi

# Format the code and mend what can be mended.
fmt:
    {{ run }} ruff format
    {{ run }} ruff check --fix
    {{ run }} ruff format

# Print the way of one request through our code: just trace-request GET /api/v1/users/me.
trace-request method path:
    {{ run }} python -m tests.trace_request "$@"

# Start the API.
serve *args:
    {{ run }} armature serve "$@"

# Break real servers while clients write, and count what was lost.
faults:
    {{ run }} python -m tests.faults

# Scrape, trace and query the running service with Prometheus and an OTLP receiver.
observe:
    {{ run }} python -m tests.observe

# Look for weaknesses, secrets and known flaws; --offline asks no advisory source.
security *args:
    {{ run }} python -m tests.security "$@"

# Check what brings the service to where it runs: Kubernetes, Compose, image, workflows, rules.
check-deploy:
    {{ run }} python -m tests.deploy

# Ask the API for all that its description allows and forbids, with Schemathesis.
fuzz *args:
    {{ run }} python -m tests.fuzz "$@"

# Let many users at it with k6: auth, spike or soak; --scale and --minutes shorten it.
load *args:
    {{ run }} python -m tests.load "$@"

# Write the tables of docs/ that come from the code.
docs:
    {{ run }} python -m entrypoints.error_catalogue docs/errors.md
    {{ run }} python -m tests.unit.entrypoints.cli.reference
    {{ run }} python -m tests.unit.adapters.config.reference
    {{ run }} python -m tests.unit.observability_page
    {{ run }} python -m tests.bench.page
    {{ run }} python -m tests.deploy.prometheus_rule

# Build the image, and run it read-only on real servers; needs a container engine.
image-check *args:
    {{ run }} python -m tests.image "$@"

# Start the service with its databases in containers; `just up observability` watches it, too.
up *profiles:
    deploy/secrets.sh
    COMPOSE_PROFILES="$(echo "$*" | tr ' ' ',')" \
    OTEL_EXPORTER_OTLP_ENDPOINT="${*:+http://otel-collector:4318}" \
    ARMATURE_VERSION="$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" \
    ARMATURE_REVISION="$(git rev-parse HEAD)" \
    docker compose up --build --detach --wait \
        || { docker compose logs --no-log-prefix --tail 5 migration armature; exit 1; }

# Stop it; what is in the database stays.
down *args:
    docker compose --profile "*" down "$@"

# Follow what it says.
logs *args:
    docker compose --profile "*" logs --follow "$@"

# Let other people's clients verify our tokens; needs node and npm.
test-clients *args:
    {{ run }} pytest -m slow --numprocesses=0 tests/clients "$@"

# Measure how long a start takes.
bench-start *args:
    {{ run }} python tests/bench/start.py "$@"

# Compare how long log-ins to known and to unknown addresses take to be refused.
bench-login *args:
    {{ run }} python -m tests.bench.login_timing "$@"

# Compare the throughput with logs, metrics and traces on with that without.
bench-telemetry *args:
    {{ run }} python -m tests.bench.telemetry "$@"

# Compare the service with its limits and with a peer: fifteen minutes; --quick shows it works.
bench *args:
    {{ uv }} run --group bench python -m tests.bench "$@"

# Measure how long 100,000 users take to move in and out, and how much memory.
bench-import *args:
    {{ run }} python -m tests.bench.moving "$@"

# Write requirements.lock: what a deployment installs, by name, version and hash.
lock:
    {{ uv }} export --quiet --no-dev --no-emit-project --no-header --no-annotate --output-file requirements.lock
    # What builds the wheel in deploy/Dockerfile.
    sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | {{ uv }} pip compile --quiet --generate-hashes \
        --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
        --output-file deploy/build.lock -

# Check the tree, move the changelog and the version, commit and tag: just release 1.2.0
release version:
    {{ run }} python -m deploy.release "$@"
