#!/bin/sh
# Runs everything that takes too long for each commit, one check after the other, and keeps each result under
# artifacts/long-checks/COMMIT. If it is started again, it goes on where it was interrupted: it repeats no check that
# has passed on this commit.
#   ./long-checks.sh             all checks
#   ./long-checks.sh --list      what has been done on this commit
#   ./long-checks.sh torture …   only these: test-1 … test-5, test-long, planted, torture, compose
# COMPOSE and DOCKER name other commands than "docker compose" and "docker" (docs/operating.md).
set -u
cd "$(dirname "$0")" || exit 1
[ -z "$(git status --porcelain)" ] || { echo "Commit first: results are kept for a commit." >&2; exit 2; }
results=artifacts/long-checks/$(git rev-parse --short HEAD)
mkdir -p "$results"

# Two test runs at the same time, each in a clone of its own: each keeps the machine busy for the other. Each has a
# process group of its own, which ends as a whole if the checks are interrupted.
running=
pair() {
    running=
    for clone in "$results/clone-1" "$results/clone-2"; do
        [ -d "$clone" ] || git clone -q . "$clone" || return 1
        (cd "$clone" && exec setsid ./test.sh) >"$clone.log" 2>&1 &
        running="$running $!"
    done
    code=0
    for run in $running; do wait "$run" || code=1; done
    running=
    cat "$results/clone-1.log" "$results/clone-2.log"
    return $code
}
end_pair() {
    for run in $running; do kill -TERM "-$run" 2>/dev/null; done
}
trap end_pair EXIT
trap 'exit 130' INT TERM

run() {
    case $1 in
    test-long) CHAT_TEST_LONG=1 ./test.sh ;;
    test-*) pair ;;
    planted) Chat.Tests/Planted/run.sh ;;
    torture)
        dotnet run -c Release --project Chat.Bench -- \
            torture --nodes 3 --crowd 2 --listeners 15 --rate 120 --deliveries 1000000
        ;;
    compose) node --experimental-websocket deploy/try/cluster.mjs ;;
    *) echo "There is no check $1." >&2; return 2 ;;
    esac
}

all="test-1 test-2 test-3 test-4 test-5 test-long planted torture compose"
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
        echo "$check: passed. $(grep -E '^Tests: ' "$results/$check.log" | paste -sd ' ')"
    else
        failed="$failed $check"
        echo "$check: FAILED. $results/$check.log ends in:"
        tail -n 5 "$results/$check.log"
    fi
done
[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
