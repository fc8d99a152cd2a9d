#!/bin/sh
# Builds everything, runs every test, and ends with one line: Tests: N passed, N failed, N skipped.
# Anything but zero failed and zero skipped is a failure. Arguments go to the test runner, such as --filter-class '*Checker*'.
set -u
cd "$(dirname "$0")" || exit 1

missing=
for command in jq tmux; do
    command -v "$command" >/dev/null 2>&1 || missing="$missing $command"
done
if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    # shellcheck disable=SC2086  # One word for each package.
    { $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $missing; } ||
        echo "Could not install:$missing" >&2
fi

results=TestResults
report=$results/report.json
rm -rf "$results"
mkdir -p "$results"

fail() {
    echo "$1" >&2
    echo "Tests: 0 passed, 1 failed, 0 skipped"
    exit 1
}

dotnet restore --locked-mode || fail "The packages could not be restored as the lock files say."
dotnet build --no-restore -warnaserror || fail "The build failed."

dotnet test --project Chat.Tests --no-build \
    --results-directory "$results" --report-xunit-ctrf --report-xunit-ctrf-filename "$(basename "$report")" "$@"
code=$?

[ -s "$report" ] || fail "The test run left no report."
# The report holds what hostile tests printed, control characters and all, which JSON does not allow.
count() { tr -d '\000-\037' <"$report" | jq -r ".results.summary.$1"; }
passed=$(count passed)
# Failed is whatever neither passed nor was skipped, so that no outcome can hide.
skipped=$(count skipped)
failed=$(($(count tests) - passed - skipped))
# A run that failed in another way, such as a process that died, is a failure too.
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || [ "$skipped" -gt 0 ] || failed=1
[ "$((passed + failed + skipped))" -gt 0 ] || failed=1

echo "Tests: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]
