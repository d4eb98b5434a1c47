#!/usr/bin/env bash
# NOISE=auto: what it chooses, and that it says so, on a latch of N electrons per kT/q and rails of +-V kT/q.
# usage: auto.sh PROGRAM
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# latch N V [OPTIONS [EXTRA CARD]]
latch() {
	cat >"$dir/deck.cir" <<-D
		latch
		.param u='kboltz*300/qelec' t0='qelec/1n'
		.temp 26.85
		vdd vdd 0 '$2*u'
		vss vss 0 '-$2*u'
		mn1 v1 v2 vss vss n
		mp1 v1 v2 vdd vdd p
		mn2 v2 v1 vss vss n
		mp2 v2 v1 vdd vdd p
		c1 v1 0 '$1*qelec/u'
		c2 v2 0 '$1*qelec/u'
		${4-}
		.model n nmos level=subvt i0=1n
		.model p pmos level=subvt i0=1n
		.trannoise '$1*0.5*t0' '$1*50*t0' samples=8 ${3-}
		.pbit cell out=v(v1) threshold=0
	D
	timeout -k 5 60 "$program" run "$dir/deck.cir" -o "$dir/r.h5" >"$dir/out" 2>"$dir/err"
}
program=$1

want() { # TEXT
	grep -q -- "$1" "$dir/err" || { echo "not said: $1"; cat "$dir/err"; exit 1; }
}
not() {
	if grep -q -- "$1" "$dir/err"; then echo "said: $1"; cat "$dir/err"; exit 1; fi
}

latch 10 1 # a jump is 0.1 kT/q
want "4 of 4 sources with electron rates jump"
want "charge is coarse"
not W0504
latch 100 0.6 # below the critical supply
want "0 of 4 sources"
not W0504
latch 50 1.25 # barrier 18 kT
want "4 of 4 sources"
want "the barrier is high"
latch 50 1.25 noise=auto 'vx v1 v3 0
c3 v3 0 1a' # where jumps cannot be simulated
want "0 of 4 sources"
want W0504
latch 10 1 "noise=shifted"
not "sources with electron rates"
not W0504
