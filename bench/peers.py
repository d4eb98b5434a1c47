#!/usr/bin/env python3
"""What other simulators make of a transistor's noise at rest: S/(2 q I coth(Vds/2U)) here and in ngspice.

In weak inversion the ratio must be 1 at every Vds (two streams of electrons: physics, not a model), and at Vds -> 0 it
must be 1 in every region (Nyquist). ngspice runs `.noise` on its default cards of MOS level 1 and BSIM4 (level 14),
tnoiMod 0, 1 and 2; 1/f noise is taken out. thermospice runs `.op` and prints the densities that its devices use in time
(observable s) and, for EKV 2.6, the published law (s_card, NOISE=card): Debian's ngspice has no EKV. Second table:
exponents of a latch's switching rate, by quadrature, for exact, bias-following and frozen noise.

Writes bench/peers.json, bench/peers.svg (if matplotlib is there) and the tables between the markers in README.md and
bench/README.md. Without ngspice it says so and changes nothing (exit status 77).
"""
import argparse
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
Q, K, T = 1.602176634e-19, 1.380649e-23, 300.15
U = K * T / Q
SMALL, MIDDLE, LARGE = 1e-4, 0.1, 0.6  # V, the columns of the table
SIZE = "w=10u l=1u"
THRESHOLD = 0.505  # V, a little above that of MOS level 1, which has no noise and no current below
FAINT = 1e-13  # A at MIDDLE: the current of the faint row
# name, card, gate voltage of weak and of strong inversion; 0: the model has no weak inversion
NGSPICE = [
    ("MOS level 1", "level=1 vto=0.5 kp=100u", 0, 1.2),
    ("BSIM4 tnoiMod=0", "level=14 version=4.8 tnoimod=0", -0.05, 1.2),
    ("BSIM4 tnoiMod=1", "level=14 version=4.8 tnoimod=1", -0.05, 1.2),
    ("BSIM4 tnoiMod=2", "level=14 version=4.8 tnoimod=2", -0.05, 1.2),
]
OURS = [("EKV 2.6 as published", "ekv_n", "s_card", 0.3, 1.2), ("EKV 2.6 here", "ekv_n", "s", 0.3, 1.2),
        ("subvt here", "ideal", "s", 0.3, 0)]
SWEEP = [10 ** (k / 4) for k in range(-16, 1)]  # V, the figure's left panel


def ratio(s, current, vds):
    return s / (2 * Q * current / math.tanh(vds / (2 * U)))


def run(command, deck, folder):
    path = pathlib.Path(folder) / "deck.cir"
    path.write_text(deck, encoding="ascii")
    return subprocess.run(command + [str(path)], capture_output=True, text=True, cwd=folder, check=False)


def ngspice(card, points):
    """[(I, S)] at each (vgs, vds); S without 1/f noise."""
    lines = ["noise of one transistor", f"m1 d g 0 0 nmod {SIZE}", f".model nmod nmos {card}", "vd d 0 0",
             "vg g 0 0 ac 1", "h1 out 0 vd 1", ".options abstol=1e-18 gmin=1e-18 reltol=1e-6",
             f".temp {T - 273.15}", ".control", "unset sqrnoise"]
    for vgs, vds in points:
        lines += [f"alter vg dc={vgs!r}", f"alter vd dc={vds!r}", "op", "print @m1[id]",
                  "noise v(out) vg lin 1 1meg 1meg 1", "print all"]
    with tempfile.TemporaryDirectory() as folder:
        text = run(["ngspice", "-b"], "\n".join(lines + ["quit", ".endc", ".end"]) + "\n", folder).stdout
    found = []
    for part in re.split(r"(?=@m1\[id\] =)", text)[1:]:
        value = {name: float(x) for name, x in re.findall(r"^(\S+) = (\S+)$", part, re.M)}
        found.append((value["@m1[id]"], value["onoise_spectrum"] ** 2 - value.get("onoise.m1.1overf", 0) ** 2))
    if len(found) != len(points):
        sys.exit(f"ngspice answered {len(found)} of {len(points)} points:\n{text[-2000:]}")
    return found


