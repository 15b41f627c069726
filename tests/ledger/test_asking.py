"""The ledger over HTTP: fingerprints, proofs, tiles and witnesses, for anybody; entries only for whoever may see them."""

import base64

import pytest

from domain.keeping import AccessRole
from service.ledger.notes import Signer
from service.ledger.tree import TileId
from service.ledger.verify import (
    COSIGNATURE,
    Entry,
    Key,
    Proof,
    check_consistency,
    check_inclusion,
    leaf_hash,
    open_checkpoint,
)
from tests.api.conftest import token  # noqa: F401 - a fixture

BASE = "/api/v1"


@pytest.fixture
def signing(app):
    return app.signing()


@pytest.fixture
def client(app, web_of):
    served = app.served()
    yield web_of(served).test_client()
    served.close()


def key_of(client):
    return Key.read(client.get(f"{BASE}/checkpoint/key").text)


def latest(client):
    return open_checkpoint(client.get(f"{BASE}/checkpoint").text, key_of(client))[0]


def test_an_empty_log_has_no_fingerprint_yet(client, signing):
    assert signing.step() is None
    for path in ("checkpoint", "proofs/consistency?from=0"):
        answer = client.get(f"{BASE}/{path}")
        assert (answer.status_code, answer.json["rule"]) == (503, "unsigned")
        assert answer.headers["Retry-After"] == "5"
    assert client.get(f"{BASE}/proofs/1").status_code == 404
    assert client.get(f"{BASE}/tile/0/000.p/1").status_code == 404


def test_a_log_of_one_is_its_own_fingerprint(client, scribe, signing):
    signing.step()
    checkpoint = latest(client)
    proof = Proof.read(client.get(f"{BASE}/proofs/1").text)
    assert (checkpoint.size, proof.path) == (1, ())
    assert client.get(f"{BASE}/tile/0/000.p/1").data == checkpoint.root
    assert client.get(f"{BASE}/proofs/consistency?from=1").json == {"from": 1, "to": 1, "hashes": []}
    assert client.get(f"{BASE}/proofs/consistency?from=0&to=0").json["hashes"] == []


