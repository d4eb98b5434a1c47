#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of a document against the program: usage manual.py PROGRAM FILE [--write].

Everything between `<!-- begin NAME -->` and `<!-- end NAME -->` in FILE must be what `PROGRAM cards --markdown` prints
there, and nothing that it prints may be absent. --write puts it into the file.
"""
import re
import subprocess
import sys

BLOCK = re.compile(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->\n", re.S)


def main():
    program, path = sys.argv[1:3]
    printed = subprocess.run([program, "cards", "--markdown"], check=True, capture_output=True, text=True).stdout
    wanted = {m.group(1): m.group(0) for m in BLOCK.finditer(printed)}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    written = BLOCK.sub(lambda m: wanted.get(m.group(1), m.group(0)), text)
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write(written)
        text = written
    present = {m.group(1): m.group(0) for m in BLOCK.finditer(text)}
    bad = sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
    for name in bad:
        print(f"{path}: the table '{name}' is not what the program prints: tests/cli/manual.py PROGRAM {path} --write")
    if not wanted:
        print("the program prints no tables")
    return 1 if bad or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
