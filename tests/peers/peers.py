#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run decks in ngspice and here, and compare the results of every analysis in them.

usage: peers.py THERMOSPICE [--area NAME] [--markdown] [DECK...]

Without DECK: all of tests/peers/AREA/*.cir. Each runs unchanged in both. A line per deck shows the worst error of each
kind of analysis; exit status 1 when one exceeds its tolerance, 77 with a message where ngspice is absent.

    op dc ac tf   largest difference over the full scale of the signal
    noise         largest difference of densities, relative to themselves; of the integrated output noise
    tran          rms difference over the full scale of the signal; ngspice's points are joined by straight lines
    sens          largest difference of a derivative, relative to itself, but at least to a thousandth of the largest
                  change for a given part of the parameter; at the operating point, of parameters that are not 0
    measure       difference of a .measure, relative to itself
    four          difference of a harmonic's magnitude over the largest, and of the distortion

Compared are all node voltages and source currents that both programs store. The full scale of a signal is its largest
magnitude in ngspice, but at least a millionth of the largest of its kind (volts, amperes) in the analysis.

A deck may say, in comments, `* peer: tran=0.02 because REASON` (another tolerance) and `* peer: skip=v(x),NAME because
REASON` (a signal or measure left out). Decks that are held to tight figures want `.options reltol=1e-6` and a largest
step on `.tran`: ngspice's own tolerance of 1e-3 is as coarse as the figures compared. Frequencies by DEC and OCT must be
whole numbers of decades or octaves apart: else ngspice widens the step to end at FSTOP, where other simulators and we
keep N points per decade.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOLERANCE = {"op": 1e-3, "dc": 2e-3, "ac": 2e-3, "noise": 1e-2, "tf": 2e-3, "sens": 2e-3, "tran": 1e-2, "measure": 5e-3, "four": 5e-3}
PLOT = {"op": "operating point", "dc": "dc transfer", "ac": "ac analysis", "noise": "noise spectral",
        "total": "integrated noise", "tf": "transfer function", "sens": "sensitivity analysis",
        "tran": "transient analysis"}
INFINITE = 1e18  # ohm; what ngspice writes for a resistance without end
LEAST_EFFECT = 1e-3  # of a parameter, of the largest
FLOOR = 1e-6  # least full scale, of the largest of its kind
HERE = pathlib.Path(__file__).parent


class Mismatch(Exception):
    """The two results cannot be compared."""


def require(holds, message):
    if not holds:
        raise Mismatch(message)


# ---- what a deck asks for


def directives(text):
    """Tolerances and names to leave out, from `* peer:` comments; each must give its reason."""
    tolerance, skip = dict(TOLERANCE), set()
    for line in re.findall(r"^\*\s*peer:\s*(.*)$", text, re.M):
        found = re.fullmatch(r"(\w+)=(\S+)\s+because\s+\S.*", line.strip())
        require(found, f"cannot read '* peer: {line}'")
        key, value = found.groups()
        if key == "skip":
            skip |= set(re.findall(r"[\w.#]+(?:\([^()]*\))?", value.lower()))
        else:
            require(key in TOLERANCE, f"unknown '* peer: {key}='")
            tolerance[key] = float(value)
    return tolerance, skip


def analyses(text):
    """Kind of analysis -> how many cards; measures and Fourier analyses count as kinds."""
    count = {}
    for line in text.lower().splitlines()[1:]:
        word = line.split()[0] if line.split() else ""
        kind = {".four": "four"}.get(word) or ("measure" if word.startswith(".meas") else word[1:])
        require(kind != "sens" or len(line.split()) == 2, ".sens over frequency means another thing in ngspice")
        if word.startswith(".") and kind in TOLERANCE:
            count[kind] = count.get(kind, 0) + 1
    return count


# ---- ngspice


def number(text):
    re_part, _, im_part = text.partition(",")
    return complex(float(re_part), float(im_part)) if im_part else float(re_part)


def read_raw(path):
    """Plots of an ASCII raw file in their order: (name, {variable: values})."""
    plots, lines, k = [], path.read_text().splitlines(), 0
    while k < len(lines):
        key, _, rest = lines[k].partition(":")
        k += 1
        if key == "Plotname":
            plot = rest.strip().lower()
        elif key == "No. Variables":
            n_variable = int(rest)
        elif key == "No. Points":
            n_point = int(rest)
        elif key == "Variables":
            names = [peer_name(lines[k + i].split()[1].lower()) for i in range(n_variable)]
            k += n_variable
        elif key == "Values":
            words, size = [], n_variable + 1
            while len(words) < n_point * size:
                words += lines[k].split()
                k += 1
            require(n_point, f"ngspice stopped in its {plot}")
            columns = [words[i + 1::size] for i in range(n_variable)]
            plots.append((plot, {n: np.array([number(w) for w in c]) for n, c in zip(names, columns)}))
    return plots


def peer_name(name):
    """ngspice's name of a signal as ours: i(v.x1.v2) and v.x1.v2#branch are i(x1.v2)."""
    if name.endswith("#branch"):
        name = f"i({name[:-7]})"
    return re.sub(r"^i\([a-z]\.(.+)\)$", r"i(\1)", name)


def spice(deck, folder, options):
    environment = dict(os.environ, SPICE_ASCIIRAWFILE="1")
    # ngspice 39 exits 1 for some warnings; what it did not compute is missed below
    done = subprocess.run(["ngspice", "-b", *options, str(deck)], timeout=120, env=environment, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.stdout


def run_peer(deck, folder, wanted):
    """{kind: [table, ...]} of ngspice; measures are one table, a Fourier analysis a table per signal."""
    raw = folder / "peer.raw"
    output = spice(deck, folder, ["-r", str(raw)])
    require(raw.exists(), "ngspice wrote nothing:\n" + output)
    plots = read_raw(raw)
    # of several cards of one kind ngspice runs the last one first
    results = {kind: [t for name, t in reversed(plots) if word in name] for kind, word in PLOT.items()}
    if "measure" in wanted or "four" in wanted:  # not with -r
        output = spice(deck, folder, [])
        results["measure"], results["four"] = [read_measures(output)], read_fourier(output)
    return results


def read_measures(output):
    return {name.lower(): float(value) for name, value in
            re.findall(r"^(\w+)\s+=\s+([-+]?[\d.]+(?:e[-+]?\d+)?)\b", output, re.M)}


def read_fourier(output):
    """Tables of .four: {"signal", "thd", "magnitude"}."""
    tables = []
    for block in output.split("Fourier analysis for ")[1:]:
        rows = re.findall(r"^\s*\d+\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$", block, re.M)
        thd = re.search(r"THD:\s*(\S+)\s*%", block)
        tables.append({"signal": block.split(":")[0].strip().lower(), "thd": float(thd.group(1)) / 100,
                       "magnitude": np.array([float(r[1]) for r in rows])})
    return tables


# ---- thermospice


def run_here(program, deck, folder):
    """{kind: [table, ...]} of our result file; the axes are in the tables under their own names."""
    result = folder / "here.h5"
    done = subprocess.run([program, "run", str(deck), "-o", str(result)], timeout=120, cwd=folder,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    require(done.returncode == 0, f"exit status {done.returncode}:\n{done.stderr}")
    results = {}
    with h5py.File(result) as f:
        for name, group in f["analyses"].items():
            kind = group.attrs["type"]
            kind = kind.decode() if isinstance(kind, bytes) else str(kind)
            results.setdefault(kind, []).append(read_group(group))
            results.setdefault("four", []).extend(read_own_fourier(group))
        measures = {n.lower(): d[()] for g in f.get("measures", {}).values() for n, d in g.items()}
    results["measure"] = [measures]
    return results


def read_group(group):
    table = {n: np.ravel(d[()]) for n, d in group.get("signals", {}).items()}
    for axis in ("time", "frequency", "sweep", "sweep2"):
        if axis in group:
            table[axis] = group[axis][()]
    if any(n.startswith("s(") for n in table):
        table["value"] = {n.lower(): float(d.attrs["value"]) for n, d in group["signals"].items() if "value" in d.attrs}
    if "total/onoise" in group:
        table["total"] = group["total/onoise"][()]
    return {n.lower(): v for n, v in table.items()}


def read_own_fourier(group):
    return [{"signal": name.lower(), "thd": float(g.attrs["thd"]), "magnitude": g["magnitude"][()]}
            for name, g in group.get("fourier", {}).items()]


# ---- comparison; each returns {signal: error}


def common(here, peer, skip):
    """Names of voltages and currents in both tables."""
    names = [n for n in peer if n in here and re.match(r"[vi]\(", n) and n not in skip]
    require(names, "no signal in common")
    return names


def scales(peer, names):
    largest = {kind: max([np.max(np.abs(peer[n])) for n in names if n[0] == kind], default=0) for kind in "vi"}
    return {n: max(np.max(np.abs(peer[n])), FLOOR * largest[n[0]]) or 1.0 for n in names}


def same_axis(ours, theirs, what):
    require(len(ours) == len(theirs), f"{len(ours)} points of {what}, ngspice has {len(theirs)}")
    scale = np.max(np.abs(theirs)) or 1.0
    require(np.all(np.abs(ours - theirs) < 1e-6 * scale), f"other points of {what}")


def largest_errors(here, peer, skip):
    names = common(here, peer, skip)
    for n in names:
        require(len(here[n]) == len(peer[n]), f"{len(here[n])} points of {n}, ngspice has {len(peer[n])}")
    scale = scales(peer, names)
    return {n: np.max(np.abs(here[n] - peer[n])) / scale[n] for n in names}


def compare_dc(here, peer, skip):
    axis = np.real(next(iter(peer.values())))
    inner = here["sweep"]
    same_axis(np.tile(inner, len(axis) // len(inner)), axis, "the sweep")
    return largest_errors(here, peer, skip)


def compare_ac(here, peer, skip):
    same_axis(here["frequency"], np.real(peer["frequency"]), "frequency")  # its imaginary part is not set
    pairs = {n: (n[0] + "r" + n[1:], n[0] + "i" + n[1:]) for n in peer if re.match(r"[vi]\(", n)}
    complex_here = {n: here[r] + 1j * here[i] for n, (r, i) in pairs.items() if r in here}
    return largest_errors(complex_here, peer, skip)


def power_law_integral(f, s):
    """Of densities that are power laws between their points."""
    ratio = f[1:] / f[:-1]
    power = np.log(s[1:] / s[:-1]) / np.log(ratio) + 1
    near = np.abs(power) < 1e-9
    power[near] = 1
    return np.sum(s[:-1] * f[:-1] * np.where(near, np.log(ratio), (ratio ** power - 1) / power))


def compare_noise(here, peer, total, skip):
    same_axis(here["frequency"], np.real(peer["frequency"]), "frequency")
    errors = {n: np.max(np.abs(here[n] / np.abs(peer[n + "_spectrum"]) ** 2 - 1)) for n in ("onoise", "inoise")}
    (name,) = [n for n in total if "onoise_total" in n]
    want = np.abs(total[name][0]) ** 2
    if np.isnan(want):  # ngspice 39 cannot integrate some densities of its own
        want = power_law_integral(np.real(peer["frequency"]), np.abs(peer["onoise_spectrum"]) ** 2)
    errors["total"] = abs(float(here["total"]) / want - 1)
    return {n: e for n, e in errors.items() if n not in skip}


def compare_tf(here, peer, skip):
    errors = {}
    for name, part in {"gain": "transfer_function", "rin": "#input_impedance", "rout": "output_impedance"}.items():
        (key,) = [n for n in peer if part in n]
        got, want = float(here[name][0]), float(np.real(peer[key][0]))
        if name not in skip and not (np.isinf(got) and want >= INFINITE):
            errors[name] = abs(got - want) / max(abs(want), FLOOR)
    return errors


def models(text):
    """{element: the model card it names}"""
    cards = set(re.findall(r"^\.model\s+(\S+)", text.lower(), re.M))
    lines = [line.split() for line in text.lower().splitlines()[1:] if re.match(r"[a-z]", line)]
    return {words[0]: word for words in lines for word in words if word in cards}


def peer_sensitivity(name, model):
    """ngspice's name of a derivative as ours: v(r1), v(r1_scale), v(m1:vto) are s(r1:r), s(r1:scale), s(nch:vto)."""
    name = re.sub(r"^v\((.*)\)$", r"\1", name)
    if ":" in name:
        element, _, parameter = name.partition(":")
        return f"s({model.get(element, element)}:{parameter})"
    element, _, parameter = name.partition("_")
    own = {("g", "gain"): "gm", ("h", "gain"): "r"}.get((element[0], parameter), parameter)
    return f"s({element}:{own or {'v': 'dc', 'i': 'dc'}.get(element[0], element[0])})"


def compare_sens(here, peer, skip, model):
    theirs = {}
    for name, value in peer.items():  # cards are perturbed for one instance after the other
        ours = peer_sensitivity(name, model)
        theirs[ours] = theirs.get(ours, 0) + float(np.real(value[0]))
    names = [n for n in theirs if n in here and n not in skip and here["value"][n] != 0]
    require(names, "no derivative in common")
    effect = {n: abs(theirs[n] * here["value"][n]) for n in names}
    least = LEAST_EFFECT * max(effect.values())
    return {n: abs(float(here[n][0]) - theirs[n]) * abs(here["value"][n]) / max(effect[n], least) for n in names}


def compare_tran(here, peer, skip):
    names, t = common(here, peer, skip), here["time"]
    scale, axis = scales(peer, names), np.real(peer["time"])
    require(abs(axis[-1] / t[-1] - 1) < 1e-6, f"ends at {t[-1]:g} s, in ngspice at {axis[-1]:g} s")
    return {n: np.sqrt(np.mean((here[n] - np.interp(t, axis, np.real(peer[n]))) ** 2)) / scale[n] for n in names}


def compare_measures(here, peer, skip, asked):
    missing = [n for n in asked if n not in skip and n not in peer]
    require(not missing, "ngspice has no measure " + ", ".join(missing))
    missing = [n for n in asked if n not in skip and n not in here]
    require(not missing, "no measure " + ", ".join(missing))
    return {n: float(abs(np.ravel(here[n])[0] - peer[n]) / (abs(peer[n]) or 1)) for n in asked if n not in skip}


def compare_fourier(here, peer, skip):
    mine = {t["signal"]: t for t in here}
    errors = {}
    for t in peer:
        name = t["signal"]
        if name in skip:
            continue
        require(name in mine, f"no Fourier analysis of {name}")
        n = min(len(t["magnitude"]), len(mine[name]["magnitude"]))
        require(n > 2, f"{name}: {n} harmonics")
        gap = np.abs(t["magnitude"][:n] - mine[name]["magnitude"][:n])
        errors[name] = np.maximum(np.max(gap) / np.max(t["magnitude"]), abs(t["thd"] - mine[name]["thd"]))
    return errors


def compare_kind(kind, here, peer, skip, text):
    """Errors of all analyses of a kind, in the order of their cards."""
    if kind == "measure":
        asked = re.findall(r"^\.meas\w*\s+\w+\s+(\w+)", text.lower(), re.M)
        return compare_measures(here[kind][0], peer[kind][0], skip, asked)
    if kind == "four":
        return compare_fourier(here[kind], peer[kind], skip)
    errors = {}
    for k, (a, b) in enumerate(zip(here[kind], peer[kind])):
        if kind == "noise":
            part = compare_noise(a, b, peer["total"][k], skip)
        elif kind == "sens":
            part = compare_sens(a, b, skip, models(text))
        else:
            function = {"op": largest_errors, "dc": compare_dc, "ac": compare_ac, "tf": compare_tf, "tran": compare_tran}
            part = function[kind](a, b, skip)
        for name, e in part.items():
            errors[name] = np.maximum(errors.get(name, 0), e)  # a NaN stays
    return errors


def compare(program, deck):
    """[(kind, worst error, its signal, tolerance, number of signals)] of a deck."""
    text = deck.read_text()
    tolerance, skip = directives(text)
    wanted = analyses(text)
    require(wanted, "no analysis")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        here, peer = run_here(program, deck, folder), run_peer(deck, folder, wanted)
    rows = []
    for kind, count in wanted.items():
        if kind not in ("measure", "four"):
            require(len(here.get(kind, [])) == count, f"{len(here.get(kind, []))} {kind} of {count}")
            require(len(peer[kind]) == count, f"ngspice has {len(peer[kind])} {kind} of {count}")
        errors = compare_kind(kind, here, peer, skip, text)
        require(errors, f"{kind}: nothing to compare")
        worst = max(errors, key=lambda n: np.nan_to_num(errors[n], nan=np.inf))
        rows.append((kind, float(errors[worst]), worst, tolerance[kind], len(errors)))
    return rows


# ---- reports


def line(deck, rows):
    parts = [f"{kind} {e:.1e}{'' if e <= t else f' at {signal} EXCEEDS {t:g}'}" for kind, e, signal, t, _ in rows]
    return f"{deck.parent.name}/{deck.stem:22} {'; '.join(parts)}"


DIFFERENCES = """
## Where the two differ by themselves

Closed forms decide; the decks are written so that none of this matters, or say what they leave out.

| what | ngspice 39 | here |
|---|---|---|
| frequencies of DEC and OCT when FSTOP is not on the grid | steps widened to end at FSTOP | N per decade or octave |
| closed S or W in `.ac`, whatever `vh` | open; its own `.op` and `.tf` have it closed | closed |
| `m=` of an X element inside a subcircuit that some other X calls with `m=` | lost in all its instances | multiplied through |
| output resistance of `.tf I(V)`, where V is not the input | 1e20 | the slope of a `.dc` sweep |
| integrated noise | NaN on some densities | the integral of ngspice's own density, within 1e-2 |
| corners of `table` | rounded over a tenth of the shorter side | corners |
| noise of a resistor with `temp=` | at the circuit's temperature | at its own |
| `.noise I(V)` | refused | allowed |
| `.sens` over frequency | the operating point stays | it moves, as in a second run with another value; not compared |
| `.sens` of `isr`, `area` and `m` of diodes, of `rs` | not the derivative | the derivative |
| slope of a recombination current (`isr`) | lacks 1/vj and has the factor of the depletion layer twice | the slope of the current |
| knee `ikf` | sqrt(I/ikf) | sqrt((I + Is)/ikf), which differs by sqrt(Is/ikf) |
"""


def table(results, area):
    print(f"\n## {area}\n\n| deck | what | worst errors |\n|---|---|---|")
    for deck, rows in results:
        if deck.parent.name == area:
            title = deck.read_text().splitlines()[0].replace("|", "\\|")
            print(f"| {deck.stem} | {title} | {', '.join(f'{k} {e:.0e}' for k, e, *_ in rows)} |")


def markdown(results):
    output = subprocess.run(["ngspice", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    version = re.search(r"ngspice-\S+", output).group(0)
    allowed = ", ".join(f"{k} {t:g}" for k, t in TOLERANCE.items())
    print(f"# Decks in ngspice and here\n\nWritten by `tests/peers/peers.py THERMOSPICE --markdown`: {len(results)} decks, "
          f"{version}. Each runs unchanged in both programs.\nThe figures are the worst differences, as `peers.py` "
          f"defines them. Allowed, unless a deck gives another figure and its\nreason: {allowed}.\n{DIFFERENCES}", end="")
    for area in sorted({deck.parent.name for deck, _ in results}):
        table(results, area)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--area")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("decks", nargs="*", type=pathlib.Path)
    a = parser.parse_args()
    if not shutil.which("ngspice"):
        print("skipped: ngspice is not installed")
        return 77
    decks = [d.resolve() for d in a.decks] or sorted(HERE.glob(f"{a.area or '*'}/*.cir"))
    if not decks:
        print("no deck", file=sys.stderr)
        return 1
    failed, results = 0, []
    for deck in decks:
        try:
            rows = compare(os.path.abspath(a.program), deck)
            bad = not all(e <= t for _, e, _, t, _ in rows)
            report = line(deck, rows)
        except (Mismatch, subprocess.TimeoutExpired, KeyError) as e:
            rows, bad, report = [], True, f"{deck.parent.name}/{deck.stem:22} {e!r}" if isinstance(e, KeyError) else \
                f"{deck.parent.name}/{deck.stem:22} {e}"
        failed += bad
        results.append((deck, rows))
        print(f"{'FAIL' if bad else 'ok  '} {report}", file=sys.stderr if a.markdown else sys.stdout, flush=True)
    if a.markdown:
        markdown(results)
    else:
        print(f"{len(decks)} decks, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    if shutil.which("ngspice"):  # what only a comparison needs
        import h5py
        import numpy as np
    sys.exit(main())
