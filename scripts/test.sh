#!/usr/bin/env bash
# Makes the environment, then runs the tests: bash scripts/test.sh [--full]
# With further arguments it runs pytest once with exactly those: bash scripts/test.sh tests/db -k cluster
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
# shellcheck source=scripts/environment.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

python="$PWD/.venv/bin/python"
without_full=" and not full"
if [[ ${1:-} == --full ]]; then
    without_full=""
    shift
fi
[[ $# -eq 0 ]] || exec "$python" -m pytest "$@"

# Timed gates measure, so they run alone, after the rest and even when the rest failed.
gates=$(mktemp)
trap 'rm -f "$gates"' EXIT
status=0
"$python" -m pytest -n 2 -m "not timed$without_full" --gates="$gates" || status=$?
timed=0
"$python" -m pytest -m "timed$without_full" --gates="$gates" --require-gates || timed=$?
[[ $status -ne 0 ]] || status=$timed
exit "$status"
