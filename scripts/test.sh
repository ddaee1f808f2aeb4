#!/usr/bin/env bash
# Makes the environment, then runs the tests: bash scripts/test.sh [--full] [--coverage]
# --coverage also fails below 95 % branch coverage of any package on which correctness hangs.
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
covered=()
if [[ ${1:-} == --coverage ]]; then
    covered=(ranking lifecycles access journal)
    shift
fi
[[ $# -eq 0 ]] || exec "$python" -m pytest "$@"

# Timed gates measure, so they run alone, after the rest and even when the rest failed.
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
gates=$state/gates
tracing=()
if [[ ${#covered[@]} -gt 0 ]]; then
    export COVERAGE_FILE=$state/coverage
    tracing=(--cov-branch --cov-report= "${covered[@]/#/--cov=matchmaking.}")
fi
status=0
"$python" -m pytest -n 2 -m "not timed$without_full" --gates="$gates" "${tracing[@]}" || status=$?
timed=0
"$python" -m pytest -m "timed$without_full" --gates="$gates" --require-gates || timed=$?
[[ $status -ne 0 ]] || status=$timed
for name in "${covered[@]}"; do
    printf '\n%s\n' "branch coverage of $name"
    "$python" -m coverage report --skip-covered --fail-under=95 \
        --include="matchmaking/$name/*,matchmaking/$name.py" || status=1
done
exit "$status"
