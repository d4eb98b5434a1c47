#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of plot.py and thermospice.py on files written here as docs/format-h5.md says: which figures are drawn, that
they are PNG with something on them, what readers return, and exit statuses. Exit 77 (skipped) without h5py or
matplotlib."""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import matplotlib.image
    import numpy as np

    import plot
    import thermospice
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PLOT = pathlib.Path(__file__).resolve().parent / "plot.py"


def put(file, path, data, unit=""):
    dataset = file.create_dataset(path, data=np.asarray(data, dtype=float))
    dataset.attrs["units"] = unit
    return dataset


def begin(path, complete=1):
    file = h5py.File(path, "w", track_order=True)
    file.attrs.update(format="thermospice-result", complete=complete, seed=1)
    file.create_dataset("netlist/text", data="Two-state cell\nr1 a 0 1k\n")
    return file


def estimate(value, se):
    return np.stack([value, se, value - 1.96 * se, value + 1.96 * se], axis=-1)


def put_cell(file, name="cell", n=7, fitted=True):
    root = f"pbit/{name}/"
    bias = np.linspace(-0.1, 0.1, n) if n > 1 else np.array([np.nan])
    p = 1 / (1 + np.exp(-np.nan_to_num(bias) / 0.03))
    put(file, root + "bias", bias, "V")
    one = np.ones(n)
    for key, value, se, unit in (("p", p, 0.01 * one, ""), ("tau", 1e-7 * one, 1e-9 * one, "s"),
                                 ("tau_int", 2e-7 * one, 2e-9 * one, "s"), ("power", 1e-9 * one, 1e-11 * one, "W")):
        put(file, root + key, estimate(value, se), unit)
    for key, value, unit in (("v0", 0.0, "V"), ("vs", 0.03, "V"), ("probit_v0", 0.0, "V"), ("probit_vs", 0.051, "V"),
                             ("energy_per_bit", 2.4e-17, "J")):
        known = fitted or key == "energy_per_bit"
        put(file, root + key, estimate(np.float64(value if known else np.nan), np.float64(1e-3 * abs(value))), unit)
    file[f"pbit/{name}"].attrs.update(temperature=300.0, deck="Two-state cell")


def put_bit(file, n_bias=3, keep=2, n=400, signals=True):
    rng = np.random.default_rng(1)
    root = "analyses/trannoise1/"
    put(file, root + "time", np.arange(n) * 1e-9, "s")
    put(file, root + "bias", [0.1, -0.1, 0.0][:n_bias], "V")
    states = np.where(rng.random((n_bias * keep, n)) < 0.02, -1, 1).cumprod(axis=1)
    traces = 0.2 * states + 0.02 * rng.standard_normal(states.shape)
    if signals:
        put(file, root + "signals/v(out)", traces, "V")
    put(file, root + "ensemble/mean/v(out)", traces.mean(axis=1).reshape(n_bias, keep), "V")
    put(file, root + "ensemble/variance/v(out)", traces.var(axis=1).reshape(n_bias, keep), "V^2")
    counts = np.zeros((n_bias, 130))
    counts[:, 20:30] = counts[:, 100:110] = 7
    histogram = put(file, root + "ensemble/histogram/v(out)", counts)
    histogram.attrs.update(low=-0.3, high=0.3)
    put(file, root + "bit/cell/p1", (states > 0).mean(axis=1).reshape(n_bias, keep))
    file[root + "bit/cell"].attrs.update(threshold=0.0, out="v(out)")
    file["analyses/trannoise1"].attrs["type"] = "trannoise"


class Plot(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.dir = pathlib.Path(self.scratch.name)

    def tearDown(self):
        self.scratch.cleanup()

    def run_plot(self, *arguments):
        """(exit status, stdout, stderr) of plot.py within this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = plot.main([str(a) for a in arguments])
            except SystemExit as leave:
                status = leave.code
        return status, out.getvalue(), err.getvalue()

    def names(self, *arguments):
        """Run, check that every named figure is a picture with ink on it, and return their names."""
        status, out, err = self.run_plot(*arguments)
        self.assertEqual((status, err), (0, ""))
        paths = [pathlib.Path(line) for line in out.splitlines()]
        for path in paths:
            image = matplotlib.image.imread(path)
            self.assertGreater(min(image.shape[:2]), 100)
            self.assertGreater((image[..., :3] < 0.5).any(axis=2).sum(), 500)
        return [path.name for path in paths]

    def test_result(self):
        with begin(self.dir / "r.h5", complete=0) as f:
            f.create_group("analyses/op1").attrs["type"] = "op"
            put(f, "analyses/op1/signals/v(a)", [0.5], "V")
            put(f, "analyses/op1/signals/i(v1)", [-1e-6], "A")
            put(f, "analyses/dc1/sweep", np.linspace(0, 1, 11), "V")
            put(f, "analyses/dc1/signals/v(b)", np.linspace(0, 1, 11) ** 2, "V")
            put_bit(f, keep=3)
            put_cell(f)
        self.assertEqual(self.names(self.dir / "r.h5", "-o", self.dir / "new" / "place"),
                         ["r-op1-current.png", "r-op1-voltage.png", "r-dc1.png", "r-trannoise1-cell-1.png",
                          "r-trannoise1-cell-2.png", "r-cell-cell.png"])

    def test_steps(self):
        with begin(self.dir / "s.h5") as f:
            for k, rl in ((2, 2e3), (1, 1e3), (10, 5e3)):
                for kind in ("op", "tran"):
                    group = f.create_group(f"analyses/{kind}1@{k}")
                    group.attrs["type"], group.attrs["step"], group.attrs["step.rl"] = kind, k, rl
                put(f, f"analyses/op1@{k}/signals/v(a)", [rl / 1e4], "V")
                put(f, f"analyses/op1@{k}/signals/i(v1)", [-1 / rl], "A")
                put(f, f"analyses/tran1@{k}/time", np.linspace(0, 1, 11 + k), "s")
                put(f, f"analyses/tran1@{k}/signals/v(a)", np.linspace(0, 1, 11 + k) ** 2, "V")
        self.assertEqual(self.names(self.dir / "s.h5"), ["s-op1-current.png", "s-op1-voltage.png", "s-tran1-v_a.png"])
        with thermospice.Result(self.dir / "s.h5") as result:
            self.assertEqual(result.steps()["tran1"], ["tran1@1", "tran1@2", "tran1@10"])
            self.assertEqual(result.stepped("op1@10"), {"rl": 5e3})

    def test_ensemble_only(self):
        with begin(self.dir / "swept.h5") as f:
            put_bit(f, signals=False)
        self.assertEqual(self.names(self.dir / "swept.h5"), ["swept-trannoise1-v_out.png"])
        with begin(self.dir / "one.h5") as f:
            put_bit(f, n_bias=1, signals=False)
            del f["analyses/trannoise1/bias"]
        self.assertEqual(self.names(self.dir / "one.h5"), ["one-trannoise1-v_out.png"])

    def put_psd(self, file, n_bias=2, n=33):
        root = "analyses/trannoise1/"
        put(file, root + "frequency", np.linspace(0, 1e6, n), "Hz")
        law = 1e-14 / (1 + (np.linspace(0, 1e6, n) / 1.5e5) ** 2)
        data = np.stack([[law, 0.05 * law]] * n_bias).transpose(0, 2, 1)
        put(file, root + "ensemble/psd/v(out)", data, "V^2/Hz")
        return law

    def test_psd(self):
        with begin(self.dir / "s.h5") as f:
            put_bit(f, signals=False)
            law = self.put_psd(f, n_bias=3)
        self.assertEqual(self.names(self.dir / "s.h5"), ["s-trannoise1-psd-v_out.png", "s-trannoise1-v_out.png"])
        with thermospice.Result(self.dir / "s.h5") as r:
            frequency, density, error, unit = r.reduced("trannoise1", "psd")["v(out)"]
            self.assertEqual((len(frequency), density.shape, unit), (33, (3, 33), "V^2/Hz"))
            np.testing.assert_array_equal(density[1], law)
            np.testing.assert_array_equal(error[1], 0.05 * law)
            self.assertEqual(r.reduced("trannoise1", "autocorrelation"), {})

    def test_psd_axes(self):
        shown = []
        with begin(self.dir / "s.h5") as f:
            f.create_group("analyses/trannoise1")
            self.put_psd(f, n_bias=1)
        save = plot.Figures.save
        plot.Figures.save = lambda s, figure, name: (shown.append(figure.axes[0]), save(s, figure, name))
        try:
            self.names(self.dir / "s.h5")
        finally:
            plot.Figures.save = save
        axes, = shown
        self.assertEqual((axes.get_xscale(), axes.get_yscale()), ("log", "log"))
        self.assertEqual(axes.get_ylabel(), "one-sided density of v(out) / (V^2/Hz)")
        self.assertEqual(axes.get_xlabel(), "frequency / MHz")

    def test_cells(self):
        with begin(self.dir / "c.h5") as f:
            put_cell(f, "a")
            put_cell(f, "b", n=1, fitted=False)
        self.assertEqual(self.names(self.dir / "c.h5"), ["c-cell-a.png", "c-cell-b.png"])

    def test_ladder(self):
        kinds = ("measured", "simulated", "computed", "published", "reconstructed", "assumed", "unheard of")
        ladder = [{"label": f"rung {k}", "joules": 10.0 ** (k - 18), "low": 0.5 * 10.0 ** (k - 18),
                   "high": 3 * 10.0 ** (k - 18), "kind": kind, "source": "here"} for k, kind in enumerate(kinds)]
        ladder.append({"label": "unknown", "joules": None, "low": None, "high": None, "kind": "assumed", "source": ""})
        (self.dir / "report.json").write_text(json.dumps({"ladder": ladder, "cell": {"name": "c", "deck": "d"}}))
        self.assertEqual(self.names(self.dir / "report.json"), ["report-ladder.png"])

    def test_errors(self):
        self.assertEqual(self.run_plot()[0], 2)
        self.assertEqual(self.run_plot("--nonsense")[0], 2)
        (self.dir / "text.h5").write_text("no")
        (self.dir / "report.json").write_text("{\"ladder\": 1}")
        h5py.File(self.dir / "foreign.h5", "w").close()
        begin(self.dir / "empty.h5").close()
        (self.dir / "cut.h5").write_bytes((self.dir / "empty.h5").read_bytes()[:300])
        for name in ("absent.h5", "text.h5", "report.json", "foreign.h5", "empty.h5", "cut.h5"):
            status, _, err = self.run_plot(self.dir / name)
            self.assertEqual(status, 3, name)
            self.assertIn(name, err)
        done = subprocess.run([sys.executable, str(PLOT), str(self.dir / "absent.h5")], capture_output=True, text=True)
        self.assertEqual((done.returncode, "Traceback" in done.stderr), (3, False))

    def test_reading(self):
        with begin(self.dir / "r.h5") as f:
            put_bit(f)
            put_cell(f)
        with thermospice.Result(self.dir / "r.h5") as r:
            self.assertEqual(r.title, "Two-state cell")
            self.assertTrue(r.complete)
            values, unit = r.signal("trannoise1", "v(out)")
            self.assertEqual((values.shape, unit), ((6, 400), "V"))
            edges, counts = r.histogram("trannoise1", "v(out)")
            self.assertEqual((len(edges), counts.shape, edges[0], edges[-1]), (129, (3, 128), -0.3, 0.3))
            cell = r.cell("cell")
            self.assertEqual(cell["vs"].value, 0.03)
            self.assertEqual(cell["tau"].unit, "s")
            np.testing.assert_allclose(cell.fit("logistic", [0, 0.03]), [0.5, 1 / (1 + np.exp(-1))], rtol=1e-12)
            np.testing.assert_allclose(cell.fit("probit", [0.051]), [0.8413447460685429], rtol=1e-12)


if __name__ == "__main__":
    unittest.main()
