#!/usr/bin/env bash
# A deck with states, of traps or switches, gives the same bytes with one and two threads and with every instruction set
# (TS_ISA).
# usage: trap_bits.sh PROGRAM DECK SIGNAL
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for isa in 2 3 4; do
	for j in 1 2; do
		TS_ISA=$isa "$1" run "$2" -j $j -o "$dir/$isa$j.h5" >/dev/null 2>&1
		"$1" show "$dir/$isa$j.h5" --csv trannoise1 >"$dir/$isa$j.csv"
		cmp "$dir/21.csv" "$dir/$isa$j.csv"
	done
done
grep -qF "$3" "$dir/21.csv"