def test_an_entry_is_proven_to_whoever_may_see_it_and_its_place_to_all(client, scribe, signing, token):  # noqa: F811
    scribe.contribute("c-1")
    signing.step()
    bare = client.get(f"{BASE}/proofs/2")
    assert Proof.read(bare.text).extra == b""
    assert bare.headers["Cache-Control"] == "public, max-age=1"
    for refused in ({}, token(AccessRole.FACILITATOR, "elsewhere"), token(AccessRole.FUNDER)):
        assert client.get(f"{BASE}/proofs/2?entry=1", headers=refused).status_code == 404
    answer = client.get(f"{BASE}/proofs/2?entry=1", headers=token())
    proof = Proof.read(answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert proof.check(proof.extra, key_of(client))[0] == latest(client)
    assert Entry.read(proof.extra).fields["subject"] == "contribution/c-1"
    assert "skovstien" not in proof.extra.decode()


def test_what_is_not_covered_yet_says_when_to_ask_again(client, scribe, signing):
    signing.step()
    scribe.contribute("c-1")
    answer = client.get(f"{BASE}/proofs/2")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    for nothing in ("3", "0", "99999999999999999999", "-1", "x"):
        assert client.get(f"{BASE}/proofs/{nothing}").status_code == 404
    assert client.get(f"{BASE}/proofs/consistency?from=1&to=2").status_code == 503


def test_a_later_fingerprint_is_shown_to_begin_with_an_earlier_one(client, scribe, signing):
    signing.step()
    first = latest(client)
    for at in range(4):
        scribe.contribute(f"c-{at}")
    signing.step()
    second = latest(client)
    found = client.get(f"{BASE}/proofs/consistency?from=1").json
    hashes = [base64.b64decode(one) for one in found["hashes"]]
    check_consistency(found["from"], found["to"], hashes, first.root, second.root)
    for wrong in ("", "from=x", "from=2&to=1", "from=-1", "from=²", "from=1&to=", "from=1&to=9", "from=" + "9" * 30):
        answer = client.get(f"{BASE}/proofs/consistency?{wrong}")
        assert (answer.status_code, answer.json["rule"]) == (422, "unproven"), wrong


def test_tiles_are_those_of_the_tree_and_never_change(client, scribe, signing):
    for at in range(4):
        scribe.contribute(f"c-{at}")
    signing.step()
    tile = client.get(f"{BASE}/tile/0/000.p/5")
    assert "immutable" in tile.headers["Cache-Control"]
    leaves = [tile.data[at : at + 32] for at in range(0, len(tile.data), 32)]
    assert leaves == [leaf_hash(scribe.app.ledger.entry(position)) for position in range(1, 6)]
    assert client.get(f"{BASE}/tile/0/000.p/3").data == tile.data[:96]
    proof = Proof.read(client.get(f"{BASE}/proofs/3").text)
    check_inclusion(leaves[2], 2, 5, proof.path, latest(client).root)
    for wrong in ("0/000", "0/000.p/6", "0/000.p/0", "0/000.p/256", "0/0", "0/x000/000.p/5", "1/000.p/1", "0/001.p/1"):
        assert client.get(f"{BASE}/tile/{wrong}").status_code == 404, wrong
    for wrong in ("99/000.p/5", "0/x001/x001/x001/x001/x001/x001/x001/000", "0/entries", "entries/000.p/5", "-1/000"):
        assert client.get(f"{BASE}/tile/{wrong}").status_code == 404, wrong


def test_a_long_tile_path_is_read_in_groups_of_three(client, app, scribe):
    from service.api.ledger import _tile

    assert _tile(0, "x001/x234/067") == (TileId(0, 1_234_067), 256)
    assert _tile(2, "x001/234.p/7") == (TileId(2, 1_234), 7)


@pytest.fixture
def witness(app):
    signer = Signer.make("bibliotek.example", COSIGNATURE)
    app.settings.witnesses.write_text(f"{signer.key}\n")
    return signer


def handed_in(client, note):
    return client.post(f"{BASE}/checkpoint/cosignatures", data=note, content_type="text/plain")


def test_a_witness_is_taken_in_and_shown(client, scribe, signing, witness):
    signing.step()
    ours, checkpoint = client.get(f"{BASE}/checkpoint").text, latest(client)
    line = witness.cosign(checkpoint, 1_790_000_000)
    stranger = Signer.make("bibliotek.example", COSIGNATURE).cosign(checkpoint, 1_790_000_000)
    answer = handed_in(client, ours + line + stranger)
    assert (answer.status_code, answer.json) == (200, {"size": 1, "witnesses": ["bibliotek.example"]})
    shown = client.get(f"{BASE}/checkpoint").text
    assert shown == ours + line
    assert open_checkpoint(shown, key_of(client), [witness.key])[1] == {"bibliotek.example": 1_790_000_000}
    assert handed_in(client, ours + line).status_code == 200
    assert client.get(f"{BASE}/checkpoint").text == shown


def test_what_no_witness_signed_is_refused(client, scribe, signing, witness):
    signing.step()
    ours, checkpoint = client.get(f"{BASE}/checkpoint").text, latest(client)
    line = witness.cosign(checkpoint, 1_790_000_000)
    stranger = Signer.make("andre.example", COSIGNATURE).cosign(checkpoint, 1_790_000_000)
    elsewhere = Signer.make(checkpoint.origin).sign(checkpoint)
    for wrong in (
        b"",
        b"\xff",
        ours,
        ours + stranger,
        ours + line.replace("A", "B"),
        ours + line + line,
        elsewhere + line,
        ours + witness.cosign(checkpoint, 2**62),
    ):
        answer = handed_in(client, wrong)
        assert (answer.status_code, answer.json["rule"]) == (422, "unproven"), wrong
    assert client.get(f"{BASE}/checkpoint").text == ours
