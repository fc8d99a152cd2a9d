#!/bin/sh
# Runs everything that takes too long for each commit, one check after the other, and keeps each result under
# artifacts/long-checks/COMMIT. If it is started again, it goes on where it was interrupted: it repeats no check that
# has passed on this commit.
#   ./long-checks.sh             all checks
#   ./long-checks.sh --list      what has been done on this commit
#   ./long-checks.sh torture …   only these: test-1 … test-10, test-long, planted, torture, compose
# COMPOSE and DOCKER name other commands than "docker compose" and "docker" (docs/operating.md).
set -u
cd "$(dirname "$0")" || exit 1
[ -z "$(git status --porcelain)" ] || { echo "Commit first: results are kept for a commit." >&2; exit 2; }
results=artifacts/long-checks/$(git rev-parse --short HEAD)
mkdir -p "$results"

busy=
# Ten test runs beside two busy processes.
begin_load() {
    for _ in 1 2; do
        (while :; do :; done) &
        busy="$busy $!"
    done
}
end_load() {
    # shellcheck disable=SC2086  # Several ids.
    [ -z "$busy" ] || kill $busy 2>/dev/null
    busy=
}
trap end_load EXIT
trap 'exit 130' INT TERM

run() {
    case $1 in
    test-long) CHAT_TEST_LONG=1 ./test.sh ;;
    test-*) begin_load && ./test.sh; code=$?; end_load; return $code ;;
    planted) Chat.Tests/Planted/run.sh ;;
    torture)
        dotnet run -c Release --project Chat.Bench -- \
            torture --nodes 3 --crowd 2 --listeners 15 --rate 120 --deliveries 1000000
        ;;
    compose) node --experimental-websocket deploy/try/cluster.mjs ;;
    *) echo "There is no check $1." >&2; return 2 ;;
    esac
}

all="test-1 test-2 test-3 test-4 test-5 test-6 test-7 test-8 test-9 test-10 test-long planted torture compose"
if [ "${1-}" = --list ]; then
    for check in $all; do
        if [ -e "$results/$check.passed" ]; then echo "$check passed"
        elif [ -e "$results/$check.log" ]; then echo "$check failed or was interrupted: $results/$check.log"
        else echo "$check not yet"; fi
    done
    exit 0
fi

failed=
for check in ${*:-$all}; do
    [ ! -e "$results/$check.passed" ] || continue
    echo "$check: $(date -u +%H:%M:%S) …"
    if run "$check" >"$results/$check.log" 2>&1; then
        touch "$results/$check.passed"
        echo "$check: passed. $(grep -E '^Tests: ' "$results/$check.log" | tail -n 1)"
    else
        failed="$failed $check"
        echo "$check: FAILED. $results/$check.log ends in:"
        tail -n 5 "$results/$check.log"
    fi
done
[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
