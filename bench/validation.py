#!/usr/bin/env python3
"""Run every deck of the gallery and write what it claims, what was found and how sure into docs/validation.md.

A claim is a law, a closed form or an exact solution (the deck's comment says which); the value found comes from this
program. Bits do not depend on machine or threads, so the table changes only with the numerics: CHANGELOG says when.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = """# What is checked against what

Written by `bench/validation.py`: first where each law is checked, then what every program of `physics.*` says when it
is run, then every claim of every deck in `netlists/` from `thermospice check --run --json`. A deck's comment says where
the wanted value comes from: a law, a closed form or an exact solution. *Allowed* is the tolerance of the claim; *s.e.*
the standard error of the value found, where it is an estimate. CTest runs the same (`physics.*`, `gallery.*`); those
marked stat take minutes and run with `./test -L stat`.

"""

# What is checked: the law, and decks of netlists/ or tests by their CTest name.
CASES = [
    ("kT/C at any time step", "rc_ktc physics.sde_linear"),
    ("covariance kT C^-1 of coupled capacitors", "coupled loop hybrid"),
    ("stiff circuit with algebraic nodes: covariance by recursion", "physics.sde_linear"),
    ("Brillouin: a diode or transistor on a capacitor rectifies nothing", "diode_cap physics.sde_operator"),
    ("no current in any loop at one temperature, nonlinear and floating capacitors, pass gate", "loop"),
    ("FDT of every transistor model, temperature and inversion; S >= 4kT I/V", "physics.fdt conformance.noise"),
    ("two-sided shot noise, Skellam fluctuation theorem, uncertainty relation V/U = 0.1..5", "shot fluctuation"),
    ("inverter: exact birth-death law", "physics.jump inverter inverter_jump"),
    ("latch: relaxation time against the master equation, jumps and Langevin", "physics.latch_stat latch_jump"),
    ("latch: critical supply U ln(n+1)", "latch_critical"),
    ("latch by diffusion: gap and variance of the step's transfer operator", "physics.sde_operator"),
    ("p-bit, unbiased: tau, heat", "latch"),
    ("p-bit, biased: P(V), tau(V)", "physics.pbit_operator pbit"),
    ("first law per step and per jump; heat of a jump = kT ln(l+/l-)", "physics.sde_books physics.books"),
    ("EKV: I, gm, gds, charges against an independent code", "unit.dev.ekv"),
    ("EKV as packets of charge: equilibrium, current and noise", "physics.jump_mixed conformance.packets"),
    ("two temperatures: variances, heat flow, entropy, gyration", "two_temperature physics.books physics.sde_linear"),
    ("coupled inverters: covariance, gyration", "neat_rn"),
    ("varactor: <qv> = kT, <v^2>", "varactor physics.sde_varactor physics.jump_mixed"),
    ("forward diode kT/2C, diode-connected transistor nkT/2C, follower kT/C", "half_thermal"),
    ("cubic bistable, barrier 2, 3, 5 kT", "physics.cubic"),
    ("double well: bias and order of the schemes, sigmoid", "physics.sde_operator physics.sde_sigmoid"),
    ("Ornstein-Uhlenbeck: variance and rate of each scheme", "physics.sde_operator"),
    ("strong orders on geometric Brownian motion; square-root process", "physics.sde_textbook"),
    ("coupled 2h companion against closed forms", "physics.companion"),
    ("driven RC: dissipated work, its variance, Jarzynski", "ramp ramp_slow"),
    ("trap: telegraph law, Lorentzian, detailed balance with its gate's charging energy", "rtn rtn_gate physics.trap"),
    ("small-signal noise against Nyquist, kT/C and the spectrum of .trannoise", "physics.small_noise"),
    ("flicker noise: slope, level, none at Vds = 0, six decades", "physics.flicker physics.flicker_welch"),
    ("pass gate and sample-and-hold with EKV charges", "pass_gates sample_hold"),
    ("comparator: normal distribution, best logistic", "comparator"),
    ("intervals of estimates cover, dwell times with censoring", "physics.noise_ensemble unit.out.converge unit.extract.coverage unit.extract.dwell"),
    ("random numbers: known answers, moments of 1e9 normals", "unit.base.philox unit.base.gauss physics.gauss_stat"),
    ("same bits over lanes, threads, instruction sets", "physics.sde_identity cli.threads"),
]
SILENT = ("physics.dtm_gibbs", "physics.dtm_small", "physics.memory", "physics.op", "physics.dc", "physics.tran")


def number(x):
    return "" if x is None else f"{x:.5g}"


def deck_rows(program, deck):
    done = subprocess.run([program, "check", "--run", "--json", str(deck)], capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["rows"]
    except (ValueError, KeyError):
        sys.exit(f"{deck}: {done.stderr}")


def table(deck, rows):
    title = deck.read_text(encoding="utf-8").splitlines()[0]
    lines = [f"## `{deck.relative_to(ROOT)}`: {title}", "", "| claim | found | wanted | allowed | s.e. | |",
             "|---|---|---|---|---|---|"]
    for row in rows:
        where = "" if row.get("at") is None else f" at {number(row['at'])}"
        lines.append(f"| {row['analysis']} {row['quantity']}{where} | {number(row['got'])} | {number(row['want'])} | "
                     f"{number(row['allowed'])} | {number(row.get('std.err.'))} | {row['']} |")
    return "\n".join(lines) + "\n"


def where(name):
    """Link to a deck's table, or the name of a test; exits when there is neither."""
    if (ROOT / "netlists" / f"{name}.cir").exists():
        return f"`netlists/{name}.cir`"
    group, stem = name.split(".")[0], name.split(".")[-1]
    folder = ROOT / "tests" / ("unit/" + name.split(".")[1] if group == "unit" else group)
    if not list(folder.glob(f"*{stem}*")):
        sys.exit(f"no deck or test {name}")
    return f"`{name}`" + (" (stat)" if name.endswith("_stat") else "")


def cases():
    lines = ["| law | checked by |", "|---|---|"]
    lines += [f"| {law} | {', '.join(where(name) for name in names.split())} |" for law, names in CASES]
    return "\n".join(lines) + "\n"


def test_output(path):
    """What a test program measures: its section lines and the indented lines below them."""
    done = subprocess.run([str(path)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{path.name} fails:\n{done.stdout[-2000:]}")
    lines = [line for line in done.stdout.splitlines() if re.match(r"# |  +[^ |0-9]|  +[0-9.]+ [^|]", line)]
    return f"## `{path.name}`\n\n```\n" + "\n".join(line[:160] for line in lines) + "\n```\n" if lines else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/thermospice"))
    parser.add_argument("--out", default=str(ROOT / "docs/validation.md"))
    options = parser.parse_args()
    parts = [cases()]
    for test in sorted((pathlib.Path(options.program).parent / "tests").glob("physics.*")):
        if test.is_file() and not test.name.endswith("_stat") and test.name not in SILENT:
            print(test.name, file=sys.stderr)
            parts.append(test_output(test))
    for deck in sorted((ROOT / "netlists").glob("*.cir")):
        print(deck.name, file=sys.stderr)
        parts.append(table(deck, deck_rows(options.program, deck)))
    pathlib.Path(options.out).write_text(HEAD + "\n".join(parts), encoding="utf-8")
    print("written", options.out)


if __name__ == "__main__":
    main()
