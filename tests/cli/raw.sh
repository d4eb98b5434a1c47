#!/usr/bin/env bash
# --format raw and raw-ascii: the numbers are those of the CSV, and ngspice, where there is one, reads both kinds.
# A response over frequency is one complex vector per signal. usage: raw.sh PROGRAM RC_DECK NOISE_DECK AC_DECK
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
program=$1 rc=$2 noise=$3 ac=$4
cp "$rc" "$dir/rc.cir"
cp "$noise" "$dir/noise.cir"
cp "$ac" "$dir/ac.cir"
cd "$dir"
for f in csv raw-ascii; do timeout -k 5 60 "$program" run rc.cir --format $f >/dev/null 2>&1; done
[ -s rc.tran1.raw ] || { echo "no rc.tran1.raw"; exit 1; }

# ASCII to rows of numbers, as the CSV has them
awk '/^Values:/ { on = 1; next } on && NF == 2 { if (row) print row; row = $2; next } on && NF == 1 { row = row "," $1 }
     END { print row }' rc.tran1.raw >ascii
tail -n +2 rc.tran1.csv >csv
awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) a[NR, i] = $i; n[NR] = NF; next }
         { if (NF != n[FNR]) bad++; for (i = 1; i <= NF; i++) if ($i + 0 != a[FNR, i] + 0) bad++; m++ }
         END { print m " points, " bad + 0 " differ"; exit bad > 0 || m < 100 }' ascii csv
mv rc.tran1.raw rc_ascii.raw

timeout -k 5 60 "$program" run rc.cir --format raw >/dev/null 2>&1
timeout -k 5 60 "$program" run noise.cir --format raw --samples 2 >/dev/null 2>&1
timeout -k 5 60 "$program" run ac.cir --format csv >/dev/null 2>&1
timeout -k 5 60 "$program" run ac.cir --format raw >/dev/null 2>&1
grep -aq '^Flags: complex' ac.ac1.raw || { echo "ac is not complex"; exit 1; }
[ "$(grep -ac '^Plotname: Stochastic Transient, trajectory' noise.trannoise1.raw)" = 2 ] || { echo "plots"; exit 1; }
if ! command -v ngspice >/dev/null; then
	echo "no ngspice: its reading of raw files is not tested"
	exit 0
fi
printf 'x\n.control\nload rc.tran1.raw\nprint v(out)[400]\nload rc_ascii.raw\nprint v(out)[400]\nload noise.trannoise1.raw\nprint length(time)\nload ac.ac1.raw\nprint v(out)[60]\nquit\n.endc\n.end\n' >control.cir
timeout -k 5 60 ngspice -b control.cir >said 2>&1 || true
want=$(awk -F, 'NR == 402 { printf "%.6e", $3 }' rc.tran1.csv)
[ "$(grep -c "v(out)\[400\] = $want" said)" = 2 ] || { echo "ngspice: want $want twice"; cat said; exit 1; }
grep -q "length(time) = " said || { cat said; exit 1; }
want=$(awk -F, 'NR == 62 { printf "%.6e,%.4e", $4, $5 }' ac.ac1.csv | sed 's/e[^e]*$//') # ngspice cuts the second number
grep -q "v(out)\[60\] = $want" said || { echo "ngspice: want $want"; cat said; exit 1; }
