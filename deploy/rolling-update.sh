#!/bin/sh
# Replaces the nodes one by one while people talk, by the image and the settings as they are now (docker compose build, or pull, comes first).
# A new node is ready before an old one is asked to leave; if one does not become ready, it is removed, and the rest stays as it is.
set -eu
cd "$(dirname "$0")/.."
compose=${COMPOSE:-docker compose} docker=${DOCKER:-docker}   # of more than one word, perhaps

# A secret that this version needs and an older one did not have.
$compose run --rm -T --no-deps secrets </dev/null >/dev/null

old=$($compose ps --quiet chat)
nodes=$(printf '%s\n' "$old" | grep -c .) || { echo "no node runs: docker compose up" >&2; exit 1; }
for node in $old; do
    before=$($compose ps --all --quiet chat)
    if ! $compose up --detach --wait --no-deps --no-recreate --scale chat=$((nodes + 1)) chat; then
        for new in $($compose ps --all --quiet chat); do
            case $before in *"$new"*) continue ;; esac
            $docker logs --tail 20 "$new" >&2
            $docker rm --force "$new" >/dev/null
        done
        echo "a new node did not become ready: its last lines are above; it is removed, and $node stays" >&2
        exit 1
    fi
    $docker stop "$node" >/dev/null     # its people go to the others
    $docker rm "$node" >/dev/null
    echo "replaced $node"
done
