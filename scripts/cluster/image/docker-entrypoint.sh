#!/bin/sh
# Starts PostgreSQL as Docker's official image does: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, each also as …_FILE,
# POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD and /docker-entrypoint-initdb.d make the cluster, on a server that only
# the pod's own socket reaches and that is stopped again; then the real one starts.
set -eu

read_variable() { # NAME DEFAULT: its value, or what is in the file that NAME_FILE names
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then
    echo "error: both $1 and $1_FILE are set (but are exclusive)" >&2
    exit 1
  fi
  if [ -n "$file" ]; then value=$(cat "$file"); fi
  printf '%s' "${value:-$2}"
}

create_cluster() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
    echo '       Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to allow all connections.' >&2
    exit 1
  fi
  password_file=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file"
  if [ -n "$POSTGRES_PASSWORD" ]; then set -- --pwfile="$password_file"; fi
  # shellcheck disable=SC2086 # Arguments, not one.
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --encoding=UTF8 --locale=C --auth-local=trust \
    --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-} "$@"
  rm -f "$password_file"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}


prepare_cluster() {
  if [ "$POSTGRES_DB" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n\n' "$POSTGRES_DB" | postgres --single -j -D "$PGDATA" postgres >/dev/null
  fi
  for file in /docker-entrypoint-initdb.d/*.sql; do
    [ -e "$file" ] || continue
    echo "running $file"
    { cat "$file"; printf '\n\n'; } | postgres --single -j -D "$PGDATA" "$POSTGRES_DB" >/dev/null
  done
  pg_ctl -D "$PGDATA" -w start -o "-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql"
  for file in /docker-entrypoint-initdb.d/*.sh; do
    [ -e "$file" ] || continue
    echo "running $file"
    # shellcheck disable=SC1090
    . "$file"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
  echo 'PostgreSQL init process complete; ready for start up.'
}

if [ "${1#-}" != "$1" ]; then set -- postgres "$@"; fi
if [ "$1" != postgres ]; then exec "$@"; fi

mkdir -p "$PGDATA" /var/run/postgresql
if [ "$(id -u)" = 0 ]; then
  chown -R postgres:postgres "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  # PostgreSQL refuses to run as root.
  exec su -s /bin/sh postgres -c 'exec "$0" "$@"' -- "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  POSTGRES_USER=$(read_variable POSTGRES_USER postgres)
  POSTGRES_PASSWORD=$(read_variable POSTGRES_PASSWORD '')
  POSTGRES_DB=$(read_variable POSTGRES_DB "$POSTGRES_USER")
  POSTGRES_HOST_AUTH_METHOD=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  create_cluster
  prepare_cluster
fi
shift
exec postgres -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
