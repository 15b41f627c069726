"""An issued report is verified by its proof alone, offline, and by two verifiers that agree; the vectors of the docs hold."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.ledger import verify
from service.ledger.notes import Signer
from service.ledger.verify import (
    COSIGNATURE,
    SENTENCES,
    Checkpoint,
    Key,
    Proof,
    RejectedError,
    main,
    said,
    verify_report,
)
from tests.ledger.proofs import LOG, OTHER, PROVE, REPORT, WITNESS, issued, logged, mutants, plain_of
from tests.ledger.seal import sealed
from tests.ledger.vectors import document

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "docs" / "proof-vectors.json").read_text("utf-8"))
MUTANTS = 4000


def reason(*given, **more):
    with pytest.raises(RejectedError) as caught:
        verify_report(*given, **more)
    return caught.value.reason


# ------------------------------------------------------------------ what is accepted, and what not
def test_a_report_and_its_proof_are_accepted():
    shown = verify_report(REPORT, PROVE(5), key=LOG.key, witnesses=[WITNESS.key])
    assert (shown.process, shown.report, shown.position, shown.checkpoint.size) == ("fabelby", "r-5", 5, 11)
    assert (shown.recorded_at, shown.cosigners) == (1_782_309_792_000_000, {"library.example": 1_782_309_792})


def test_each_reason_is_told_apart():
    proof = PROVE(5)
    assert reason(REPORT + b"x", proof, key=LOG.key) == "other-file"
    assert reason(REPORT, PROVE(4), key=LOG.key) == "other-file"
    assert reason(REPORT, proof, key=OTHER.key) == "other-key"
    assert reason(REPORT, proof[:-30], key=LOG.key) == "broken"
    assert reason(REPORT, proof[:60], key=LOG.key) == "no-proof"
    assert reason(REPORT, b"", key=LOG.key) == "no-proof"
    assert reason(REPORT, b"x" * 5_000_000, key=LOG.key) == "no-proof"
    assert reason(REPORT, str(Proof.read(proof.decode())).replace("extra", "extre").encode()) == "no-proof"
    read = Proof.read(proof.decode())
    assert reason(REPORT, str(Proof(read.index, read.path, read.checkpoint)).encode(), key=LOG.key) == "no-issue"
    assert reason(REPORT, proof, key=LOG.key, witnesses=[Signer.make("other.example", COSIGNATURE).key]) == "no-witness"
    signed = Signer(LOG.name, OTHER.seed).sign(Checkpoint.read(read.checkpoint.partition("\n\n")[0] + "\n"))
    raw = base64.b64decode(signed.rstrip("\n").rpartition(" ")[2])
    stolen = f"— {LOG.name} {base64.b64encode(LOG.key.id + raw[4:]).decode()}\n"
    imitated = read.checkpoint.partition("\n\n")[0] + "\n\n" + stolen
    assert (
        reason(REPORT, str(Proof(read.index, read.path, imitated, read.extra)).encode(), key=LOG.key) == "bad-signature"
    )


def test_an_entry_of_something_else_is_no_proof_of_a_report():
    entry = issued(1, REPORT)
    for changed in (
        entry.replace(b"report-issued.v1", b"report-drafted.v1"),
        entry.replace(b"\nreport/r-1\n", b"\nreport/r-2\n"),
        entry.replace(b"kurslog-entry/1\n1\n", b"kurslog-entry/1\n2\n"),
        entry[:-1],
        entry.replace(b'"files":', b'"fails":'),
    ):
        assert changed != entry
        assert reason(REPORT, logged([changed])(1), key=LOG.key) == "no-issue"


def test_without_a_key_it_is_only_consistent_and_says_whose_signature_it_claims():
    shown = verify_report(REPORT, PROVE(5))
    assert shown.key is None
    assert shown.signed == (f"example.org/log+{LOG.key.id.hex()}",)
    lines = "\n".join(verify.sentences_of(shown, "da"))
    assert said("shows-not-key", "da") in lines
    assert shown.signed[0] in lines
    assert str(LOG.key).startswith(shown.signed[0])


def test_a_fingerprint_that_somebody_kept_tells_a_fork():
    proof = PROVE(5)
    held = Proof.read(proof.decode()).checkpoint
    assert verify_report(REPORT, proof, held=held).compared
    fork = LOG.sign(Checkpoint(LOG.name, 11, hashlib.sha256(b"fork").digest()))
    later = LOG.sign(Checkpoint(LOG.name, 12, hashlib.sha256(b"later").digest()))
    assert reason(REPORT, proof, key=LOG.key, held=fork) == "forked"
    assert reason(REPORT, proof, key=LOG.key, held=later) == "other-size"
    assert reason(REPORT, proof, key=LOG.key, held="x") == "no-checkpoint"
    assert reason(REPORT, proof, key=LOG.key, held=OTHER.sign(Checkpoint(LOG.name, 11, b"x" * 32))) == "no-checkpoint"


# ------------------------------------------------------------------ mutants
def test_no_mutant_is_accepted_and_each_is_refused_with_a_sentence():
    proof, seen = plain_of(PROVE(5)), set()
    verify_report(REPORT, proof, key=LOG.key)
    for changed in mutants(REPORT, proof, MUTANTS):
        seen.add(reason(*changed, key=LOG.key))
    assert seen <= SENTENCES.keys()
    assert {"other-file", "no-proof", "broken", "bad-signature", "other-key"} <= seen


def test_no_bit_of_a_proof_can_change():
    proof = plain_of(PROVE(5))
    for bit in range(len(proof) * 8):
        changed = bytearray(proof)
        changed[bit // 8] ^= 1 << bit % 8
        assert reason(REPORT, bytes(changed), key=LOG.key) in SENTENCES


# ------------------------------------------------------------------ running it
@pytest.fixture
def files(tmp_path):
    for name, content in (
        ("r.txt", REPORT),
        ("r.proof", PROVE(5)),
        ("held", Proof.read(PROVE(5).decode()).checkpoint.encode()),
    ):
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_file_stands_alone(files):
    alone = files / "verify.py"
    alone.write_bytes((ROOT / "service" / "ledger" / "verify.py").read_bytes())
    command = [sys.executable, "-I", str(alone), "r.txt", "r.proof", "--key", str(LOG.key), "--language", "en"]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert said("accepted", "en") in done.stdout
    assert said("shows-not", "en") in done.stdout
    assert "24 June 2026" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["r.txt", "r.proof", "--key", str(LOG.key)], 0, "accepted"),
        (
            ["r.txt", "r.proof", "--key", str(LOG.key), "--witness", str(WITNESS.key), "--checkpoint", "held"],
            0,
            "same-as-held",
        ),
        (["r.txt", "r.proof"], 0, "consistent"),
        (["r.txt", "r.proof", "--key", str(OTHER.key)], 1, "other-key"),
        (["r.proof", "r.proof", "--key", str(LOG.key)], 1, "other-file"),
        (["r.txt", "r.txt", "--key", str(LOG.key)], 1, "no-proof"),
        (["r.txt", "r.proof", "--key", "x"], 2, "no-key"),
        (["r.txt", "none", "--key", str(LOG.key)], 2, "no-file"),
        (["r.txt", "."], 2, "no-file"),
        (["r.txt", "\x00"], 2, "no-file"),
    ],
)
@pytest.mark.parametrize("language", ["da", "en"])
def test_the_command_says_what_it_found_and_ends_accordingly(
    files, monkeypatch, capsys, words, code, sentence, language
):
    monkeypatch.chdir(files)
    assert main([*words, "--language", language]) == code
    assert said(sentence, language) in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["a"], ["a", "b", "c"], ["a", "b", "--language", "de"], ["--nonsense"]])
def test_wrong_usage_ends_with_2(words, capsys):
    assert main(words) == 2


def test_every_sentence_is_in_both_languages():
    assert all(da and en and da != en for name, (da, en) in SENTENCES.items() if name not in {"report", "log"})


# ------------------------------------------------------------------ the document's vectors
def recomputed(proof, report):
    """Verify by the document alone: 20 lines that share nothing with the verifier but SHA-256 and Ed25519."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    head, _, note = proof.partition("\n\n")
    _, extra, index, *path = head.split("\n")
    entry, index = base64.b64decode(extra[6:]), int(index[6:])
    text, _, signatures = note.rpartition("\n\n")
    _, size, top = text.split("\n")
    found, at, last = hashlib.sha256(b"\0" + entry).digest(), index, int(size) - 1
    for line in path:
        pair = [base64.b64decode(line), found] if at % 2 or at == last else [found, base64.b64decode(line)]
        while at == last and at % 2 == 0 and at:
            at, last = at // 2, last // 2
        found, at, last = hashlib.sha256(b"\1" + b"".join(pair)).digest(), at // 2, last // 2
    raw = base64.b64decode(VECTORS["key"].split("+", 2)[2])
    signature = base64.b64decode(signatures.split("\n")[0].split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature, (text + "\n").encode())
    files = json.loads(entry.split(b"\n", 9)[9])["data"]["files"]
    return found == base64.b64decode(top) and hashlib.sha256(report).hexdigest() in {one["sha256"] for one in files}


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda one: one["name"])
def test_the_vectors_hold(vector):
    report, proof = base64.b64decode(vector["report"]), vector["proof"].encode()
    keys = {
        "key": Key.read(vector.get("key", VECTORS["key"])),
        "witnesses": [Key.read(one) for one in vector.get("witnesses", [])],
    }
    if vector["expected"] == "accepted":
        shown = verify_report(report, proof, **keys)
        assert [shown.process, shown.report, shown.position, shown.checkpoint.size] == vector["shows"]
        assert recomputed(vector["proof"], report)
    else:
        assert reason(report, proof, **keys) == vector["expected"]


