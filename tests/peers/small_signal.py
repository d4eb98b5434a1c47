#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every deck of small_signal/ in ngspice and here: .ac within 2e-3 of full scale, .noise within 1e-2, .tf within 2e-3.

usage: small_signal.py THERMOSPICE. Exit 77 with a message where ngspice is absent. Densities are compared point by
point, relative to themselves; ngspice writes their roots, takes the noise of a resistor at its dtemp= but not at its
temp=, and limits the inverse of the squared gain to 1e20. Each deck runs unchanged in both.
"""
import csv
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOL_AC, TOL_NOISE, TOL_TF = 2e-3, 1e-2, 2e-3
LEAST = 10  # decks
SMALLEST = 1e-6  # of a transfer function's numbers, which may be 0
INFINITE = 1e18  # ohm; what ngspice writes for a resistance without end


def number(text):
    re, _, im = text.partition(",")
    return complex(float(re), float(im)) if im else float(re)


def read_raw(path):
    """Plots of an ASCII raw file: name -> {variable: values}."""
    plots, lines, k = {}, path.read_text().splitlines(), 0
    while k < len(lines):
        key, _, rest = lines[k].partition(":")
        k += 1
        if key == "Plotname":
            plot = rest.strip()
        elif key == "No. Variables":
            n_variable = int(rest)
        elif key == "No. Points":
            n_point = int(rest)
        elif key == "Variables":
            names = [lines[k + i].split()[1].lower() for i in range(n_variable)]
            k += n_variable
        elif key == "Values":
            words = " ".join(lines[k:]).split()
            size = n_variable + 1
            rows = [words[i * size + 1:(i + 1) * size] for i in range(n_point)]
            plots[plot] = {name: [number(row[i]) for row in rows] for i, name in enumerate(names)}
            left = n_point * size
            while left > 0:
                left -= len(lines[k].split())
                k += 1
    return plots


def run_peer(deck, folder):
    raw = folder / "peer.raw"
    environment = dict(os.environ, SPICE_ASCIIRAWFILE="1")
    subprocess.run(["ngspice", "-b", "-r", str(raw), str(deck)], check=True, timeout=60, env=environment,
                   cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return read_raw(raw)


def run_here(program, deck, folder):
    subprocess.run([program, "run", str(deck), "--format", "csv"], check=True, timeout=60, cwd=folder,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open() as text:
            rows = list(csv.reader(text))
        names = [name.split(" ")[0] for name in rows[0]]
        tables[path.name.split(".")[-2]] = {n: [float(r[i]) for r in rows[1:]] for i, n in enumerate(names)}
    return tables


def find(plots, word):
    found = [plot for name, plot in plots.items() if word in name.lower()]
    return found[0] if found else None


def same_axis(here, peer):
    f = [complex(x).real for x in peer["frequency"]]  # ngspice leaves the imaginary part unset
    assert len(f) == len(here["frequency"]), f"{len(here['frequency'])} frequencies, ngspice has {len(f)}"
    assert all(abs(a / b - 1) < 1e-6 for a, b in zip(here["frequency"], f)), "other frequencies"


def error_ac(here, peer):
    same_axis(here, peer)
    worst, n = 0, 0
    for name, values in peer.items():
        if name.endswith("#branch") and name[0] == "v":
            key = ("i", f"({name[:-7]})")
        elif name.startswith("v("):
            key = ("v", name[1:])
        else:
            continue
        got = [complex(a, b) for a, b in zip(here[key[0] + "r" + key[1]], here[key[0] + "i" + key[1]])]
        scale = max(abs(x) for x in values)
        worst = max([worst] + [abs(a - b) / scale for a, b in zip(got, values)])
        n += 1
    assert n >= 2, "nothing to compare"
    return worst


def error_noise(here, plots):
    peer = find(plots, "noise spectral")
    same_axis(here, peer)
    worst = 0
    for name in ("onoise", "inoise"):
        for got, root in zip(here[name], peer[name + "_spectrum"]):
            worst = max(worst, abs(got / abs(root) ** 2 - 1))
    return worst


def error_tf(here, plots):
    peer = find(plots, "transfer function")
    names = list(peer)
    pick = {"gain": "transfer_function", "rin": "#input_impedance", "rout": "output_impedance"}
    worst = 0
    for name, part in pick.items():
        (key,) = [n for n in names if part in n]
        got, want = here[name][0], peer[key][0].real
        if not (math.isinf(got) and want >= INFINITE):
            worst = max(worst, abs(got - want) / max(abs(want), SMALLEST))
    return worst


def compare(program, deck):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plots, tables = run_peer(deck, folder), run_here(program, deck, folder)
    errors = []
    if "ac1" in tables:
        errors.append(("ac", error_ac(tables["ac1"], find(plots, "ac analysis")), TOL_AC))
    if "noise1" in tables:
        errors.append(("noise", error_noise(tables["noise1"], plots), TOL_NOISE))
    if "tf1" in tables:
        errors.append(("tf", error_tf(tables["tf1"], plots), TOL_TF))
    assert errors, f"{deck.name} asks for nothing"
    return errors


def main():
    if not shutil.which("ngspice"):
        print("skipped: ngspice is not installed")
        return 77
    decks = sorted((pathlib.Path(__file__).parent / "small_signal").glob("*.cir"))
    assert len(decks) >= LEAST
    failed = 0
    for deck in decks:
        for kind, error, tolerance in compare(os.path.abspath(sys.argv[1]), deck):
            holds = math.isfinite(error) and error <= tolerance
            failed += not holds
            print(f"{'ok  ' if holds else 'FAIL'} {deck.stem:14} {kind:6} {error:.2e} (allowed {tolerance:g})")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
