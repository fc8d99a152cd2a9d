#!/bin/sh
# Makes the passwords of this installation when it is started for the first time, and never again: each service finds in /run/secrets
# what it needs, and nothing of the others. Secrets that a later version needs are added to the set of an older one.
# docker-compose.yml runs this as root, without network, and with no capability but that of giving a file to its owner.
set -eu
cd /secrets

# random: 32 characters that need no quoting anywhere.
random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

# master_key: encrypts the keys in the database. The file is written whole or not at all, and only the server's own user
# (APP_UID of the .NET images) may read it.
master_key() {
    [ ! -s chat/Chat__Keys__Master ] || return 0
    rm -f chat/.master  # of a start that was interrupted
    (umask 077 && head -c 32 /dev/urandom | base64 >chat/.master)
    chown 1654:1654 chat/.master
    sync
    mv chat/.master chat/Chat__Keys__Master
}

master_key
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
