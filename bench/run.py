#!/usr/bin/env python3
"""Time the RC and the p-bit deck here and in ngspice (TRNOISE), in one run, and print the ratios.

Both programs take the same noise step over the same simulated time. ngspice has no bias-dependent device noise in
transients, so its decks carry one TRNOISE current source per resistor or transistor, with the amplitude frozen at the
operating point; its transistors are behavioural sources with the same subthreshold law. Runs are interleaved
(A B A B ...); the minimum and the spread are reported, per trajectory step, on one thread. Beside the time stands what
each gets for a quantity that physics fixes.
"""
import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time

Q, K = 1.602176634e-19, 1.380649e-23
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "..", "build", "release", "thermospice")


def rc_decks(steps, samples):
    """1 Mohm, 1 pF at 300 K; step RC/10."""
    r, c, t, h = 1e6, 1e-12, 300.0, 1e-7
    stop = steps * h
    ours = f"""RC for the benchmark
.temp {t - 273.15}
r1 out 0 {r}
c1 out 0 {c}
.ic v(out)=0
.trannoise {h} {stop * 1.0} 0 samples={samples} seed=1 step={h} keep=0 acf=off
.end
"""
    amplitude = math.sqrt(2 * K * t / (r * h))
    theirs = f"""RC for the benchmark
r1 out 0 {r} noisy=0
c1 out 0 {c}
in1 0 out dc 0 trnoise({amplitude} {h} 0 0)
.tran {h} {stop}
.control
set rndseed=1
run
let s = v(out)
meas tran mu avg s from={stop / 10} to={stop}
let d = (s - mu)*(s - mu)
meas tran va avg d from={stop / 10} to={stop}
print va
quit
.endc
.end
"""
    return ours, theirs, K * t / c


def cell_decks(steps, samples):
    """The latch of netlists/latch.cir: 4 transistors, rails +-1.1 U; step 0.25 t0."""
    u, ioff, cg = 26e-3, 1e-9, 50e-18
    t0, vd, cap, t = Q / ioff, 1.1 * u, 1.01 * cg, u * Q / K
    h = 0.25 * t0
    stop = steps * h
    ours = f"""latch for the benchmark
.temp {t - 273.15}
vdd vdd 0 {vd}
vss vss 0 {-vd}
mn1 v1 v2 vss vss n
mp1 v1 v2 vdd vdd p
mn2 v2 v1 vss vss n
mp2 v2 v1 vdd vdd p
c1 v1 vdd {cap}
c2 v1 vss {cap}
c3 v2 vdd {cap}
c4 v2 vss {cap}
.model n nmos level=subvt i0={ioff}
.model p pmos level=subvt i0={ioff}
.ic v(v1)=0 v(v2)=0
.trannoise {h} {stop} 0 samples={samples} seed=1 step={h} keep=0 acf=off
.end
"""
    # noise frozen at the symmetric point v = 0: S = 2 q (I_f + I_r) of each transistor
    i_f = ioff * math.exp(vd / u)
    amplitude = math.sqrt(Q * (i_f + i_f * math.exp(-vd / u)) / h)
    lines = []
    for out, inp in (("v1", "v2"), ("v2", "v1")):
        lines.append(f"bn{out} {out} vss i = {ioff}*exp(v({inp},vss)/{u})*(1-exp(-v({out},vss)/{u}))")
        lines.append(f"bp{out} vdd {out} i = {ioff}*exp(v(vdd,{inp})/{u})*(1-exp(-v(vdd,{out})/{u}))")
        lines.append(f"in{out} {out} 0 dc 0 trnoise({amplitude} {h} 0 0)")
        lines.append(f"ip{out} {out} 0 dc 0 trnoise({amplitude} {h} 0 0)")
        lines.append(f"ca{out} {out} vdd {cap}")
        lines.append(f"cb{out} {out} vss {cap}")
    theirs = f"""latch for the benchmark
vdd vdd 0 {vd}
vss vss 0 {-vd}
""" + "\n".join(lines) + f"""
.options gmin=1e-18 abstol=1e-18 chgtol=1e-22 vntol=1e-6
.ic v(v1)=0 v(v2)=0
.tran {h} {stop} uic
.control
set rndseed=1
run
let d = v(v1)*v(v1)
meas tran va avg d from={stop / 10} to={stop}
print va
quit
.endc
.end
"""
    return ours, theirs, 0.90795 * u * u


