#!/bin/sh
# Plants known bugs in a copy of the last commit, one at a time, and shows that the test named in each patch catches it.
# Chat.Tests/Planted/run.sh [patch …]; without arguments all of them. Fails if a bug goes unnoticed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q "$(git -C "$here" rev-parse --show-toplevel)" "$copy/chat" && cd "$copy/chat" || exit 1

missed=0
build() { dotnet build Chat.Tests -warnaserror:false -v q -nologo >"$copy/build.log" 2>&1; }
tests() { dotnet Chat.Tests/bin/Debug/net10.0/Chat.Tests.dll "$@" -noColor >"$copy/tests.log" 2>&1; }
failures() { grep -c '\[FAIL\]' "$copy/tests.log"; }

[ $# -gt 0 ] || set -- "$here"/*.patch
for patch in "$@"; do
    name=$(basename "$patch" .patch)
    filter=$(sed -n 's/^Caught by: //p' "$patch")
    if ! git apply "$patch" || ! build; then
        echo "$name: does not apply or build"
        tail -5 "$copy/build.log"
        missed=$((missed + 1))
    else
        # shellcheck disable=SC2086  # The filter is several words.
        tests $filter
        if [ "$(failures)" -gt 0 ]; then
            echo "$name: caught by $(sed -n 's/^ *\(Chat\.Tests\.[^ ]*\).*\[FAIL\].*/\1/p' "$copy/tests.log" | sed 's/(.*//' | sort -u | head -3 | paste -sd' ' -)"
        else
            echo "$name: NOT CAUGHT by $filter"
            missed=$((missed + 1))
        fi
    fi
    git checkout -q .
done
[ "$missed" -eq 0 ]
