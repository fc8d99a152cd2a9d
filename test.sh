#!/bin/sh
# Builds everything, runs every test, and ends with one line: Tests: N passed, N failed, N skipped.
# Anything but zero failed and zero skipped is a failure. Arguments go to the test runner, such as --filter-class '*Checker*'.
set -u
cd "$(dirname "$0")" || exit 1

missing=
# need PACKAGES CHECK…: they are installed if the check fails.
need() {
    packages=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $packages"
}
need jq command -v jq
need tmux command -v tmux
need curl command -v curl
need nodejs command -v node
need npm command -v npm
need chromium command -v chromium
# Without these Chinese and emoji are boxes on screenshots.
need "fontconfig fonts-wqy-microhei" sh -c 'fc-list :lang=zh-cn | grep -q .'
need "fontconfig fonts-noto-color-emoji" sh -c 'fc-list | grep -q NotoColorEmoji'
need postgresql sh -c 'ls /usr/lib/postgresql/*/bin/postgres'
need redis-server command -v redis-server
need "gcc libc6-dev" sh -c 'echo "#include <time.h>" | cc -E -'
# nginx and HAProxy may lie where only root's path leads.
need nginx-light sh -c 'PATH=$PATH:/usr/sbin command -v nginx'
need libnginx-mod-nchan test -e /usr/lib/nginx/modules/ngx_nchan_module.so
need "gcc libc6-dev" command -v cc
need sqlite3 test -x /usr/bin/sqlite3
need libsqlite3-dev sh -c 'echo "#include <sqlite3.h>" | cc -E -'
need haproxy sh -c 'PATH=$PATH:/usr/sbin command -v haproxy'
need caddy command -v caddy
if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    # The tests start servers of their own: none is to start by itself on its default port.
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then policy=; else
        printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
        $sudo chmod +x "$policy"
    fi
    # Test runs beside each other install in turn.
    $sudo flock /run/lock/chat-tests-install sh -c \
        "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" ||
        echo "Could not install:$missing" >&2
    [ -z "$policy" ] || $sudo rm -f "$policy"
fi

# Hundreds of .NET processes run for a few seconds each. Methods compiled a second time by their profile, and memory
# mapped anew for each compiled method, cost such a process more than they save.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0

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
(cd Chat.Web && npm run --silent check) || fail "The page's code is not as the formatter, the linter and the compiler want it."

# The page's tests run beside a build, which has no time limits, and not beside the others, where they would take the
# cores from servers that start. What they print comes at the end.
web=$results/vitest.json
(cd Chat.Web && exec npx vitest run --reporter=default --reporter=json --outputFile.json="../$web") \
    >"$results/vitest.log" 2>&1 &
vitest=$!
# Nodes and clients of an older version run beside this one in the tests.
Chat.Tests/Versions/build-older.sh >/dev/null
older=$?
wait "$vitest"
webcode=$?
[ "$older" -eq 0 ] || fail "The older version could not be built; its commit must be in the clone."

# Most processes of the tests are too short for optimized code to pay; those of the long form are not.
[ -n "${CHAT_TEST_LONG-}" ] || export DOTNET_JITMinOpts=1

dotnet test --project Chat.Tests --no-build \
    --results-directory "$results" --report-xunit-ctrf --report-xunit-ctrf-filename "$(basename "$report")" "$@"
code=$?
cat "$results/vitest.log"

[ -s "$web" ] || fail "The page's test run left no report."
[ -s "$report" ] || fail "The test run left no report."
# The report holds what hostile tests printed, control characters and all, which JSON does not allow.
count() { tr -d '\000-\037' <"$1" | jq -r "$2"; }
passed=0 failed=0 skipped=0
# add EXIT-CODE TOTAL PASSED SKIPPED: one runner's counts. Failed is whatever neither passed nor was skipped, so that no outcome can hide.
add() {
    rest=$(($2 - $3 - $4))
    # A run that failed in another way, such as a process that died, is a failure too; so is one without tests.
    if [ "$rest" -eq 0 ] && [ "$4" -eq 0 ] && { [ "$1" -ne 0 ] || [ "$2" -eq 0 ]; }; then rest=1; fi
    passed=$((passed + $3)) failed=$((failed + rest)) skipped=$((skipped + $4))
}
# shellcheck disable=SC2046  # Three words each.
add "$webcode" $(count "$web" '.numTotalTests, .numPassedTests, .numPendingTests + .numTodoTests')
# shellcheck disable=SC2046
add "$code" $(count "$report" '.results.summary | .tests, .passed, .skipped')

# Which they were is said last, where nobody has to look for it.
count "$report" '.results.tests[] | select(.status != "passed")
    | "not passed: \(.name)\n\(.message // "")\n\(.trace // "")"'
count "$web" '.testResults[].assertionResults[] | select(.status != "passed")
    | "not passed: \(.fullName)\n\(.failureMessages | join("\n"))"'

echo "Tests: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]
