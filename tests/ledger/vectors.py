"""Write docs/proof-vectors.json anew: ``python -m tests.ledger.vectors``. What it holds follows from fixed keys."""

import base64
import json
from pathlib import Path

from service.ledger.tree import Frontier
from service.ledger.verify import leaf_hash
from tests.ledger.proofs import LOG, OTHER, PROVE, REPORT, WITNESS, issued, logged, plain_of

ENTRIES = [issued(at, REPORT + str(at).encode()) for at in range(1, 6)]


def tree():
    frontier, roots = Frontier(), []
    for entry in ENTRIES:
        frontier.add(leaf_hash(entry))
        roots.append(frontier.root().hex())
    leaves = [leaf_hash(entry).hex() for entry in ENTRIES]
    return {"entries": [base64.b64encode(one).decode() for one in ENTRIES], "leaves": leaves, "roots": roots}


def vector(name, report, proof, expected, **more):
    return {
        "name": name,
        "expected": expected,
        "report": base64.b64encode(report).decode(),
        "proof": proof.decode(),
        **more,
    }


def vectors():
    proof, plain = PROVE(5), plain_of(PROVE(5))
    witnesses = [str(WITNESS.key)]
    accepted = {"shows": ["fabelby", "r-5", 5, 11]}
    yield vector("a report in a log of eleven", REPORT, plain, "accepted", **accepted)
    yield vector("with a witness", REPORT, proof, "accepted", witnesses=witnesses, **accepted)
    yield vector("a witness nobody asked about", REPORT, proof, "accepted", **accepted)
    yield vector("alone in the log", REPORT, logged([issued(1, REPORT)])(1), "accepted", shows=["fabelby", "r-1", 1, 1])
    yield vector("one byte of the report changed", REPORT[:-1] + b"!", plain, "other-file")
    yield vector("the proof of another report", REPORT, PROVE(4), "other-file")
    yield vector("another key of the same name", REPORT, plain, "other-key", key=str(OTHER.key))
    yield vector("no witness signed", REPORT, plain, "no-witness", witnesses=witnesses)
    yield vector("cut after the path", REPORT, plain.partition(b"\n\n")[0] + b"\n\n", "broken")
    yield vector("the last hash left out", REPORT, without_last_hash(plain), "broken")
    yield vector("a line more", REPORT, plain.replace(b"\nindex", b"\nremark x\nindex"), "no-proof")
    yield vector("an index with a leading zero", REPORT, plain.replace(b"\nindex 4", b"\nindex 04"), "no-proof")
    yield vector("another place", REPORT, plain.replace(b"\nindex 4", b"\nindex 5"), "broken")
    yield vector("base64 with a bit that decodes to nothing", REPORT, loosened(plain), "no-proof")
    yield vector("another size", REPORT, plain.replace(b"\n11\n", b"\n12\n"), "bad-signature")
    yield vector(
        "no entry in the proof", REPORT, b"\n".join(plain.split(b"\n")[:1] + plain.split(b"\n")[2:]), "no-issue"
    )
    drafted = issued(1, REPORT).replace(b"report-issued.v1", b"report-drafted.v1")
    yield vector("an entry of something else", REPORT, logged([drafted])(1), "no-issue")


def without_last_hash(proof):
    head, _, note = proof.partition(b"\n\n")
    return head.rpartition(b"\n")[0] + b"\n\n" + note


def loosened(proof):
    """Change the last, unused bits of a hash in base64: it decodes to the same bytes."""
    lines = proof.split(b"\n")
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters.index(lines[3][-2:-1])
    lines[3] = lines[3][:-2] + letters[last ^ 1 : (last ^ 1) + 1] + b"="
    return b"\n".join(lines)


def document():
    return {"key": str(LOG.key), "tree": tree(), "vectors": list(vectors())}


if __name__ == "__main__":
    Path("docs/proof-vectors.json").write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
