#!/bin/sh
# Makes the passwords of this installation when it is started for the first time, and never again: each service finds in /run/secrets
# what it needs, and nothing of the others. Run by docker-compose.yml as root, without network and capabilities.
set -eu
cd /secrets

# random: 32 characters that need no quoting anywhere.
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

[ ! -e redis/complete ] || exit 0

postgres=$(random) chat=$(random) redis=$(random)
printf %s "$postgres" >postgres/superuser
printf %s "$chat" >postgres/chat
printf %s "$redis" >redis/password
printf 'requirepass %s\n' "$redis" >redis/redis.conf
# The image has no Kerberos to look for.
printf %s "Host=postgres;Database=chat;Username=chat;Password=$chat;Maximum Pool Size=30;GSS Encryption Mode=Disable" >chat/ConnectionStrings__Chat
printf %s "redis:6379,password=$redis" >chat/ConnectionStrings__Redis
sync
touch redis/complete    # Only now may a database be made that knows these.
