#!/usr/bin/env python3
"""The three large circuits as decks of nested subcircuits, for this program and for ngspice.

`deck(name, peer, options, ...)` returns the text. The ladder is the same text in both; the transistors of ring and adder
are EKV 2.6 here and MOS level 1 in ngspice, which has no EKV, with the same sizes and thresholds, so times compare two
programs with the models they have, not two programs alone.
"""
import pathlib

MODELS = pathlib.Path(__file__).resolve().parent.parent.parent / "models"
LEVEL1 = """.model nch nmos level=1 vto=0.6 kp=150u gamma=0.71 phi=0.97 lambda=0.1 cgso=0.15n cgdo=0.15n tox=10n
.model pch pmos level=1 vto=-0.55 kp=35u gamma=0.69 phi=0.87 lambda=0.1 cgso=0.15n cgdo=0.15n tox=10n"""
EKV = f'.include "{MODELS}/ekv26_0u5.lib"'
VDD = 3.0  # V


def repeated(name, ports, inner, count):
    """A subcircuit of `count` cells in a chain: ports (in, out, shared...)."""
    shared = " ".join(ports)
    lines = [f".subckt {name} in out {shared}".rstrip()]
    for k in range(count):
        a = "in" if k == 0 else f"n{k}"
        b = "out" if k == count - 1 else f"n{k + 1}"
        lines.append(f"x{k} {a} {b} {shared} {inner}".replace("  ", " "))
    return lines + [".ends"]


def ladder(decades=4):
    """10**decades sections; 1 kohm and 1 nF in all, so R C is 1 us. The near end rises from 0 to 1 V in 10 ns."""
    n = 10 ** decades
    lines = [f"RC ladder of {n} sections", ".subckt c0 in out", f"r1 in out {1e3 / n!r}",
             f"c1 out 0 {1e-9 / n!r}", ".ends"]
    for k in range(decades):
        lines += repeated(f"c{k + 1}", [], f"c{k}", 10)
    return lines + ["vin in 0 pwl(0 0 10n 1)", f"x1 in out c{decades}"]


def gates(peer):
    n, p = ("nch", "pch") if peer else ("ekv_n", "ekv_p")
    return [LEVEL1 if peer else EKV,
            ".subckt inv a y vdd", f"mn y a 0 0 {n} w=2u l=0.5u", f"mp y a vdd vdd {p} w=6u l=0.5u", "c1 y 0 5f", ".ends",
            ".subckt nand a b y vdd", f"m1 y a m 0 {n} w=4u l=0.5u", f"m2 m b 0 0 {n} w=4u l=0.5u",
            f"m3 y a vdd vdd {p} w=6u l=0.5u", f"m4 y b vdd vdd {p} w=6u l=0.5u", "c1 y 0 5f", "c2 m 0 2f", ".ends"]


def ring(peer, stages=101):
    """A NAND and stages - 1 inverters in a ring: it rests while the enable is low and carries one front from 1 ns on."""
    lines = [f"ring oscillator of {stages} stages"] + gates(peer) + repeated("ten", ["vdd"], "inv", 10)
    lines += [f"vdd vdd 0 {VDD}", f"ven en 0 pwl(0 0 1n 0 1.2n {VDD})", "x0 en n0 n1 vdd nand"]
    tens, ones = divmod(stages - 1, 10)
    kinds = ["ten"] * tens + ["inv"] * ones
    for k, kind in enumerate(kinds, 1):
        lines.append(f"x{k} n{k} n{k + 1 if k < len(kinds) else 0} vdd {kind}")
    return lines


def silent_ring(peer, stages=101):
    """Inverters alone: the operating point, all outputs at the switching voltage, is unstable but must be found."""
    return [f"ring of {stages} inverters"] + gates(peer) + [f"vdd vdd 0 {VDD}"] + [
        f"x{k} n{k} n{(k + 1) % stages} vdd inv" for k in range(stages)]


def adder(peer, bits=16, a=0xFFFF, b=0x0001, carry=0):
    """Ripple-carry adder of nine NAND gates a bit. The operands rise with a pulse at 1 ns: from 0 + 0 to a + b."""
    lines = [f"ripple-carry adder of {bits} bits"] + gates(peer)
    lines += [".subckt full a b ci s co vdd", "x1 a b n1 vdd nand", "x2 a n1 n2 vdd nand", "x3 b n1 n3 vdd nand",
              "x4 n2 n3 h vdd nand", "x5 h ci n5 vdd nand", "x6 h n5 n6 vdd nand", "x7 ci n5 n7 vdd nand",
              "x8 n6 n7 s vdd nand", "x9 n1 n5 co vdd nand", ".ends", f"vdd vdd 0 {VDD}"]
    for name, value in (("a", a), ("b", b)):
        for k in range(bits):
            high = VDD if value >> k & 1 else 0
            lines.append(f"v{name}{k} {name}{k} 0 pwl(0 0 1n 0 1.2n {high} 100n {high})")
    lines.append(f"vc0 k0 0 {VDD if carry else 0}")
    for k in range(bits):
        lines.append(f"x{k} a{k} b{k} k{k} s{k} k{k + 1} vdd full")
    return lines
