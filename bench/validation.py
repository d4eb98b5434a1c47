#!/usr/bin/env python3
"""Run every deck of the gallery and write what it claims, what was found and how sure into docs/validation.md.

A claim is a law, a closed form or an exact solution (the deck's comment says which); the value found comes from this
program. Bits do not depend on machine or threads, so the table changes only with the numerics: CHANGELOG says when.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = """# What is checked against what

Every claim of every deck in `netlists/`, written by `bench/validation.py` from `thermospice check --run --json`. A deck's
comment says where the wanted value comes from: a law, a closed form or an exact solution. *Allowed* is the tolerance of
the claim; *s.e.* the standard error of the value found, where it is an estimate. CTest runs the same claims
(`gallery.*`). What needs no sampling stands in docs/numerics.md (transfer operators, covariance recursions, the law of
single electrons) and is run by `physics.*`; `./test -L stat` runs the long statistics.

"""


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/thermospice"))
    parser.add_argument("--out", default=str(ROOT / "docs/validation.md"))
    options = parser.parse_args()
    parts = []
    for deck in sorted((ROOT / "netlists").glob("*.cir")):
        print(deck.name, file=sys.stderr)
        parts.append(table(deck, deck_rows(options.program, deck)))
    pathlib.Path(options.out).write_text(HEAD + "\n".join(parts), encoding="utf-8")
    print("written", options.out)


if __name__ == "__main__":
    main()
