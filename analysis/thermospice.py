# SPDX-License-Identifier: Apache-2.0
"""Reading thermospice result and cell files (docs/format-h5.md), and reports (JSON, docs/dtm.md).

    import thermospice
    with thermospice.Result("pbit.h5") as r:
        print(r.title, r.complete, r.analyses())
        time, v, unit = r.axis("trannoise1"), *r.signal("trannoise1", "v(v1)")
        cell = r.cell("pbit")                 # cell["tau"].value, .se, .low, .high
"""
import json
from dataclasses import dataclass

import h5py
import numpy as np

FORMATS = ("thermospice-result", "thermospice-cell")


class FileError(Exception):
    """A file that cannot be read, or is none of ours."""


def text(value):
    """HDF5 strings come as bytes, str or numpy scalars."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@dataclass
class Estimate:
    """Value, standard error and 95 % interval: numbers, or arrays with one entry per bias point."""

    value: object
    se: object
    low: object
    high: object
    unit: str = ""

    @staticmethod
    def of(dataset):
        data = np.asarray(dataset[()], dtype=float)
        if data.shape[-1:] != (4,):
            raise FileError(f"{dataset.name} is no estimate: shape {data.shape}")
        parts = [data[..., k] if data.ndim > 1 else float(data[k]) for k in range(4)]
        return Estimate(*parts, unit=text(dataset.attrs.get("units", "")))


class Cell:
    """One extracted p-bit: attributes (temperature, v_unit, ...), bias, and estimates by name."""

    def __init__(self, group):
        self.name = group.name.rsplit("/", 1)[-1]
        self.attrs = {k: text(v) if isinstance(v, (bytes, str)) else float(v) for k, v in group.attrs.items()}
        self.bias = np.asarray(group["bias"][()], dtype=float)
        self.estimates = {
            k: Estimate.of(d)
            for k, d in group.items()
            if k not in ("bias", "supply") and isinstance(d, h5py.Dataset)
        }

    def __getitem__(self, name):
        return self.estimates[name]

    def fit(self, law, v):
        """P of the logistic or probit fit at inputs v; None when the fit is not determined."""
        prefix = "probit_" if law == "probit" else ""
        v0, vs = self[prefix + "v0"].value, self[prefix + "vs"].value
        if not (np.isfinite(v0) and np.isfinite(vs) and vs != 0):
            return None
        z = (np.asarray(v) - v0) / vs
        return normal_cdf(z) if law == "probit" else 0.5 * (1 + np.tanh(z / 2))


def normal_cdf(z):
    from math import erfc, sqrt

    return np.vectorize(lambda x: 0.5 * erfc(-x / sqrt(2)), otypes=[float])(z)


class Result:
    """An open result or cell file."""

    def __init__(self, path):
        self.path = str(path)
        try:
            self.file = h5py.File(self.path, "r")
        except (OSError, ValueError) as error:
            raise FileError(f"{self.path}: {error}") from error
        if text(self.file.attrs.get("format", "")) not in FORMATS:
            self.file.close()
            raise FileError(f"{self.path}: HDF5, but not a thermospice file")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    @property
    def provenance(self):
        """Root attributes: command, creator, commit, seed, started, host, isa, ..."""
        return {k: text(v) if isinstance(v, (bytes, str)) else v for k, v in self.file.attrs.items()}

    @property
    def complete(self):
        return bool(self.file.attrs.get("complete", 0))

    @property
    def title(self):
        """First line of the deck; of a cell file, the deck its first cell came from."""
        if "netlist/text" in self.file:
            lines = text(self.file["netlist/text"][()]).splitlines()
            if lines and lines[0].strip():
                return lines[0].strip()
        for cell in self.file.get("pbit", {}).values():
            if text(cell.attrs.get("deck", "")):
                return text(cell.attrs["deck"])
        return self.path

    def analyses(self):
        return list(self.file.get("analyses", {}))

    def analysis(self, name):
        return self.file["analyses"][name]

    def axis(self, analysis):
        """(values, name, unit) of the time or sweep axis; None for an operating point."""
        group = self.analysis(analysis)
        for name in ("time", "sweep"):
            if name in group:
                shown = text(group[name].attrs.get("parameter", name))
                return group[name][()], shown, text(group[name].attrs.get("units", ""))
        return None

    def steps(self):
        """{analysis: [its results, "tran1@1", "tran1@2", ...]} of stepped analyses, in the order of the steps."""
        found = {}
        for name in self.analyses():
            stem, _, number = name.partition("@")
            if number:
                found.setdefault(stem, []).append((int(number), name))
        return {stem: [name for _, name in sorted(names)] for stem, names in found.items()}

    def stepped(self, analysis):
        """{quantity: value} of one step of an analysis: {"rl": 1000.0, "temp": 27.0}."""
        prefix = "step."
        return {k[len(prefix):]: float(np.ravel(v)[0]) for k, v in self.analysis(analysis).attrs.items()
                if k.startswith(prefix)}

    def signals(self, analysis):
        return list(self.analysis(analysis).get("signals", {}))

    def signal(self, analysis, name):
        """(values, unit); values has one row per stored trajectory where there are several."""
        dataset = self.analysis(analysis)["signals"][name]
        return dataset[()], text(dataset.attrs.get("units", ""))

    def ensemble(self, analysis, statistic):
        """{signal: (array [n_bias, samples], unit)} of mean, variance or final."""
        group = self.analysis(analysis).get(f"ensemble/{statistic}", {})
        return {k: (d[()], text(d.attrs.get("units", ""))) for k, d in group.items()}

    def histogram(self, analysis, signal):
        """(edges, counts [n_bias, bins]) without under- and overflow; None when absent."""
        dataset = self.analysis(analysis).get(f"ensemble/histogram/{signal}")
        if dataset is None or "low" not in dataset.attrs or "high" not in dataset.attrs:
            return None
        counts = np.atleast_2d(dataset[()])[:, 1:-1]
        low, high = float(np.ravel(dataset.attrs["low"])[0]), float(np.ravel(dataset.attrs["high"])[0])
        return np.linspace(low, high, counts.shape[1] + 1), counts

    def reduced(self, analysis, kind):
        """{signal: (x, values, errors, unit)} of autocorrelation (x: lag, s) or psd (x: frequency, Hz), rows by bias."""
        group, found = self.analysis(analysis), {}
        axis = {"autocorrelation": "lag", "psd": "frequency"}[kind]
        for signal, dataset in group.get(f"ensemble/{kind}", {}).items():
            data = dataset[()]
            if axis in group and data.ndim == 3 and data.shape[1:] == (group[axis].size, 2):
                found[signal] = group[axis][()], data[..., 0], data[..., 1], text(dataset.attrs.get("units", ""))
        return found

    def bits(self, analysis):
        return {k: g for k, g in self.analysis(analysis).get("bit", {}).items()}

    def bias(self, analysis):
        group = self.analysis(analysis)
        return group["bias"][()] if "bias" in group else None

    def cells(self):
        return list(self.file.get("pbit", {}))

    def cell(self, name):
        try:
            return Cell(self.file["pbit"][name])
        except KeyError as error:
            raise FileError(f"{self.path}: cell '{name}': {error}") from error


def read_report(path):
    """A JSON report of `thermospice dtm report`."""
    try:
        with open(path, encoding="utf-8") as stream:
            report = json.load(stream)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: {error}") from error
    if not isinstance(report, dict) or not isinstance(report.get("ladder"), list):
        raise FileError(f"{path}: JSON, but not a report: it has no list 'ladder'")
    return report
