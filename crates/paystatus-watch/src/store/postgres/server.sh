# A server of PostgreSQL for tests, in a folder of its own, on a socket of its own: it says where, and ends when its
# standard input does, which is when the tests have ended, however they did. Each line of its input is a crash and a new
# start, after which it says where again. Its first argument is where the programs are.
set -eu
cd /
folder=$(mktemp -d "${TMPDIR:-/tmp}/paystatus-postgres-XXXXXX")
server=
crash() { kill -QUIT $server 2>/dev/null || true; wait $server || true; }
trap 'crash; rm -rf "$folder"' EXIT
"$1/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$folder/log" 2>&1 ||
  { cat "$folder/log" >&2; exit 1; }
start() {
  # What a test loses with the machine nobody misses.
  "$1/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c max_connections=300 -c shared_buffers=64MB >>"$folder/log" 2>&1 </dev/null &
  server=$!
  tries=0
  until "$1/pg_isready" -q -h "$folder" -U postgres; do
    tries=$((tries + 1))
    kill -0 $server 2>/dev/null && [ $tries -lt 600 ] || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
  done
  echo "$folder"
}
start "$1"
while read -r _; do
  crash
  start "$1"
done
