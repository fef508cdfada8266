#!/bin/sh
# Every test on both databases at once: PostgreSQL and Redis beside SQLite with the browser, for two cores.
# PYTHON is the interpreter; what PostgreSQL said is printed after SQLite's lines.
set -u
: "${PYTHON:=python3}"
said=$(mktemp)
trap 'rm -f "$said"' EXIT

"$PYTHON" -m tests.servers pg+redis -- \
    "$PYTHON" -m pytest tests -m "not browser and not bench and not faults" >"$said" 2>&1 &
beside=$!
"$PYTHON" -m pytest tests
sqlite=$?
wait "$beside"
postgres=$?

echo
echo "PostgreSQL と Redis:"
cat "$said"
[ "$sqlite" = 0 ] && [ "$postgres" = 0 ]
