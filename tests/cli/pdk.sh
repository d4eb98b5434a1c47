#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Public libraries of transistor cards are read: usage pdk.sh PROGRAM SHARED. With transistors of the deck's own every
# section loads without a message, in well under a second of CPU time. With a transistor of the library
# the check passes, or ends with one error that names model, level and place (a level that this version has not).
# Exit 77 where the libraries are absent.
program=$1
pdk=$2/pdk
if [ ! -d "$pdk/sky130" ]; then
	echo "skipped: no libraries in $pdk"
	exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
most_seconds=0.5 # measured: 0.05
if nm "$program" 2>/dev/null | grep -q __asan_init; then
	most_seconds=5
fi

fail() {
	echo "FAILED $1"
	cat "$folder/out"
	failed=1
}

# deck NAME CARDS: check a deck of these cards; the messages are in out, the exit status in rc
deck() {
	printf 'a deck with a library\n%s\n.op\n' "$2" > "$folder/$1.cir"
	TIMEFORMAT='%U %S'
	times=$({ time timeout -k 2 30 "$program" check "$folder/$1.cir" > "$folder/out" 2>&1; echo $? > "$folder/rc"; } 2>&1)
	rc=$(cat "$folder/rc")
	seconds=$(echo "$times" | awk '{print $1 + $2}')
	echo "$1: $seconds s"
	awk "BEGIN {exit !($seconds < $most_seconds)}" || fail "$1: too long"
}

own=$'.model q nmos level=subvt\nm1 d d 0 0 q\nm2 d e 0 0 q\ni1 0 d 1n\nv2 e 0 0.1'
clean() {
	deck "$1" "$2"$'\n'"$own"
	[ "$rc" -eq 0 ] && ! grep -qE 'error:|warning:' "$folder/out" || fail "$1: not clean"
}

# used NAME CARDS WHAT: the one error that is allowed holds WHAT
used() {
	deck "$1" "$2"$'\nv1 d 0 1\nv2 g 0 1'
	[ "$rc" -eq 0 ] && return
	[ "$rc" -eq 2 ] && [ "$(grep -c 'error:' "$folder/out")" -eq 1 ] &&
		grep -qE "$pdk.*:[0-9]+:[0-9]+: error: .*$3" "$folder/out" ||
		fail "$1: wanted one error, exit $rc"
}

sky=$pdk/sky130/combined_models/continuous/sky130.lib.spice
gf="$pdk/gf180mcu/models/ngspice"
for section in tt ff ss sf fs ll hh hl lh tt_mm ss_mm mc; do
	clean "sky130_$section" ".lib '$sky' $section"
done
clean sky130_discrete ".lib '$pdk/sky130/discrete_min.lib.spice' tt"
for section in typical ff ss fs sf statistical diode_typical bjt_typical res_typical moscap_typical; do
	clean "gf180_$section" ".include '$gf/design.ngspice'"$'\n'".lib '$gf/sm141064.ngspice' $section"
done
clean freepdk45 ".include '$pdk/freepdk45/models/tran_models/models_nom/NMOS_VTG.inc'"
clean asap7 ".include '$pdk/asap7/models/hspice/7nm_TT_160803.pm'"
clean ihp ".lib '$pdk/ihp-sg13g2/models/cornerMOSlv.lib' mos_tt"

bsim4="model '[a-z0-9_.]+' of type nmos level=54.*E0302"
used sky130_nfet ".lib '$sky' tt"$'\nx1 d g 0 0 sky130_fd_pr__nfet_01v8 w=1 l=0.15' "$bsim4"
used sky130_discrete_nfet ".lib '$pdk/sky130/discrete_min.lib.spice' tt"$'\nx1 d g 0 0 sky130_fd_pr__nfet_01v8 w=1 l=0.15' "$bsim4"
used gf180_nfet ".include '$gf/design.ngspice'"$'\n'".lib '$gf/sm141064.ngspice' typical"$'\nx1 d g 0 0 nfet_03v3 w=1u l=0.28u' "$bsim4"
used ihp_nfet ".lib '$pdk/ihp-sg13g2/models/cornerMOSlv.lib' mos_tt"$'\nx1 d g 0 0 sg13_lv_nmos w=1u l=0.13u' "'nsg13_lv_nmos': compiled Verilog-A.*E0311"
used freepdk45_nfet ".include '$pdk/freepdk45/models/tran_models/models_nom/NMOS_VTG.inc'"$'\nm1 d g 0 0 nmos_vtg w=90n l=50n' "$bsim4"
exit $failed