def thermospice(program, model, observable, points):
    """The same from one .op with a transistor per point."""
    import h5py
    lines = ["noise of one transistor", f'.include "{ROOT}/models/ekv26_0u5.lib"',
             ".model ideal nmos level=subvt i0=1f n=1.4", f".temp {T - 273.15}"]
    for k, (vgs, vds) in enumerate(points):
        lines += [f"vg{k} g{k} 0 {vgs!r}", f"vd{k} d{k} 0 {vds!r}", f"m{k} d{k} g{k} 0 0 {model} {SIZE}"]
    with tempfile.TemporaryDirectory() as folder:
        done = run([program, "run", "-o", "out.h5"], "\n".join(lines + [".op", ".end"]) + "\n", folder)
        if done.returncode != 0:
            sys.exit(f"thermospice failed: {done.stderr}")
        with h5py.File(pathlib.Path(folder) / "out.h5", "r") as file:
            device = file["/analyses/op1/devices"]
            return [(float(device[f"m{k}/id"][()]), float(device[f"m{k}/{observable}"][()]))
                    for k in range(len(points))]


def gate_for(measure, current):
    """Gate voltage with that current at MIDDLE, by bisection on one run of many points at a time."""
    low, high = -1.0, 1.0
    for _ in range(4):
        grid = [low + (high - low) * k / 12 for k in range(13)]
        found = measure([(v, MIDDLE) for v in grid])
        above = next(k for k in range(13) if found[k][0] >= current)
        low, high = grid[max(above - 1, 0)], grid[above]
    return high


def row(name, source, measure, weak, strong):
    """One line of the table, and the curves of the figure."""
    out = {"model": name, "source": source}
    if weak:
        found = measure([(weak, v) for v in (SMALL, MIDDLE, LARGE)])
        out["weak"] = [ratio(s, i, v) for (i, s), v in zip(found, (SMALL, MIDDLE, LARGE))]
        out["weak_current"] = found[1][0]
        out["sweep"] = [ratio(s, i, v) for (i, s), v in zip(measure([(weak, v) for v in SWEEP]), SWEEP)]
        faint = gate_for(measure, FAINT)
        found = measure([(faint, v) for v in (SMALL, MIDDLE, LARGE)])
        out["faint"] = [ratio(s, i, v) for (i, s), v in zip(found, (SMALL, MIDDLE, LARGE))]
        out["faint_current"] = found[1][0]
    first = faint if weak else THRESHOLD
    found = measure([(first + (1.2 - first) * k / 40, SMALL) for k in range(41)])
    out["at_rest"] = [[i / SMALL, ratio(s, i, SMALL)] for i, s in found]
    if strong:
        current, s = measure([(strong, SMALL)])[0]
        out["strong"] = ratio(s, current, SMALL)
    return out


def exponents():
    """Barrier of the subthreshold latch per electron number N, n = 1 (physics.md 1.10): three laws of the noise."""
    rows = []
    for vdd in (1.0, 1.2, 1.6, 2.0, 3.0):
        def up(x, v=vdd):
            return math.exp(v + x) + math.exp(v - x - x - v)

        def barrier(law, well, steps=4000):
            h = well / steps  # Simpson's rule
            return h / 3 * sum((1 if k in (0, steps) else 4 if k % 2 else 2) * law(k * h) for k in range(steps + 1))
        well = math.acosh(math.exp(vdd) / 2)
        frozen = up(well) + up(-well)
        laws = (lambda x: 2 * math.log(up(x) / up(-x)), lambda x: 4 * (up(x) - up(-x)) / (up(x) + up(-x)),
                lambda x: 4 * (up(x) - up(-x)) / frozen)
        exact, follows, still = (abs(barrier(law, well)) for law in laws)
        rows.append({"vdd": vdd, "poisson": exact, "follows": follows, "frozen": still,
                     "rate_error_20": [math.exp(20 * (exact - follows)), math.exp(20 * (exact - still))]})
    return rows


def number(x, digits=3):
    return "-" if x is None else f"{x:.{digits}f}" if x >= 0.01 else f"{x:.4f}"


