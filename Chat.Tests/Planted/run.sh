#!/bin/sh
# Plants known bugs in a copy of the last commit, one at a time, and shows that the test named in each patch catches it.
# Chat.Tests/Planted/run.sh [patch …]; without arguments all of them. Fails if a bug goes unnoticed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q "$(git -C "$here" rev-parse --show-toplevel)" "$copy/chat" && cd "$copy/chat" || exit 1

build() { dotnet build Chat.Tests -p:SkipPage=true -p:TreatWarningsAsErrors=false -v q -nologo >"$copy/build.log" 2>&1; }
# Runs tests; answers whether some ran and all of them passed.
pass() {
    # shellcheck disable=SC2068  # The filters are several words.
    dotnet Chat.Tests/bin/Debug/net10.0/Chat.Tests.dll $@ -noColor >"$copy/tests.log" 2>&1 && grep -q 'Total: [1-9]' "$copy/tests.log"
}
caught() { sed -n 's/^ *Chat\.Tests\.\(.*\) \[FAIL\].*/\1/p' "$copy/tests.log" | sed 's/(.*//' | sort -u | head -2 | paste -sd';' -; }

[ $# -gt 0 ] || set -- "$here"/*.patch
echo "Without a bug, the same tests:"
build && pass "$(cat "$@" | sed -n 's/^Caught by: //p' | sort -u)" || {
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
    elif pass "$(sed -n 's/^Caught by: //p' "$patch")"; then
        echo "$name: NOT CAUGHT"
        missed=$((missed + 1))
    else
        echo "$name: $(caught)"
    fi
    git checkout -q .
done
[ "$missed" -eq 0 ]
