#!/bin/bash
# The server's own role and database: it owns its tables and nothing else. Run once, when the data folder is made.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/chat`
CREATE ROLE chat LOGIN PASSWORD :'password';
CREATE DATABASE chat OWNER chat;
REVOKE ALL ON DATABASE chat FROM PUBLIC;
SQL