def table(rows, version):
    lines = [f"S/(2qI coth(Vds/2U)), {SIZE}, 27 C, {version} and this program; it must be 1 (weak: about 1 nA or",
             f"less at 0.1 V; strong: Vgs = 1.2 V):", "",
             f"| model | Vds = 0.1 mV, weak | 0.1 V, weak | 0.6 V, weak | 0.1 mV, {FAINT * 1e12:g} pA | 0.1 mV, strong |",
             "|---|---|---|---|---|---|"]
    for r in rows:
        cells = r.get("weak", [None] * 3) + [r.get("faint", [None])[0], r.get("strong")]
        digits = 4 if "here" in r["model"] else 3
        lines.append(f"| {r['model']} | " + " | ".join(number(x, digits) for x in cells) + " |")
    return "\n".join(lines)


def exponent_table(rows):
    lines = ["Barrier of the latch per N = CU/q, rails +-Vdd, n = 1, and by what factor the switching rate is wrong at",
             "N = 20 (exponent only; quadrature, no simulation):", "",
             "| Vdd/U | electrons (exact) | Gaussian, follows the bias | Gaussian, frozen at the well | "
             "rate error: follows | frozen |", "|---|---|---|---|---|---|"]
    for r in rows:
        lines.append(f"| {r['vdd']:g} | {r['poisson']:.6f} | {r['follows']:.6f} | {r['frozen']:.6f} | "
                     + " | ".join(f"x {x:#.3g}" for x in r["rate_error_20"]) + " |")
    return "\n".join(lines)


def put(path, name, text):
    """Replace what stands between the markers."""
    old = path.read_text(encoding="utf-8")
    new, n = re.subn(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: m[1] + text + "\n" + m[2], old, flags=re.S)
    if n != 1:
        sys.exit(f"{path}: no marker {name}")
    path.write_text(new, encoding="utf-8")


def figure(rows, path):
    try:
        import matplotlib
    except ImportError:
        print("no matplotlib: the figure stays as it is (apt-get install python3-matplotlib)")
        return
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 9})
    import matplotlib.pyplot as plt
    colours = ["#666666", "#E69F00", "#D55E00", "#CC79A7", "#56B4E9", "#0072B2", "#009E73"]
    styles = [(0, (2, 2)), "--", "-.", ":", (0, (5, 1)), "-", (0, (1, 3))]
    drawn, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for r, colour, style in zip(rows, colours, styles):
        wide = {"color": colour, "linestyle": style, "linewidth": 2.4 if "here" in r["model"] else 1.6}
        if "sweep" in r:
            left.semilogx(SWEEP, r["sweep"], **wide)
        right.loglog(*zip(*r["at_rest"]), label=r["model"], **wide)
    left.set(xlabel="Vds, V", ylabel="S / [2qI coth(Vds/2U)]", title="weak inversion: must be 1", ylim=(0.7, 1.6))
    right.set(xlabel="conductance at Vds = 0.1 mV, S", title="at rest, weak to strong inversion: must be 1",
              xlim=(1e-12, 1e-2), ylim=(3e-5, 3))
    right.legend(fontsize=7, ncols=2, frameon=False, loc="lower left")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    drawn.savefig(path, metadata={"Date": None})
    print("written", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/thermospice"))
    options = parser.parse_args()
    if not shutil.which("ngspice"):
        print("skipped: ngspice is not installed (apt-get install ngspice)")
        sys.exit(77)
    told = subprocess.run(["ngspice", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"ngspice-\S+", told)[0]
    rows = [row(name, version, lambda points, card=card: ngspice(card, points), weak, strong)
            for name, card, weak, strong in NGSPICE]
    for name, model, observable, weak, strong in OURS:
        rows.append(row(name, "thermospice",
                        lambda points, m=model, o=observable: thermospice(options.program, m, o, points), weak, strong))
    barriers = exponents()
    print(table(rows, version), exponent_table(barriers), sep="\n\n")
    with open(ROOT / "bench/peers.json", "w", encoding="ascii") as file:
        json.dump({"ngspice": version, "size": SIZE, "temperature": T, "rows": rows, "exponents": barriers}, file,
                  indent=1)
        file.write("\n")
    figure(rows, ROOT / "bench/peers.svg")
    put(ROOT / "README.md", "peers", table(rows, version))
    put(ROOT / "bench/README.md", "peers", table(rows, version))
    put(ROOT / "bench/README.md", "exponents", exponent_table(barriers))


if __name__ == "__main__":
    main()
