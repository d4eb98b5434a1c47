#!/usr/bin/env bash
# A cell file says what made it: the command line and the seed of the run it comes from. Usage: cell_file.sh PROGRAM DECK
set -eu
program=$1
deck=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$program" run "$deck" --seed 4711 -o run.h5 >/dev/null
"$program" extract run.h5 -o cell.h5 >/dev/null
"$program" show cell.h5 >shown
cat shown
grep -q '^  command  *thermospice extract run.h5 -o cell.h5$' shown
grep -q '^  seed  *4711$' shown
