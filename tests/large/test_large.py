#!/usr/bin/python3
"""Large circuits (bench/circuits/make.py) against laws: test_large.py PROGRAM ladder|adder|ring.

ladder  10,000 RC sections against the closed form of the discrete ladder, at two tolerances
adder   16 bits of nine NAND gates against integers, at rest and after the operands have switched
ring    operating point of 101 inverters = that of one inverter tied to itself; the period of a ring grows by the same
        amount for every 20 stages; a tolerance ten times smaller moves it by less than the larger one allows
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("needs python3-h5py")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench" / "circuits")]
sys.dont_write_bytecode = True
import large  # noqa: E402
import make  # noqa: E402

failed = 0


def check(what, ok, text):
    global failed
    failed += not ok
    print("ok  " if ok else "FAIL", what, text)


def run(lines):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "deck.cir").write_text("\n".join(lines + [".end"]) + "\n", encoding="ascii")
        done = subprocess.run([sys.argv[1], "run", "-o", "out.h5", "deck.cir"], cwd=folder, capture_output=True, text=True,
                              check=False, timeout=120)
        if done.returncode:
            sys.exit("FAIL: " + done.stderr)
        with h5py.File(path / "out.h5") as f:
            return {name: {"time": a["time"][...] if "time" in a else None,
                           **{s: a["signals/" + s][...] for s in a["signals"]}} for name, a in f["analyses"].items()}


def options(reltol):
    return [f".options reltol={reltol!r} vntol={reltol * 1e-3!r} abstol=1e-12"]


def ladder():
    errors = []
    for reltol in (1e-3, 1e-5):
        r = run(make.ladder() + options(reltol) + [".save v(out)", ".tran 10n 2u"])["tran1"]
        errors.append(np.max(np.abs(r["v(out)"] - large.ladder_closed_form(r["time"]))))
        check("ladder", errors[-1] < reltol, f"reltol {reltol:g}: largest error {errors[-1]:.2e} V of 1 V")
    check("ladder", errors[1] < errors[0] / 10, "the error falls with the tolerance")


def adder():
    signals = [f"s{k}" for k in range(16)] + ["k16"]
    for a, b, carry in ((0xFFFF, 0x0001, 0), (0x1234, 0xFEDC, 0), (0xAAAA, 0x5555, 1), (0x8000, 0x8000, 0)):
        r = run(make.adder(0, 16, a, b, carry) + options(1e-3) +
                [".save " + " ".join(f"v({s})" for s in signals), ".op", ".tran 100p 20n"])
        for name, value, want in (("rest", r["op1"], carry), ("sum", r["tran1"], a + b + carry)):
            volts = [np.ravel(value[f"v({s})"])[-1] for s in signals]
            clear = all(min(abs(v), abs(v - make.VDD)) < 0.01 * make.VDD for v in volts)
            got = sum(1 << k for k, v in enumerate(volts) if v > make.VDD / 2)
            check("adder", clear and got == want, f"{name} of {a:#x} + {b:#x} + {carry}: {got:#x}, levels clear: {clear}")


def period(stages, reltol):
    r = run(make.ring(0, stages) + options(reltol) + [".save v(n0)", f".tran 10p {0.9 * stages:g}n"])["tran1"]
    x = large.crossings(r["time"], r["v(n0)"], make.VDD / 2, rising=True)
    return (x[-1] - x[0]) / (len(x) - 1)


def ring():
    single = make.gates(0) + [f"vdd vdd 0 {make.VDD}", "x0 n0 n0 vdd inv", ".op"]
    one = run(["inverter tied to itself"] + single)["op1"]["v(n0)"]
    v = run(make.silent_ring(0) + [".op"])["op1"]
    far = max(np.ravel(abs(v[f"v(n{k})"] - one))[0] for k in range(101))
    check("ring", far < 1e-6, f"101 outputs within {far:.1e} V of the switching voltage")
    short, middle, long = (period(n, 1e-4) for n in (21, 41, 61))
    bend = abs((long - middle) / (middle - short) - 1)
    check("ring", bend < 1e-3, f"periods {short * 1e9:.5f} {middle * 1e9:.5f} {long * 1e9:.5f} ns, bend {bend:.1e}")
    fine = period(21, 1e-5)
    check("ring", abs(fine / short - 1) < 1e-4, f"21 stages, tolerance 1e-5: {fine * 1e9:.5f} ns")


{"ladder": ladder, "adder": adder, "ring": ring}[sys.argv[2]]()
sys.exit(failed > 0)
