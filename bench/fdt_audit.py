#!/usr/bin/env python3
"""Write docs/fdt.md: what the fluctuation-dissipation audit of every transistor model finds.

The audit is the CTest physics.fdt (tests/physics/test_fdt.c), which fails where a law does not hold; called with
--table it prints the rows. Bits do not depend on machine or threads, so the table changes only with the models.
"""
import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = """# Audit of the fluctuation-dissipation theorem

Written by `bench/fdt_audit.py` from the CTest `physics.fdt`, which fails where a law does not hold. Every row is the
worst over sizes (EKV: 10/10 um without series resistance, 2/1, 1/0.5, 0.8/0.25 um, and 1/0.5 um with fifty times the
card's series resistance), source-bulk voltages of 0 and 0.5 V and, from *bound* on, the three temperatures; *bound* and
*shot* over 80 drain voltages from 1 uV to 3 V of either sign too. *Level* is the inversion level i_f at Vds = 0 (subvt:
current of one direction over i0).

- *Nyquist*: |S/(4kT g) - 1| at Vds = 0 and +-1 nV, g the conductance at Vds = 0; allowed 1e-6. What remains is 1 nV/2U.
- *bound*: least S Vds/(4kT I) - 1; allowed: rounding below 0. At 1 uV it is (Vds/U)^2/12 = 1e-10 by itself.
- *shot*: largest |S/(2q I coth(Vds/2U)) - 1|; a law in weak inversion only, for subvt always.
- *published*: largest S/(4kT g) - 1 at Vds = 0 of the law published with the card, which is not ours (`NOISE=card`).

| model | level | Nyquist, 233 K | 300 K | 398 K | bound | shot | published |
|---|---|---|---|---|---|---|---|
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/tests/physics.fdt"))
    parser.add_argument("--out", default=str(ROOT / "docs/fdt.md"))
    options = parser.parse_args()
    done = subprocess.run([options.program, "--table"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the audit fails:\n{done.stdout}{done.stderr}")
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    pathlib.Path(options.out).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print("written", options.out)


if __name__ == "__main__":
    main()
