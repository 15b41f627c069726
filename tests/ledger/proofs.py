"""Proofs of invented reports, and their mutants: for both verifiers and for the vectors of docs/proof.md."""

import hashlib
import json
import random

from service.ledger.notes import Signer
from service.ledger.tree import entry_bytes, grow, inclusion_proof, nodes_of, root
from service.ledger.verify import COSIGNATURE, Checkpoint, Proof, leaf_hash

LOG = Signer("example.org/log", bytes(range(32)))
OTHER = Signer("example.org/log", bytes(range(1, 33)))
WITNESS = Signer("library.example", bytes(range(2, 34)), COSIGNATURE)
MOMENT = 1_782_309_792


def issued(at, report=b"A report, byte for byte.\n", **more):
    state = {
        "data": {
            "files": [{"name": f"r-{at}.txt", "sha256": hashlib.sha256(report).hexdigest()}],
            "known_by": at - 1,
            "recipient": {"key": f"fabelby/report/r-{at}", "sha256": hashlib.sha256(b"cipher").hexdigest()},
            "report_id": f"r-{at}",
        },
        **more,
    }
    raw = json.dumps(state, sort_keys=True, separators=(",", ":")).encode()
    fields = (
        at,
        f"fabelby/report/r-{at}",
        2,
        "report-issued.v1",
        "fabelby",
        f"report/r-{at}",
        f"id-{at}",
        MOMENT * 10**6,
    )
    return entry_bytes(fields, raw)


def logged(entries, signer=LOG, *, cosigned=False):
    """Return a function that proves an entry by its position, in a log of these entries."""
    tiles = {}
    size = grow(0, map(leaf_hash, entries), tiles)
    node = nodes_of(tiles.__getitem__)
    checkpoint = Checkpoint(signer.name, size, root(size, node))
    note = signer.sign(checkpoint) + (WITNESS.cosign(checkpoint, MOMENT) if cosigned else "")

    def prove(position):
        path = tuple(inclusion_proof(position - 1, size, node))
        return str(Proof(position - 1, path, note, entries[position - 1])).encode()

    return prove


REPORT = b"A report, byte for byte.\n"
PROVE = logged([issued(at, REPORT + str(at).encode() * (at != 5)) for at in range(1, 12)], cosigned=True)


def mutants(report, proof, count, seed=1):
    """Yield changed pairs: a bit, a byte, a cut, a line left out, doubled or swapped, in either file."""
    dice = random.Random(seed)  # noqa: S311 - the same mutants every time
    while count:
        which = dice.random() < 0.15
        changed = changed_once(dice, report if which else proof)
        if changed != (report if which else proof):
            count -= 1
            yield (changed, proof) if which else (report, changed)


def changed_once(dice, raw):  # noqa: PLR0911 - one arm a kind of change
    at = dice.randrange(len(raw))
    lines = raw.split(b"\n")
    line = dice.randrange(len(lines))
    kind = dice.randrange(8)
    if kind == 0:
        return raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :]
    if kind == 1:
        return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
    if kind == 2:
        return raw[:at]
    if kind == 3:
        return raw[:at] + raw[at + 1 :]
    if kind == 4:
        return raw[:at] + dice.choice([b"\n", b" ", b"=", b"0", b"A", b"\r", b"\xc2\x85", b"\xef\xbb\xbf"]) + raw[at:]
    if kind == 5:
        return b"\n".join(lines[:line] + lines[line + 1 :])
    if kind == 6:
        return b"\n".join([*lines[: line + 1], *lines[line:]])
    other = dice.randrange(len(lines))
    lines[line], lines[other] = lines[other], lines[line]
    return b"\n".join(lines)


def plain_of(proof):
    """Return a proof without its witness, whose line nobody asked about."""
    text = proof.decode()
    return "".join(one for one in text.splitlines(keepends=True) if "library.example" not in one).encode()
