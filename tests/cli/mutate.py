#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damaged decks: usage mutate.py PROGRAM DECKS... [--count n] [--seed s] [--keep DIR].

Makes decks from those given by dropping, doubling and swapping tokens, lines and characters, breaking numbers, cutting
lines and putting in bytes, and checks each (`check`, nothing is run). It must end within 10 s with exit 0 (still a
deck), 2 or 3, every error with file, line, column and code, and errors there exactly when the exit is not 0. Then five
mistakes are put into each deck, and each must be reported at its line. Last, every form that `PROGRAM cards` shows is
cut short at every word. The same seed makes the same decks.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

LIMIT = 10  # seconds for one deck
ERROR = re.compile(rb"^(.*): error: .*\[E\d{4}\]$")
PLACE = re.compile(rb"^[^:]+:\d+:\d+$")
NUMBER = re.compile(rb"\d+\.?\d*(?:e[+-]?\d+)?[a-z]*", re.I)
TOKEN = re.compile(rb"[A-Za-z_.][\w.]*|\d[\w.+-]*|[^\sA-Za-z_\d]")
WORDS = [b"(", b")", b"{", b"}", b"'", b'"', b"=", b",", b"**", b"?", b":", b"+", b"-", b";", b"$ ", b"0", b"1e999",
         b"-1", b"nan", b"1.2.3", b"v(a)", b"i(v1)", b"time", b"temper", b"\n+", b"\n*", b".end", b".ends", b".subckt s a",
         b".control", b".endc", b".lib x", b".include nothing", b".func f(x) {f(x)}", b".param a='b' b='a'", b"m=0",
         b".if 0", b".else", b".endif", b"\x00", b"\xff", b"\xc3", b"\r", b"x1", b"level=54", b"w=1u", b"list(1", b"pulse(", b"1/0", b"sqrt(-1)"]
MISTAKES = [(b"rbad1 bada 0 1..2", b"E0315"), (b"rbad2 bada 0 'nosuch_name*2'", b"E0310"),
            (b"mbad3 bada 0 0 0 nosuch_model", b"E0301"), (b".nosuch_card 1", b"E0311"),
            (b"rbad5 bada 0 (1", b"E0202")]


def splice(text, match, new):
    return text[:match.start()] + new + text[match.end():]


def one_change(rng, text, other):
    """One change of the text; `other` is another deck to take lines from."""
    tokens = list(TOKEN.finditer(text)) or [re.match(rb"", text)]
    lines = text.split(b"\n")
    i = rng.randrange(len(lines))
    token = rng.choice(tokens)
    kind = rng.randrange(14)
    if kind == 0:
        return splice(text, token, b"")
    if kind == 1:
        return splice(text, token, token.group() + b" " + token.group())
    if kind == 2:
        a, b = sorted((token, rng.choice(tokens)), key=lambda t: t.start())
        if a.end() > b.start():
            return text
        return text[:a.start()] + b.group() + text[a.end():b.start()] + a.group() + text[b.end():]
    if kind == 3:
        numbers = list(NUMBER.finditer(text))
        broken = [b"1e", b"--1", b"1.2.3", b"0", b"-1", b"1e400", b"1e-400", b"12kk", b"0x1f", b"1e+", b".", b"1e30"]
        return splice(text, rng.choice(numbers), rng.choice(broken)) if numbers else text
    if kind == 4:
        lines[i] = lines[i][:rng.randrange(len(lines[i]) + 1)]
    elif kind == 5:
        at = rng.randrange(len(text) + 1)
        return text[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 5))) + text[at:]
    elif kind == 6:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(WORDS) + text[at:]
    elif kind == 7:
        return splice(text, token, rng.choice(WORDS))
    elif kind == 8:
        del lines[i]
    elif kind == 9:
        lines.insert(rng.randrange(len(lines) + 1), lines[i])
    elif kind == 10:
        k = rng.randrange(len(lines))
        lines[i], lines[k] = lines[k], lines[i]
    elif kind == 11:
        lines.insert(i, rng.choice(other.split(b"\n")))
    elif kind == 12:
        return text[:rng.randrange(len(text) + 1)]
    else:
        at = rng.randrange(max(1, len(text)))
        return text[:at] + bytes([text[at] ^ (1 << rng.randrange(7))]) + text[at + 1:] if text else text
    return b"\n".join(lines)


