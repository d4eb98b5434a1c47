#!/usr/bin/env python3
"""Large circuits here and in ngspice: what a transient costs at a given accuracy.

Three circuits of nested subcircuits (circuits/make.py): an RC ladder of 10,000 nodes, a ring oscillator of 101 stages, a
16-bit ripple-carry adder. Each program runs a series of relative tolerances, interleaved; the minimum of the times is
kept (processor time, whole program, its operating point included). Errors:
  ladder   largest error of v(out) against the closed form of the discrete ladder (modes sin((2k-1) pi j/(2n+1)))
  ring     error of the mean period, relative to the program's own reference
  adder    largest error of the times at which sum 15 and the last carry pass VDD/2, against the program's own reference
A reference is a run with a far smaller tolerance, in ngspice one with a small bounded step (its tolerance alone
does not get there). The table shows time and error, and at
the end, for several errors, the cheapest run of each program that was at least as good. ngspice stores
its own time points; between them four-point Lagrange interpolation is used, so storing costs it no accuracy.

Writes large.json. Without ngspice only this program is measured.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "circuits"))
import make  # noqa: E402

# what is saved, TSTEP, TSTOP, reference step of ngspice
CASES = {
    "ladder": (["v(out)"], 10e-9, 2e-6, 1e-9),
    "ring": (["v(n0)"], 20e-12, 80e-9, 1e-12),
    "adder": (["v(s15)", "v(k16)"], 20e-12, 20e-9, 0.5e-12),
}
TOLERANCES = [1e-1, 3e-2, 1e-2, 1e-3, 1e-4, 1e-5]
OURS, OURS_REFERENCE = TOLERANCES, 1e-6
THEIRS, THEIRS_REFERENCE = TOLERANCES, 1e-4
NAMES = {"steps": "steps", "newton_iterations": "newton", "jacobians": "jacobians"}


def deck(case, peer, reltol, step):
    save, tstep, tstop, _ = CASES[case]
    body = make.ladder() if case == "ladder" else getattr(make, case)(peer)
    tight = f"reltol={reltol!r} vntol={reltol * 1e-3!r} abstol=1e-12"
    maximum = f" 0 {step!r}" if step else ""
    tail = [".options " + tight + (" acct" if peer else ""), ".save " + " ".join(save), f".tran {tstep!r} {tstop!r}{maximum}"]
    return "\n".join(body + tail + [".end"]) + "\n"


def timed(command, folder):
    """Processor time of a run, user and system: other loads on the machine count for less than in elapsed time."""
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system, done


def ours(program, case, reltol, step=0):
    import h5py
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "deck.cir").write_text(deck(case, 0, reltol, step), encoding="ascii")
        taken, done = timed([program, "run", "-o", "out.h5", "deck.cir"], folder)
        if done.returncode:
            sys.exit(f"{case}: {done.stderr}")
        with h5py.File(path / "out.h5") as f:
            a = f["analyses/tran1"]
            counts = {short: int(a.attrs[long]) for long, short in NAMES.items()}
            return taken, counts, a["time"][...], [a["signals/" + s][...] for s in CASES[case][0]]


def raw_vectors(path):
    """Names and columns of a binary SPICE3 raw file with real numbers."""
    data = path.read_bytes()
    head, body = data.split(b"Binary:\n", 1)
    lines = head.decode("latin-1").splitlines()
    n = int(next(x.split(":")[1] for x in lines if x.startswith("No. Variables")))
    first = lines.index("Variables:") + 1
    names = [x.split()[1].lower() for x in lines[first:first + n]]
    return dict(zip(names, np.frombuffer(body, dtype="<f8").reshape(-1, n).T))


def ngspice(case, reltol, step=0):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "deck.cir").write_text(deck(case, 1, reltol, step), encoding="ascii")
        taken, done = timed(["ngspice", "-b", "-r", "out.raw", "deck.cir"], folder)
        if not (path / "out.raw").exists() or "aborted" in done.stdout + done.stderr:
            return None
        v = raw_vectors(path / "out.raw")
        counts = {}
        for key, short in (("Total iterations", "newton"), ("Accepted timepoints", "steps")):
            found = [x for x in done.stdout.splitlines() if x.startswith(key)]
            if found:
                counts[short] = int(found[0].split("=")[1])
        return taken, counts, v["time"], [v[s] for s in CASES[case][0]]


def between(t, v, at):
    """v at times `at` by four-point Lagrange interpolation on a nonuniform grid."""
    i = np.clip(np.searchsorted(t, at) - 2, 0, len(t) - 4)
    total = np.zeros_like(at)
    for k in range(4):
        weight = np.ones_like(at)
        for m in range(4):
            if m != k:
                weight *= (at - t[i + m]) / (t[i + k] - t[i + m])
        total += weight * v[i + k]
    return total


def crossings(t, v, level, rising=None):
    keep = np.concatenate([[True], np.diff(t) > 0])
    t, v = t[keep], v[keep] - level
    sign = np.where(v[:-1] * v[1:] < 0)[0]
    found = []
    for i in sign:
        if rising is not None and (v[i] < 0) != rising:
            continue
        low, high = t[i], t[i + 1]
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if between(t, v, np.array([middle]))[0] * v[i] > 0 else (low, middle)
        found.append((low + high) / 2)
    return np.array(found)


def ladder_closed_form(t, n=10000, rc=1e-6, rise=10e-9, modes=400):
    """v(out) of n sections behind a ramp: 1 - sum A_k exp(-l_k t) for a step, averaged over the rise."""
    k = np.arange(1, modes + 1)
    theta = (2 * k - 1) * np.pi / (2 * n + 1)
    amplitude = 2 / (2 * n + 1) / np.tan(theta / 2) * np.sin(theta * n)
    rate = 4 * np.sin(theta / 2) ** 2 * n * n / rc
    def integral(s):
        s = np.maximum(s, 0)[:, None]
        return (s - amplitude / rate * -np.expm1(-rate * s)).sum(axis=1) - (modes - 1) * s[:, 0]
    return (integral(t) - integral(t - rise)) / rise


def measure(case, result):
    _, _, t, v = result
    if case == "ladder":
        grid = np.arange(5, 201) * CASES[case][1]
        return between(t, v[0], grid)
    if case == "ring":
        x = crossings(t, v[0], make.VDD / 2, rising=True)
        return np.array([(x[-1] - x[0]) / (len(x) - 1)])
    return np.array([crossings(t, s, make.VDD / 2)[-1] for s in v])


def error_of(case, result, reference):
    got = measure(case, result)
    if case == "ladder":
        return float(np.max(np.abs(got - ladder_closed_form(np.arange(5, 201) * CASES[case][1]))))
    return float(np.max(np.abs(got - reference) / np.abs(reference)))


def at_error(rows, error):
    """Seconds of the cheapest run at least this accurate, NaN if none is."""
    return min((r["seconds"] for r in rows if r["error"] <= error), default=math.nan)


def series(case, program, repeats):
    runs = {"thermospice": (lambda r, s=0: ours(program, case, r, s), OURS, (OURS_REFERENCE, 0))}
    if shutil.which("ngspice"):
        runs["ngspice"] = (lambda r, s=0: ngspice(case, r, s), THEIRS, (THEIRS_REFERENCE, CASES[case][3]))
    reference = {name: None if case == "ladder" else measure(case, run(*tight)) for name, (run, _, tight) in runs.items()}
    table = {name: [] for name in runs}
    for k in range(max(len(r[1]) for r in runs.values())):
        for name, (run, tolerances, _) in runs.items():
            if k >= len(tolerances):
                continue
            tries = [run(tolerances[k]) for _ in range(repeats)]
            if any(x is None for x in tries):
                continue
            best = min(tries, key=lambda x: x[0])
            row = {"reltol": tolerances[k], "seconds": best[0], "error": error_of(case, best, reference[name]), **best[1]}
            table[name].append(row)
            print(f"{case:7} {name:12} {row['reltol']:7.0e} {row['seconds']:8.2f} s  error {row['error']:9.2e}  "
                  f"steps {row.get('steps', 0):7} newton {row.get('newton', 0):7}", flush=True)
    return table


def compare(table):
    """Ratio of times, ours over theirs, at errors both reached."""
    out = []
    for error in (5e-3, 2e-3, 2.5e-4, 4e-5):
        pair = [at_error(table[name], error) for name in ("thermospice", "ngspice")]
        if not any(math.isnan(x) for x in pair):
            out.append({"error": error, "ours": pair[0], "ngspice": pair[1], "ratio": pair[0] / pair[1]})
            print(f"  error {error:.0e}: {pair[0]:.2f} s here, {pair[1]:.2f} s ngspice, ratio {pair[0] / pair[1]:.2f}")
    return out


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--program", default=str(ROOT / "build" / "release" / "thermospice"))
    parse.add_argument("--case", choices=list(CASES), action="append")
    parse.add_argument("--repeats", type=int, default=2)
    parse.add_argument("--output", default=str(ROOT / "bench" / "large.json"))
    args = parse.parse_args()
    result = {"machine": platform.processor() or platform.machine(), "date": time.strftime("%Y-%m-%d"), "cases": {}}
    for case in args.case or list(CASES):
        table = series(case, args.program, args.repeats)
        result["cases"][case] = {"runs": table, "equal_error": compare(table) if "ngspice" in table else []}
    pathlib.Path(args.output).write_text(json.dumps(result, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
