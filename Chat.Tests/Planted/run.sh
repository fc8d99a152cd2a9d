#!/bin/sh
# Plants known bugs in a copy of the last commit, one at a time, and shows that what is named in each patch catches it.
# Chat.Tests/Planted/run.sh [--torture | --check] [patch …]; without patches all of them. Fails if a bug goes unnoticed.
# By itself it runs tests ("Caught by: -class …" or "-method …"). With --torture it runs a torture in their place, where the patch names one ("Tortured by: torture --nodes 3
# --seed 1 …"). With --check it only says, in a second, which patches do not apply to the code as it lies here.
set -u
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1-}" = --check ]; then
    shift
    [ $# -gt 0 ] || set -- "$here"/*.patch
    stale=0
    for patch in "$@"; do
        git -C "$here/../.." apply --check - <"$patch" 2>/dev/null || { echo "$(basename "$patch" .patch): does not apply" && stale=$((stale + 1)); }
    done
    echo "$# patches, $stale do not apply"
    [ "$stale" -eq 0 ]
    exit
fi
by=Caught
if [ "${1-}" = --torture ]; then
    shift
    by=Tortured
    # shellcheck disable=SC2046  # One word for each patch.
    [ $# -gt 0 ] || set -- $(grep -l '^Tortured by: ' "$here"/*.patch)
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q "$(git -C "$here" rev-parse --show-toplevel)" "$copy/chat" && cd "$copy/chat" || exit 1

build() { dotnet build Chat.Tests -p:SkipPage=true -p:TreatWarningsAsErrors=false -v q -nologo >"$copy/build.log" 2>&1; }
# Runs tests, or tortures, one a line; answers whether some ran and all of them passed.
pass() {
    : >"$copy/tests.log"
    echo "$1" | grep '^torture' | while read -r line; do
        # shellcheck disable=SC2086
        dotnet Chat.Tests/bin/Debug/net10.0/Chat.Bench.dll $line >>"$copy/tests.log" 2>&1 </dev/null || exit 1
        echo "Total: 1 torture"
    done >>"$copy/tests.log" || return 1
    # Filters of both kinds at once would mean tests that pass both.
    for kind in -class -method; do
        filters=$(echo "$1" | grep "^$kind")
        # shellcheck disable=SC2086  # They are several words.
        [ -z "$filters" ] || dotnet Chat.Tests/bin/Debug/net10.0/Chat.Tests.dll $filters -noColor >>"$copy/tests.log" 2>&1 || return 1
    done
    grep -q 'Total: [1-9]' "$copy/tests.log"
}
# The tests that failed, or the promises that were broken.
caught() {
    sed -n -e 's/^ *Chat\.Tests\.\(.*\) \[FAIL\].*/\1/p' -e 's/^(\(.*: [0-9]* in all\))$/torture: \1/p' "$copy/tests.log" | sed 's/(.*//' | sort -u | head -2 | paste -sd';' -
}

[ $# -gt 0 ] || set -- "$here"/*.patch
echo "Without a bug, the same tests:"
build && pass "$(cat "$@" | sed -n "s/^$by by: //p" | sort -u)" || {
    grep -h 'error\|\[FAIL\]' "$copy"/*.log
    exit 1
}
grep -o 'Total: .*' "$copy/tests.log"

missed=0
for patch in "$@"; do
    name=$(basename "$patch" .patch)
    if ! git apply "$patch" || ! build; then
        echo "$name: does not apply or build"
        missed=$((missed + 1))
    elif pass "$(sed -n "s/^$by by: //p" "$patch")"; then
        echo "$name: NOT CAUGHT"
        missed=$((missed + 1))
    elif what=$(caught) && [ -n "$what" ]; then
        echo "$name: $what"
    else
        # It ended in another way than by a promise that was broken, such as a lab that did not start.
        echo "$name: NOT CAUGHT: $(tail -1 "$copy/tests.log")"
        missed=$((missed + 1))
    fi
    git checkout -q .
done
[ "$missed" -eq 0 ]