def check(program, path):
    """(exit status or None for a hang, lines of the messages)"""
    try:
        done = subprocess.run([program, "check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                              check=False)
    except subprocess.TimeoutExpired:
        return None, []
    return done.returncode, done.stdout.split(b"\n")


def complaint(status, lines):
    """What is wrong with this end, '' if nothing."""
    errors = [line for line in lines if b": error: " in line or line.startswith(b"error:")]
    if status is None:
        return "hangs"
    if status not in (0, 2, 3):
        return f"exit {status}"
    if any(b"Sanitizer" in line or b"runtime error" in line or b"E0999" in line for line in lines):
        return "internal error"
    for line in errors:
        match = ERROR.match(line)
        if not match or not PLACE.match(match.group(1)):
            return "an error without place or code: " + line.decode(errors="replace")
    if bool(errors) != (status != 0):
        return f"exit {status} with {len(errors)} errors"
    return ""


def save(text, path):
    with open(path, "wb") as to:
        to.write(text)


def test_damaged(options, decks, path):
    rng = random.Random(options.seed)
    ends = {}
    failed = 0
    for n in range(options.count):
        name = rng.choice(sorted(decks))
        text = decks[name]
        for _ in range(rng.randrange(1, 5)):
            text = one_change(rng, text, decks[rng.choice(sorted(decks))])
        save(text, path)
        status, lines = check(options.program, path)
        ends[status] = ends.get(status, 0) + 1
        wrong = complaint(status, lines)
        if wrong:
            failed += 1
            print(f"FAILED deck {n} from {name}: {wrong}")
            if options.keep:
                save(text, os.path.join(options.keep, f"mutant{options.seed}_{n}.cir"))
    print(f"{options.count} damaged decks, exit status: {ends}")
    if ends.get(2, 0) < options.count // 2:
        failed += 1
        print("FAILED fewer than half of the decks were refused: the damage is too small")
    return failed


def test_five(options, decks, path):
    """Five mistakes, on lines of their own spread over the deck: five messages."""
    failed = 0
    for name in sorted(decks):
        lines = [line for line in decks[name].split(b"\n") if line.strip().lower() != b".end"]
        ends = [i for i in range(1, len(lines) + 1) if i == len(lines) or not lines[i].lstrip().startswith(b"+")]
        top, depth = [], 0  # places outside .subckt
        for i, line in enumerate(lines):
            depth += line.lower().startswith(b".subckt")
            depth -= line.lower().startswith(b".ends")
            if depth == 0 and i + 1 in ends:
                top.append(i + 1)
        wanted = []
        for k, (card, code) in enumerate(MISTAKES):
            at = top[k * (len(top) - 1) // (len(MISTAKES) - 1)] + k
            lines.insert(at, card)
            wanted.append((at + 1, code))
        save(b"\n".join(lines) + b"\n", path)
        status, said = check(options.program, path)
        errors = [line for line in said if b": error: " in line]
        missing = [w for w in wanted if not any(f".cir:{w[0]}:".encode() in e and w[1] in e for e in errors)]
        if status != 2 or missing or len(errors) != len(wanted):
            failed += 1
            print(f"FAILED five mistakes in {name}: exit {status}, {len(errors)} errors, missing {missing}")
            print(b"\n".join(errors).decode(errors="replace"))
    print(f"five mistakes in each of {len(decks)} decks")
    return failed


def test_forms(options, path):
    """Every form of the manual (`PROGRAM cards`), cut behind each of its words: a deck or located messages."""
    printed = subprocess.run([options.program, "cards"], check=True, stdout=subprocess.PIPE).stdout
    forms = re.findall(rb"^  ([.A-Z][a-z]+ .*|\.[a-z]+)$", printed, re.M)
    failed = 0
    for form in forms:
        words = form.split()
        for n in range(1, len(words) + 1):
            save(b"a form cut short\nv1 a 0 1\nr1 a 0 1k\n.op\n" + b" ".join(words[:n]) + b"\n", path)
            wrong = complaint(*check(options.program, path))
            if wrong:
                failed += 1
                print(f"FAILED {b' '.join(words[:n]).decode()}: {wrong}")
    print(f"{len(forms)} forms of the manual, cut short")
    return failed + (len(forms) < 40)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("decks", nargs="+")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    decks = {}
    for deck in options.decks:
        with open(deck, "rb") as source:
            decks[os.path.basename(deck)] = source.read()
    with tempfile.TemporaryDirectory() as folder:
        # .include of the gallery's decks is relative to theirs
        models = os.path.join(os.path.dirname(os.path.abspath(options.decks[0])), "..", "models")
        os.symlink(os.path.abspath(models), os.path.join(folder, "models"))
        os.mkdir(os.path.join(folder, "netlists"))
        path = os.path.join(folder, "netlists", "mutant.cir")
        failed = test_damaged(options, decks, path) + test_five(options, decks, path)
        failed += test_forms(options, path)
    print("passed" if failed == 0 else f"{failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
