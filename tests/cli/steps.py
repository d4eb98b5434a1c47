#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stepped run equals separate runs with --set bit for bit; its files, and what an interrupt leaves.

usage: steps.py THERMOSPICE. Exit 77 with a message without h5py.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

DECK = """Two cross-coupled inverters and a diode, at several loads and temperatures
.param cl=50a tc=27 vd=40m
.temp 'tc'
vdd vdd 0 'vd'
vin in 0 pulse(0 20m 1n 1n 1n 20n 50n) ac 1
.subckt inv in out vdd
mn out in 0 0 nch
mp out in vdd vdd pch
c1 out 0 'cl'
.ends
x1 a b vdd inv
x2 b a vdd inv
r1 in d 1meg tc1=1m
d1 d 0 dm
c2 d 0 'cl'
.model nch nmos level=subvt i0=50n
.model pch pmos level=subvt i0=50n
.model dm d is=1p
.op
.dc vin 0 0.5 0.1 param vd 30m 50m 10m
.tran 0.5n 60n
.ac dec 3 1meg 1g
.trannoise 10p 20n samples=8 noise=shifted
.pbit cell out=v(a) supply=vdd
"""
POINTS = [(cl, tc) for tc in (27, 85) for cl in (50, 80)]  # the first .step is the inner loop


def run(program, deck, folder, *options):
    """Run in a folder; the result file."""
    (folder / "deck.cir").write_text(deck)
    done = subprocess.run([program, "run", "deck.cir", *options], cwd=folder, timeout=120, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def numbers(group):
    """Every dataset of numbers below a group as bytes."""
    found = {}
    group.visititems(lambda name, item: found.update({name: item[()].tobytes()})
                     if isinstance(item, h5py.Dataset) and item.dtype.kind == "f" else None)
    return found


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


def check_equal(stepped, alone, step):
    names = [name for name in stepped["analyses"] if name.endswith(f"@{step}")]
    check(sorted(n.partition("@")[0] for n in names) == sorted(alone["analyses"]), f"analyses of step {step}")
    for name in names:
        one, two = numbers(stepped["analyses"][name]), numbers(alone["analyses"][name.partition("@")[0]])
        renamed = {key.replace(f"@{step}", ""): value for key, value in one.items()}
        check(len(two) > 1 and renamed == two, f"{name} has the same bits alone")
    cell = numbers(stepped[f"pbit/cell@{step}"])
    check(len(cell) > 5 and cell == numbers(alone["pbit/cell"]), f"cell@{step} has the same bits alone")


def check_bits(program, folder, cards):
    run(program, DECK + cards, folder, "-o", "stepped.h5")
    with h5py.File(folder / "stepped.h5") as stepped:
        check(sorted(stepped["steps"]) == sorted(["cl", "tc" if " tc " in cards else "temp"]), "names of the steps")
        check(stepped["steps"].attrs["points"] == 4 and stepped["steps"].attrs["done"] == 4, "number of steps")
        for k, (cl, tc) in enumerate(POINTS, 1):
            run(program, DECK, folder, "-o", "alone.h5", "--set", f"cl={cl}a", "--set", f"tc={tc}")
            check(stepped["steps/cl"][k - 1] == float(f"{cl}e-18"), "value of a step")
            check(stepped[f"analyses/tran1@{k}"].attrs["step"] == k, "number of a step")
            check(stepped[f"analyses/tran1@{k}"].attrs["step.cl"] == float(f"{cl}e-18"), "value on the analysis")
            with h5py.File(folder / "alone.h5") as alone:
                check_equal(stepped, alone, k)


def check_text(program, folder):
    out = run(program, DECK + ".step cl list 50a 80a\n", folder, "--format", "csv")
    for name in ("op1", "dc1", "tran1", "ac1", "trannoise1"):
        for k in (1, 2):
            check((folder / f"deck.{name}@{k}.csv").stat().st_size > 20, f"text of {name}@{k}")
    check("step 2 of 2: cl = 8e-17" in out and "tran1@2" in out, "words of a run")
    head = (folder / "deck.dc1@1.csv").read_text().splitlines()[0]
    check(head.startswith("vd,sweep (V),"), f"head of a sweep: {head}")


def check_formula(program, folder):
    """A stored formula holds the parameter that is swept."""
    run(program, "divider\n.param rl=1k\nv1 in 0 2\nr1 in out 'rl'\nr2 out 0 1k\n.save v(out) par('v(out)/rl')\n"
        ".dc param rl 1k 9k 1k\n.dc v1 1 2 0.25 rl list 1k 3k\n", folder, "-o", "formula.h5")
    with h5py.File(folder / "formula.h5") as file:
        for name, axis in (("dc1", "sweep"), ("dc2", "sweep2")):
            signals = file[f"analyses/{name}/signals"]
            rl = file[f"analyses/{name}/{axis}"][()].reshape((-1, 1) if axis == "sweep2" else -1)
            formula = [signals[key][()] for key in signals if key != "v(out)"]
            check(len(formula) == 1 and np.allclose(formula[0], signals["v(out)"][()] / rl, rtol=1e-14, atol=0),
                  f"formula of {name}")


def check_interrupt(program, folder):
    """The first step is short, the second takes hours."""
    (folder / "long.cir").write_text(DECK + ".param tl=20n\n.step param tl list 20n 20m\n"
                                     ".trannoise 'tl/200000' 'tl' samples=2 noise=shifted keep=0 acf=off\n")
    child = subprocess.Popen([program, "run", "long.cir", "-o", "long.h5", "-j", "1"], cwd=folder, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in child.stdout:
        if line.startswith("step 2 of 2"):
            break
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    rest = child.communicate(timeout=60)[0]
    check(child.returncode == 130 and "interrupted" in rest, f"status {child.returncode}\n{rest}")
    with h5py.File(folder / "long.h5") as kept:
        check(kept["steps"].attrs["points"] == 2 and kept["steps"].attrs["done"] == 1, "steps that are finished")
        check(np.isfinite(kept["analyses/trannoise2@1/ensemble/mean/v(a)"][()]).all(), "the finished step is kept")
        check(not kept.attrs["complete"], "the file says it is incomplete")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_bits(program, folder, ".step param cl list 50a 80a\n.step param tc 27 85 58\n")
        check_bits(program, folder, ".temp 27 85\n.data loads cl\n+ 50a\n+ 80a\n.enddata\n.step data=loads\n")
        check_text(program, folder)
        check_formula(program, folder)
        check_interrupt(program, folder)
    print("stepped runs have the bits of single runs")


main()
