#!/usr/bin/env bash
# Makes the environment, then starts everything: bash scripts/run.sh [--once] [--port N] [--no-demo]
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
# shellcheck source=scripts/environment.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

exec "$PWD/.venv/bin/python" -m scripts.cli run "$@"
