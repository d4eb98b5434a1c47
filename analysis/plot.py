#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what a thermospice file holds as PNG figures and prints their names.

Result file: the p-bit's trajectories with their two states, ensemble statistics, curves of op, dc and tran; the
sigmoid of each extracted cell; power spectral densities. Cell file: the sigmoid. Report (JSON): the joules ladder.
Exit status: 0, 2 for a wrong command line, 3 for a file that cannot be read or holds nothing to draw.
"""
import argparse
import pathlib
import re
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (after the backend)
import numpy as np  # noqa: E402

import thermospice  # noqa: E402

# Okabe-Ito: distinguishable with any colour vision; kinds also differ by marker, laws by line style.
BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
CYCLE = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY]
KINDS = {"measured": (BLUE, "o"), "simulated": (SKY, "X"), "computed": (GREEN, "s"), "published": (ORANGE, "D"),
         "reconstructed": (PURPLE, "^"), "assumed": (RED, "v")}
ROWS, SAMPLES, MAX_CURVES = 6, 5000, 12
PREFIX = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}


def scaled(values, unit):
    """(factor, label) that bring the largest value to 1..1000 with an SI prefix: 1e-9 s is labelled ns."""
    finite = np.abs(np.asarray(values, dtype=float))
    finite = finite[np.isfinite(finite) & (finite > 0)]
    if not unit or not finite.size:
        return 1.0, unit
    order = int(np.clip(3 * np.floor(np.log10(finite.max()) / 3), -18, 9))
    return 10.0 ** -order, PREFIX[order] + unit


def safe(name):
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", name).strip("_") or "figure"


class Figures:
    """Saves figures as <directory>/<stem>-<name>.png and prints each name."""

    def __init__(self, path, directory):
        self.stem = pathlib.Path(path).stem
        self.directory = pathlib.Path(directory) if directory else pathlib.Path(path).parent
        self.count = 0

    def save(self, figure, name):
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{safe(self.stem)}-{safe(name)}.png"
        figure.savefig(path, dpi=120)
        plt.close(figure)
        self.count += 1
        print(path)


def heading(result, what):
    mark = "" if result.complete else "  (incomplete run)"
    return f"{result.title[:90]}\n{what}{mark}"


# --- trajectories of a p-bit ------------------------------------------------------------------------------------


def bit_trace(axes, time, values, threshold):
    """One stored trajectory, coloured by state."""
    above = np.where(values > threshold, values, np.nan)
    below = np.where(values > threshold, np.nan, values)
    axes.plot(time, values, color="0.8", lw=0.5, zorder=1)
    axes.plot(time, above, color=ORANGE, lw=0.8, label="state 1", zorder=2)
    axes.plot(time, below, color=BLUE, lw=0.8, label="state 0", zorder=2)
    axes.axhline(threshold, color="black", ls="--", lw=0.8, label="threshold")


def side_histogram(side, edges, counts, threshold):
    middle = (edges[1:] + edges[:-1]) / 2
    share = counts / max(counts.sum(), 1)
    side.barh(middle, share, height=np.diff(edges), color=np.where(middle > threshold, ORANGE, BLUE))
    side.axhline(threshold, color="black", ls="--", lw=0.8)
    side.tick_params(labelleft=False)


def shown_samples(result, name, i_bias, time):
    """Enough samples to see about 40 switching times, else the first few thousand."""
    n = min(len(time), SAMPLES)
    if name in result.cells() and len(time) > 1:
        tau = np.atleast_1d(result.cell(name)["tau"].value)
        if i_bias < len(tau) and np.isfinite(tau[i_bias]):
            n = min(len(time), max(200, min(SAMPLES, int(40 * tau[i_bias] / (time[1] - time[0])))))
    return n


def file_order(result, analysis):
    """Rank of each bias point of the file among the increasing biases that cells use."""
    bias = result.bias(analysis)
    return np.argsort(np.argsort(bias, kind="stable"), kind="stable") if bias is not None else np.array([0])


def draw_bit(result, figures, analysis, name, group):
    threshold = float(group.attrs.get("threshold", np.nan))
    out = thermospice.text(group.attrs.get("out", ""))
    signals = result.signals(analysis)
    signal = out if out in signals else (signals[0] if len(signals) == 1 else None)
    axis = result.axis(analysis)
    if signal is None or axis is None:
        return False
    values, unit = result.signal(analysis, signal)
    values = np.atleast_2d(values)
    bias, rank = result.bias(analysis), file_order(result, analysis)
    per_bias = max(1, len(values) // len(rank))
    keep = [row for i in np.argsort(rank) for row in range(i * per_bias, min((i + 1) * per_bias, len(values)))
            if np.isfinite(values[row]).any()]
    for page in range(0, len(keep), ROWS):
        rows = keep[page:page + ROWS]
        figure, axes = plt.subplots(len(rows), 2, figsize=(10, 1.2 + 1.6 * len(rows)), squeeze=False,
                                    sharey="row", gridspec_kw={"width_ratios": [5, 1]}, layout="constrained")
        for (main, side), row in zip(axes, rows):
            i_bias = min(row // per_bias, len(rank) - 1)
            n = shown_samples(result, name, rank[i_bias], axis[0])
            kt, t_label = scaled(axis[0][:n], axis[2])
            kv, v_label = scaled(values[row], unit)
            bit_trace(main, axis[0][:n] * kt, values[row][:n] * kv, threshold * kv)
            stored = result.histogram(analysis, signal)
            if stored is not None and i_bias < len(stored[1]):
                edges, counts = stored[0] * kv, stored[1][i_bias]
            else:
                counts, edges = np.histogram(values[row][np.isfinite(values[row])] * kv, bins=60)
            side_histogram(side, edges, counts, threshold * kv)
            low, high = np.nanmin(values[row]), np.nanmax(values[row])
            margin = 0.1 * max(high - low, 1e-12)
            main.set_ylim((low - margin) * kv, (high + margin) * kv)
            main.set_ylabel(f"{signal} / {v_label}")
            where = "" if bias is None else f"input {bias[i_bias]:.4g} V, "
            main.set_title(f"{where}trajectory {row % per_bias}, {n} of {len(axis[0])} samples", fontsize=8, loc="left")
        main.set_xlabel(f"time / {t_label}")
        side.set_xlabel("share of time")
        axes[0][0].legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2, fontsize=7, ncol=3)
        figure.suptitle(heading(result, f"p-bit {name}, {analysis}"), fontsize=10)
        figures.save(figure, f"{analysis}-{name}-{page // ROWS + 1}")
    return len(keep) > 0


# --- ensembles and deterministic analyses ------------------------------------------------------------------------


def draw_ensemble(result, figures, analysis):
    """Mean and standard deviation of each signal: against the input where it was swept, else a histogram."""
    means, variances = result.ensemble(analysis, "mean"), result.ensemble(analysis, "variance")
    bias = result.bias(analysis)
    for signal, (mean, unit) in means.items():
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        stored = result.histogram(analysis, signal)
        if bias is not None and len(bias) > 1:
            order = np.argsort(bias)
            kx, x_label = scaled(bias, "V")
            centre = np.nanmean(mean, axis=1)
            spread = np.sqrt(np.nanmean(variances[signal][0] + (mean - centre[:, None]) ** 2, axis=1)) \
                if signal in variances else np.zeros_like(centre)
            ky, y_label = scaled(np.abs(centre) + spread, unit)
            axes.errorbar(bias[order] * kx, centre[order] * ky, yerr=spread[order] * ky, fmt="o-", color=BLUE,
                          capsize=3, label="mean, standard deviation of the signal")
            axes.set_xlabel(f"input / {x_label}")
            axes.set_ylabel(f"{signal} / {y_label}")
            axes.legend()
        else:
            kx, x_label = scaled(mean if stored is None else stored[0], unit)
            if stored is not None:
                axes.stairs(stored[1][0] / max(stored[1][0].sum(), 1), stored[0] * kx, fill=True, color=SKY)
                axes.set_ylabel("share of samples")
            else:
                finite = mean[np.isfinite(mean)]
                axes.hist(finite * kx, bins=40, color=SKY)
                axes.set_ylabel("trajectories")
            axes.axvline(np.nanmean(mean) * kx, color=RED, ls="--", label=f"mean {np.nanmean(mean) * kx:.4g} {x_label}")
            axes.set_xlabel(f"{signal} / {x_label}")
            axes.legend()
        axes.set_title(heading(result, f"{analysis}: {signal}, {mean.shape[1]} trajectories"), fontsize=10)
        figures.save(figure, f"{analysis}-{signal}")


def draw_curves(result, figures, analysis):
    """Signals of dc, tran or kept noise trajectories, one figure per unit."""
    x, x_name, x_unit = result.axis(analysis)
    by_unit = {}
    for signal in result.signals(analysis):
        values, unit = result.signal(analysis, signal)
        for k, row in enumerate(np.atleast_2d(values)[:MAX_CURVES]):
            label = signal if np.ndim(values) == 1 or len(values) == 1 else f"{signal} [{k}]"
            by_unit.setdefault(unit, []).append((label, row))
    for unit, curves in by_unit.items():
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        kx, x_label = scaled(x, x_unit)
        ky, y_label = scaled(np.concatenate([row for _, row in curves[:MAX_CURVES]]), unit)
        for k, (label, row) in enumerate(curves[:MAX_CURVES]):
            axes.plot(x * kx, row * ky, color=CYCLE[k % len(CYCLE)], ls=["-", "--"][k // len(CYCLE)], lw=1.2,
                      label=label)
        axes.set_xlabel(f"{x_name} / {x_label}" if x_label else x_name)
        quantity = {"V": "voltage", "A": "current"}.get(unit, "signal")
        axes.set_ylabel(f"{quantity} / {y_label}" if y_label else quantity)
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
        axes.set_title(heading(result, analysis), fontsize=10)
        figures.save(figure, f"{analysis}-{quantity}" if len(by_unit) > 1 else analysis)


def draw_psd(result, figures, analysis):
    """One-sided power spectral densities, log-log, with the 95 % band of each; a line per bias."""
    bias = result.bias(analysis)
    for signal, (frequency, density, error, unit) in result.reduced(analysis, "psd").items():
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        above = frequency > 0
        kx, x_label = scaled(frequency[above], "Hz")
        drawn = False
        for b, (row, half) in enumerate(zip(density[:MAX_CURVES], 1.96 * np.nan_to_num(error))):
            known = above & np.isfinite(row) & (row > 0)
            if not known.any():
                continue
            colour, style = CYCLE[b % len(CYCLE)], ["-", "--"][b // len(CYCLE)]
            label = f"input {bias[b]:.4g} V" if bias is not None and len(bias) > 1 else signal
            axes.plot(frequency[known] * kx, row[known], color=colour, ls=style, lw=1.2, label=label)
            axes.fill_between(frequency[known] * kx, np.maximum(row - half, row / 100)[known], (row + half)[known],
                              color=colour, alpha=0.25, lw=0)
            drawn = True
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel(f"frequency / {x_label}")
        axes.set_ylabel(f"one-sided density of {signal} / ({unit})")
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize=8)
        axes.set_title(heading(result, f"{analysis}: power spectral density"), fontsize=10)
        if drawn:
            figures.save(figure, f"{analysis}-psd-{signal}")
        else:
            plt.close(figure)


def draw_point(result, figures, analysis):
    """Operating point: one bar per signal, voltages and currents apart."""
    by_unit = {}
    for signal in result.signals(analysis):
        values, unit = result.signal(analysis, signal)
        by_unit.setdefault(unit, []).append((signal, float(np.ravel(values)[0])))
    for unit, points in by_unit.items():
        figure, axes = plt.subplots(figsize=(8, 1.5 + 0.3 * len(points)), layout="constrained")
        k, label = scaled([v for _, v in points], unit)
        axes.barh([s for s, _ in points], [v * k for _, v in points], color=BLUE)
        axes.invert_yaxis()
        axes.axvline(0, color="black", lw=0.8)
        quantity = {"V": "voltage", "A": "current"}.get(unit, "signal")
        axes.set_xlabel(f"{quantity} / {label}")
        axes.set_title(heading(result, analysis), fontsize=10)
        figures.save(figure, f"{analysis}-{quantity}" if len(by_unit) > 1 else analysis)


# --- cells -----------------------------------------------------------------------------------------------------


def bars(estimate, factor=1.0):
    low = np.nan_to_num(np.maximum(estimate.value - estimate.low, 0))
    high = np.nan_to_num(np.maximum(estimate.high - estimate.value, 0))
    return np.array([low, high]) * factor


def draw_cell(result, figures, name):
    cell = result.cell(name)
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(8, 9), sharex=True, layout="constrained",
                                                 gridspec_kw={"height_ratios": [3, 1.5, 1.8]})
    bias = np.where(np.isfinite(cell.bias), cell.bias, 0)
    kx, x_label = scaled(bias, "V")
    p, tau, tau_int = cell["p"], cell["tau"], cell["tau_int"]
    top.errorbar(bias * kx, p.value, yerr=bars(p), fmt="o", color="black", ms=4, capsize=3, label="P(1), 95 %")
    margin = 0.05 * (bias.max() - bias.min())
    dense = np.linspace(bias.min() - margin, bias.max() + margin, 400)
    for law, colour, style, marker in (("logistic", BLUE, "-", "o"), ("probit", ORANGE, "--", "s")):
        fit = cell.fit(law, dense)
        if fit is None:
            continue
        prefix = "probit_" if law == "probit" else ""
        v0, vs = cell[prefix + "v0"], cell[prefix + "vs"]
        top.plot(dense * kx, fit, color=colour, ls=style,
                 label=f"{law}: v0 = {v0.value * kx:.4g} {x_label}, vs = {vs.value * kx:.4g} {x_label}")
        middle.errorbar(bias * kx, p.value - cell.fit(law, bias), yerr=bars(p), color=colour, ls=style, marker=marker,
                        ms=4, lw=0.8, capsize=2, label=law)
    top.set_ylabel("P(1)")
    top.set_ylim(-0.05, 1.05)
    middle.axhline(0, color="black", lw=0.8)
    middle.set_ylabel("P(1) - fit")
    ky, t_label = scaled(np.concatenate([tau.value, tau_int.value]), "s")
    for estimate, colour, marker, label in ((tau, GREEN, "o", "tau"), (tau_int, PURPLE, "s", "tau_int")):
        bottom.errorbar(bias * kx, estimate.value * ky, yerr=bars(estimate, ky), fmt=marker + "-", color=colour, ms=4,
                        lw=0.8, capsize=3, label=label)
    known = np.concatenate([tau.value, tau_int.value])
    known = known[np.isfinite(known)]
    if known.size and known.max() > 5 * known.min():
        bottom.set_yscale("log")
    elif known.size:
        bottom.set_ylim(0, 1.2 * known.max() * ky)
    bottom.set_ylabel(f"time / {t_label}")
    bottom.set_xlabel(f"input / {x_label}")
    for axes in (top, middle, bottom):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8)
    energy, what = cell["energy_per_bit"], f"cell {name}"
    if np.isfinite(energy.value):
        ke, e_label = scaled([energy.value], "J")
        what += f", {energy.value * ke:.4g} {e_label} per independent bit"
    figure.suptitle(heading(result, what), fontsize=10)
    figures.save(figure, f"cell-{name}")


# --- report ----------------------------------------------------------------------------------------------------


def draw_ladder(report, figures):
    entries = [e for e in report["ladder"] if isinstance(e, dict) and isinstance(e.get("joules"), (int, float))
               and e["joules"] > 0]
    if not entries:
        return
    figure, axes = plt.subplots(figsize=(11, 1.8 + 0.42 * len(entries)), layout="constrained")
    seen = set()
    for y, entry in enumerate(entries):
        kind = str(entry.get("kind", ""))
        colour, marker = KINDS.get(kind, ("0.4", "x"))
        value = entry["joules"]
        low, high = entry.get("low") or value, entry.get("high") or value
        axes.errorbar(value, y, xerr=[[max(value - low, 0)], [max(high - value, 0)]], fmt=marker, color=colour,
                      capsize=3, label=kind if kind not in seen else None)
        seen.add(kind)
        axes.annotate(str(entry.get("source", ""))[:110], (0.005, y + 0.28), xycoords=("axes fraction", "data"),
                      fontsize=5.5, color="0.35", va="center")
    axes.set_yticks(range(len(entries)), [str(e.get("label", ""))[:60] for e in entries], fontsize=8)
    axes.set_ylim(len(entries) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel(str(report.get("ladder_axis", "energy per sample / J")))
    axes.grid(axis="x", alpha=0.3)
    axes.legend(title="how known", fontsize=7, title_fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    cell = report.get("cell") if isinstance(report.get("cell"), dict) else {}
    axes.set_title(f"Joules ladder\n{str(cell.get('deck', ''))}, cell {cell.get('name', '')}", fontsize=10)
    figures.save(figure, "ladder")


# --- files -----------------------------------------------------------------------------------------------------


def step_label(result, analysis):
    return ", ".join(f"{name} = {value:g}" for name, value in result.stepped(analysis).items())


def draw_stepped_curves(result, figures, stem, names):
    """Each signal of a stepped dc or tran: a figure with a curve per step."""
    for signal in result.signals(names[0]):
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        curves = [(name, *result.axis(name), *result.signal(name, signal)) for name in names[:MAX_CURVES]]
        curves = [curve for curve in curves if np.ndim(curve[4]) == 1]
        if not curves:
            plt.close(figure)
            continue
        kx, x_label = scaled(np.concatenate([curve[1] for curve in curves]), curves[0][3])
        ky, y_label = scaled(np.concatenate([curve[4] for curve in curves]), curves[0][5])
        for k, (name, x, _, _, y, _) in enumerate(curves):
            axes.plot(x * kx, y * ky, color=CYCLE[k % len(CYCLE)], ls=["-", "--"][k // len(CYCLE)], lw=1.2,
                      label=step_label(result, name))
        axes.set_xlabel(f"{curves[0][2]} / {x_label}" if x_label else curves[0][2])
        axes.set_ylabel(f"{signal} / {y_label}" if y_label else signal)
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
        axes.set_title(heading(result, f"{stem}: {signal}, {len(names)} steps"), fontsize=10)
        figures.save(figure, f"{stem}-{signal}")


def draw_stepped_points(result, figures, stem, names):
    """Operating points over the steps: over the quantity that moves, or over their number."""
    values = [result.stepped(name) for name in names]
    moving = [q for q in values[0] if len({v.get(q) for v in values}) > 1]
    x = [v.get(moving[0], np.nan) for v in values] if len(moving) == 1 else np.arange(1, len(names) + 1)
    by_unit = {}
    for signal in result.signals(names[0]):
        y, unit = [float(np.ravel(result.signal(name, signal)[0])[0]) for name in names], result.signal(names[0], signal)[1]
        by_unit.setdefault(unit, []).append((signal, y))
    for unit, curves in by_unit.items():
        figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
        ky, y_label = scaled(np.concatenate([y for _, y in curves]), unit)
        for k, (signal, y) in enumerate(curves[:MAX_CURVES]):
            axes.plot(x, np.array(y) * ky, "o-", color=CYCLE[k % len(CYCLE)], lw=1.2, ms=4, label=signal)
        quantity = {"V": "voltage", "A": "current"}.get(unit, "signal")
        axes.set_xlabel(moving[0] if len(moving) == 1 else "step")
        axes.set_ylabel(f"{quantity} / {y_label}" if y_label else quantity)
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
        axes.set_title(heading(result, f"{stem}, {len(names)} steps"), fontsize=10)
        figures.save(figure, f"{stem}-{quantity}" if len(by_unit) > 1 else stem)


def draw_steps(result, figures, stem, names):
    """1 when the steps of an analysis were drawn together."""
    kind = thermospice.text(result.analysis(names[0]).attrs.get("type", ""))
    if kind in ("dc", "tran") and all(result.axis(name) is not None for name in names):
        draw_stepped_curves(result, figures, stem, names)
    elif kind == "op":
        draw_stepped_points(result, figures, stem, names)
    else:
        return 0
    return 1


def draw_analysis(result, figures, analysis):
    kind = thermospice.text(result.analysis(analysis).attrs.get("type", ""))
    draw_psd(result, figures, analysis)
    bits = result.bits(analysis)
    drawn = [draw_bit(result, figures, analysis, name, group) for name, group in bits.items()]
    if any(drawn):
        return
    if result.ensemble(analysis, "mean"):
        draw_ensemble(result, figures, analysis)
    if result.axis(analysis) is not None and result.signals(analysis):
        draw_curves(result, figures, analysis)
    elif kind == "op":
        draw_point(result, figures, analysis)


def draw(path, directory):
    figures = Figures(path, directory)
    if h5py.is_hdf5(path):
        with thermospice.Result(path) as result:
            together = set()
            for stem, names in result.steps().items():
                together |= set(names) if draw_steps(result, figures, stem, names) else set()
            for analysis in result.analyses():
                if analysis not in together:
                    draw_analysis(result, figures, analysis)
            for name in result.cells():
                draw_cell(result, figures, name)
    else:
        draw_ladder(thermospice.read_report(path), figures)
    if not figures.count:
        raise thermospice.FileError(f"{path}: holds nothing to draw")


def main(arguments=None):
    what, details = __doc__.split("\n\n", 1)
    parser = argparse.ArgumentParser(prog="plot.py", description=what, epilog=details,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="+", metavar="FILE", help="result or cell file (HDF5), or report (JSON)")
    parser.add_argument("-o", "--output", metavar="DIR", help="directory of the figures (default: beside each file)")
    options = parser.parse_args(arguments)
    status = 0
    for path in options.file:
        try:
            draw(path, options.output)
        except (thermospice.FileError, OSError, KeyError) as error:
            print(f"plot.py: error: {error}", file=sys.stderr)
            status = 3
    return status


if __name__ == "__main__":
    sys.exit(main())
