#!/usr/bin/env bash
# An interrupted run exits with 130 and leaves a readable file that says it is partial.
# usage: interrupt.sh PROGRAM DECK
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1" run "$2" -j 1 -o "$dir/long.h5" >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 2
kill -INT "$pid"
wait "$pid"
status=$?
cat "$dir/out" "$dir/err"
[ "$status" -eq 130 ] || { echo "exit status $status, want 130"; exit 1; }
grep -q 'interrupted' "$dir/err" || { echo "no word about the interrupt"; exit 1; }
"$1" show "$dir/long.h5" >"$dir/show" 2>&1 || { cat "$dir/show"; echo "the partial file cannot be read"; exit 1; }
cat "$dir/show"
grep -Eq 'complete +(0|no)|incomplete|partial|INCOMPLETE' "$dir/show" || { echo "show does not say it is partial"; exit 1; }
