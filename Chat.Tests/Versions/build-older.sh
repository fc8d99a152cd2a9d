#!/bin/sh
# Builds the server and the terminal client of the commit that this version must run beside, and prints the folder that
# holds both. Needs the repository's history. It does nothing if they have been built before.
set -eu
commit=3fd58e3
cd "$(dirname "$0")/.."
target=$PWD/bin/older/$commit
if [ ! -e "$target/done" ]; then
    sources=$(mktemp -d)
    trap 'rm -rf "$sources"' EXIT
    git -C .. archive "$commit" | tar x -C "$sources"
    for project in Chat.Server Chat.Client.Console; do
        # The commit is fixed, so today's findings of analyzers and advisories do not matter.
        dotnet build "$sources/$project" -c Release -o "$target/$project" -v quiet --nologo \
            -p:SkipPage=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:NuGetAudit=false >&2
    done
    touch "$target/done"
fi
echo "$target"