def test_the_hashes_of_the_vectors_hold():
    tree = VECTORS["tree"]
    leaves = [hashlib.sha256(b"\0" + base64.b64decode(one)).digest() for one in tree["entries"]]

    def top(hashes):
        if len(hashes) == 1:
            return hashes[0]
        left = 1
        while left * 2 < len(hashes):
            left *= 2
        return hashlib.sha256(b"\1" + top(hashes[:left]) + top(hashes[left:])).digest()

    assert [one.hex() for one in leaves] == tree["leaves"]
    assert [top(leaves[:size]).hex() for size in range(1, len(leaves) + 1)] == tree["roots"]


def test_the_document_names_every_reason_and_field():
    text = (ROOT / "docs" / "proof.md").read_text("utf-8")
    assert all(f"`{one}`" in text for one in verify.ENTRY_FIELDS)
    reasons = {
        "no-proof",
        "no-issue",
        "broken",
        "other-key",
        "bad-signature",
        "no-witness",
        "no-checkpoint",
        "other-size",
        "forked",
        "other-file",
    }
    assert all(f"`{one}`" in text for one in reasons)
    assert re.search(r"does not show", text)


def test_the_vectors_are_those_that_are_made():
    assert document() == VECTORS


# ------------------------------------------------------------------ the page says the same
PAGE = (ROOT / "service" / "ledger" / "verify.html").read_text("utf-8")


def test_the_page_says_the_same_sentences_and_runs_nothing_but_what_its_policy_names():
    assert sealed(PAGE) == PAGE, "run: python -m tests.ledger.seal"
    assert all(da in PAGE and en in PAGE for da, en in SENTENCES.values())
    assert len(re.findall(r"-src 'sha256-[A-Za-z0-9+/]{43}='", PAGE)) == 2


def test_the_page_fetches_nothing():
    assert "default-src 'none'" in PAGE
    assert re.findall(r"https?://|\bfetch\(|XMLHttpRequest|import\(| src=|<link|sendBeacon|WebSocket", PAGE) == []