def run(command, deck, folder, name):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(deck)
    start = time.perf_counter()
    done = subprocess.run(command + [path], capture_output=True, text=True, cwd=folder, check=False)
    return time.perf_counter() - start, done


def our_variance(folder):
    import h5py
    with h5py.File(os.path.join(folder, "ours.h5"), "r") as file:
        ensemble = file["/analyses/trannoise1/ensemble"]
        name = "v(out)" if "v(out)" in ensemble["mean"] else "v(v1)"
        return float((ensemble["variance"][name][...] + ensemble["mean"][name][...] ** 2).mean())


def ngspice_variance(text):
    for line in text.splitlines():
        if line.strip().startswith("va") and "=" in line:
            return float(line.split("=")[1].split()[0])
    return math.nan


def compare(label, decks, steps_ours, steps_theirs, samples, repeats):
    ours, theirs, want = decks
    times = {"ours": [], "ngspice": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            seconds, done = run([os.path.abspath(PROGRAM), "run", "-j", "1", "-o", "ours.h5"], ours, folder, "ours.cir")
            if done.returncode != 0:
                sys.exit(f"{label}: thermospice failed: {done.stderr}")
            times["ours"].append(seconds)
            seconds, done = run(["ngspice", "-b"], theirs, folder, "theirs.cir")
            times["ngspice"].append(seconds)
            theirs_variance = ngspice_variance(done.stdout)
        ours_variance = our_variance(folder)
    per = {"ours": min(times["ours"]) / (steps_ours * samples), "ngspice": min(times["ngspice"]) / steps_theirs}
    return {
        "case": label, "ns_per_step": {k: 1e9 * v for k, v in per.items()},
        "spread": {k: max(v) / min(v) for k, v in times.items()},
        "ratio": per["ngspice"] / per["ours"],
        "variance_over_exact": {"ours": ours_variance / want, "ngspice": theirs_variance / want},
        "trajectory_steps": {"ours": steps_ours * samples, "ngspice": steps_theirs},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", default=os.path.join(HERE, "results.json"))
    options = parser.parse_args()
    cases = [("RC, 1 Mohm 1 pF", rc_decks, 20000, 20000, 512), ("4-transistor latch", cell_decks, 20000, 20000, 256)]
    rows = []
    for label, make, n_ours, n_theirs, samples in cases:
        ours = make(n_ours, samples)
        theirs = make(n_theirs, samples)
        rows.append(compare(label, (ours[0], theirs[1], ours[2]), n_ours, n_theirs, samples, options.repeats))
    print(f"{'case':<20} {'ours':>12} {'ngspice':>12} {'ratio':>8}   {'<v^2>/exact ours':>16} {'ngspice':>8}")
    for row in rows:
        print(f"{row['case']:<20} {row['ns_per_step']['ours']:>9.1f} ns {row['ns_per_step']['ngspice']:>9.0f} ns "
              f"{row['ratio']:>7.0f}x   {row['variance_over_exact']['ours']:>16.4f} "
              f"{row['variance_over_exact']['ngspice']:>8.4f}")
    print("time per trajectory step on one thread, whole program, minimum of the runs; spread (max/min): "
          + ", ".join(f"{r['case']} {r['spread']['ours']:.2f}/{r['spread']['ngspice']:.2f}" for r in rows))
    with open(options.json, "w", encoding="ascii") as file:
        json.dump({"machine": platform.processor() or platform.machine(), "cpus": os.cpu_count(),
                   "date": time.strftime("%Y-%m-%d"), "rows": rows}, file, indent=1)
        file.write("\n")
    print("written", options.json)


if __name__ == "__main__":
    main()
