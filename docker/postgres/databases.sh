#!/bin/sh
# Once, when the volume is empty: a user and a database for the service and for Keycloak, which know nothing of each other.
# The image runs it, or sources it; each password is a secret of its own.
set -eu
make_database() {
    psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set name="$1" --set password="$(cat "$2")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT, TEMPORARY ON DATABASE :"name" FROM PUBLIC;
SQL
}
make_database service "${SECRETS:-/run/secrets}/database_password"
make_database keycloak "${SECRETS:-/run/secrets}/keycloak_database_password"
