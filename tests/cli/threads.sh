#!/usr/bin/env bash
# The same seed gives the same bytes with one and two threads, and other bytes with another seed. show names the
# statistics that were reduced.
# usage: threads.sh PROGRAM DECK
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for j in 1 2; do
	"$1" run "$2" -j $j --format csv -o "$dir/j$j.h5" >"$dir/table$j" 2>/dev/null
	"$1" run "$2" -j $j -o "$dir/j$j.h5" >/dev/null 2>&1
	"$1" show "$dir/j$j.h5" --csv trannoise1 >"$dir/show$j.csv"
done
"$1" show "$dir/j1.h5" >"$dir/shown"
for word in "error of the mean" "R-hat" "psd v(v2)" "dwell v(v1)" "exits, low"; do
	grep -q "$word" "$dir/shown" || { echo "show says nothing of $word"; exit 1; }
done
[ -s "$dir/show1.csv" ] || { echo "empty CSV"; exit 1; }
cmp "$dir/table1" "$dir/table2"
cmp "$dir/show1.csv" "$dir/show2.csv"
(cd "$dir" && "$1" run "$2" -j 2 --seed 12 -o other.h5 >/dev/null 2>&1)
"$1" show "$dir/other.h5" --csv trannoise1 >"$dir/other.csv"
if cmp -s "$dir/show1.csv" "$dir/other.csv"; then
	echo "another seed gives the same bytes"
	exit 1
fi
if /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
	/usr/bin/python3 - "$dir/j1.h5" "$dir/j2.h5" <<'P'
import sys, h5py
a, b = (h5py.File(f, "r") for f in sys.argv[1:])
names = []
a["analyses"].visititems(lambda n, o: names.append(n) if isinstance(o, h5py.Dataset) else None)
bad = [n for n in names if a["analyses"][n][()].tobytes() != b["analyses"][n][()].tobytes()]
print(len(names), "datasets compared")
sys.exit(f"differ: {bad}" if bad or not names else 0)
P
fi
