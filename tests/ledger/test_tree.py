"""The pure ledger: RFC 6962's own test tree, the published example of a signed note, and no changed bit accepted."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ledger.notes import Signer
from service.ledger.tree import (
    WIDTH,
    Frontier,
    TileId,
    consistency_proof,
    entry_bytes,
    grow,
    inclusion_proof,
    last_tiles,
    nodes_of,
    root,
)
from service.ledger.verify import (
    COSIGNATURE,
    EMPTY_ROOT,
    Checkpoint,
    Entry,
    Key,
    Note,
    Proof,
    ProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
    open_checkpoint,
)

LEAVES = [
    bytes.fromhex(x)
    for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(count):
    leaves = [leaf_hash(LEAVES[at] if at < len(LEAVES) else str(at).encode()) for at in range(count)]
    tiles = {}
    assert grow(0, leaves, tiles) == count
    return leaves, nodes_of(tiles.__getitem__)


def test_the_roots_are_those_of_the_rfc():
    frontier = Frontier()
    assert frontier.root().hex() == ROOTS[0]
    assert EMPTY_ROOT.hex() == ROOTS[0]
    for size, entry in enumerate(LEAVES, 1):
        frontier.add(leaf_hash(entry))
        assert frontier.root().hex() == ROOTS[size]
        assert root(size, tree(8)[1]).hex() == ROOTS[size]


def test_the_published_note_is_signed_by_its_author():
    key = Key.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    note = Note.read(f"{text}\n{line}")
    assert note.text == text
    assert note.signed_by([key]) == {"PeterNeumann": None}
    assert str(key) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    with pytest.raises(ProofError):
        Note.read(f"{text}!\n{line}".replace("know", "knew")).signed_by([key])


@given(size=st.integers(1, 600), data=st.data())
def test_every_leaf_and_every_earlier_tree_is_proven(size, data):
    leaves, node = tree(size)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    whole = root(size, node)
    check_inclusion(leaves[index], index, size, inclusion_proof(index, size, node), whole)
    check_consistency(old, size, consistency_proof(old, size, node), root(old, node), whole)


def test_sizes_at_the_edges():
    leaves, node = tree(1)
    check_inclusion(leaves[0], 0, 1, [], leaves[0])
    check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    check_consistency(0, 1, [], EMPTY_ROOT, leaves[0])
    check_consistency(1, 1, [], leaves[0], leaves[0])
    for wrong in (
        lambda: check_inclusion(leaves[0], 0, 0, [], EMPTY_ROOT),
        lambda: check_inclusion(leaves[0], 1, 1, [], leaves[0]),
        lambda: check_inclusion(leaves[0], -1, 1, [], leaves[0]),
        lambda: check_inclusion(leaves[0], 0, 1, [leaves[0]], leaves[0]),
        lambda: check_consistency(1, 0, [], leaves[0], EMPTY_ROOT),
        lambda: check_consistency(0, 1, [leaves[0]], EMPTY_ROOT, leaves[0]),
        lambda: check_consistency(0, 1, [], leaves[0], leaves[0]),
        lambda: check_consistency(1, 1, [], leaves[0], EMPTY_ROOT),
        lambda: check_consistency(1, 2, [], leaves[0], leaves[0]),
        lambda: inclusion_proof(1, 1, node),
        lambda: consistency_proof(2, 1, node),
    ):
        with pytest.raises(ProofError):
            wrong()


@pytest.mark.parametrize("size", [2, 3, 7, 8, 255, 256, 257, 600])
def test_a_proof_too_long_or_too_short_is_refused(size):
    leaves, node = tree(size)
    whole, path = root(size, node), inclusion_proof(size // 2, size, node)
    for changed in (path[:-1], [*path, path[-1]], path * 40):
        with pytest.raises(ProofError):
            check_inclusion(leaves[size // 2], size // 2, size, changed, whole)
    proof = consistency_proof(size - 1, size, node)
    for changed in (proof[:-1], [*proof, whole], proof * 40):
        with pytest.raises(ProofError):
            check_consistency(size - 1, size, changed, root(size - 1, node), whole)


def flipped(raw, bit):
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_no_changed_bit_of_a_proof_is_accepted():
    signer = Signer.make("example.org/log")
    entries = [
        entry_bytes((at, "p/contribution/c", 1, "contribution-made.v1", "p", "contribution/c", at, 0), b"{}")
        for at in range(1, 12)
    ]
    tiles = {}
    size = grow(0, map(leaf_hash, entries), tiles)
    node = nodes_of(tiles.__getitem__)
    note = signer.sign(Checkpoint(signer.name, size, root(size, node)))
    for index in range(size):
        proof = str(Proof(index, tuple(inclusion_proof(index, size, node)), note)).encode()
        Proof.read(proof.decode()).check(entries[index], signer.key)
        for bit in range(len(proof) * 8):
            with pytest.raises((ProofError, UnicodeDecodeError)):
                Proof.read(flipped(proof, bit).decode()).check(entries[index], signer.key)


def refused(raw, read):
    """Count the single-bit mutants of some bytes, once each of them is refused."""
    for bit in range(len(raw) * 8):
        with pytest.raises((ProofError, UnicodeDecodeError)):
            read(flipped(raw, bit))
    return len(raw) * 8


def test_no_changed_bit_of_a_cosigned_note_or_of_a_proof_with_its_entry_is_accepted():
    signer, witness = Signer.make("example.org/log"), Signer.make("library.example", COSIGNATURE)
    entry = entry_bytes((4, "p/contribution/c", 1, "contribution-made.v1", "p", "contribution/c", 4, 0), b"{}")
    leaves = [leaf_hash(str(at).encode()) for at in range(9)]
    leaves[3] = leaf_hash(entry)
    tiles = {}
    node = nodes_of(tiles.__getitem__)
    size = grow(0, leaves, tiles)
    checkpoint = Checkpoint(signer.name, size, root(size, node))
    note = signer.sign(checkpoint) + witness.cosign(checkpoint, 1_700_000_000)

    def opened(raw):
        found = open_checkpoint(raw.decode(), signer.key, [witness.key])
        if found != (checkpoint, {witness.name: 1_700_000_000}):
            raise ProofError("A signature is gone, and whoever counts on the witness misses it.")

    def proven(raw):
        proof = Proof.read(raw.decode())
        found, cosigners = proof.check(proof.extra, signer.key, [witness.key])
        if (found, proof.index, proof.extra, len(cosigners)) != (checkpoint, 3, entry, 1):
            raise ProofError("Something else is proven.")

    proof = str(Proof(3, tuple(inclusion_proof(3, size, node)), note, entry)).encode()
    opened(note.encode())
    proven(proof)
    assert refused(note.encode(), opened) + refused(proof, proven) > 5000


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 7), (8, 11), (5, 256), (256, 300)])
def test_no_changed_bit_of_a_consistency_proof_is_accepted(old, new):
    _, node = tree(new)
    path = consistency_proof(old, new, node)
    raw = b"".join([root(old, node), root(new, node), *path])

    def checked(said):
        begun, whole, *hashes = (said[at : at + 32] for at in range(0, len(said), 32))
        check_consistency(old, new, hashes, begun, whole)

    checked(raw)
    assert refused(raw, checked) == len(raw) * 8


def test_a_witness_is_told_by_its_key_and_a_wrong_signature_spoils_the_note():
    signer, witness = Signer.make("example.org/log"), Signer.make("library.example", b"\x04")
    checkpoint = Checkpoint(signer.name, 3, hashlib.sha256(b"x").digest())
    note = signer.sign(checkpoint) + witness.cosign(checkpoint, 1_700_000_000)
    assert open_checkpoint(note, signer.key, [witness.key]) == (checkpoint, {"library.example": 1_700_000_000})
    assert open_checkpoint(note, signer.key) == (checkpoint, {})
    other = signer.sign(checkpoint) + witness.cosign(Checkpoint(signer.name, 4, checkpoint.root), 1_700_000_000)
    with pytest.raises(ProofError):
        open_checkpoint(other, signer.key, [witness.key])
    with pytest.raises(ProofError, match="not signed"):
        open_checkpoint(note, Signer.make("example.org/log").key)


def test_keys_are_read_as_they_are_written():
    signer = Signer.make("example.org/log")
    assert Signer.read(str(signer)) == signer
    assert Key.read(str(signer.key)) == signer.key
    assert str(signer.seed) not in repr(signer)
    for wrong in ("", "x", str(signer.key)[:-2], str(signer.key).replace("log", "lag")):
        with pytest.raises(ProofError):
            Key.read(wrong)
    with pytest.raises(ProofError):
        Signer.read(str(signer.key))


def test_tiles_grow_from_their_last_ones_alone():
    leaves = [leaf_hash(str(at).encode()) for at in range(WIDTH * WIDTH + 300)]
    tiles, size = {}, 0
    for start, end in pairwise([0, 1, 255, 256, 257, 1000, WIDTH * WIDTH, len(leaves)]):
        known = {at: tiles[at] for at in last_tiles(size) if at in tiles}
        size = grow(size, leaves[start:end], known)
        tiles |= known
        frontier = Frontier()
        for leaf in leaves[:end]:
            frontier.add(leaf)
        assert root(size, nodes_of(tiles.__getitem__)) == frontier.root()
    assert len(tiles[TileId(1, 0)]) == 32 * WIDTH
    assert TileId(2, 0) in tiles


def test_an_entry_is_read_as_it_was_written_and_no_two_look_alike():
    fields = (7, "p/contribution/c-1", 1, "contribution-made.v1", "p", "contribution/c-1", "id", 1)
    entry = Entry.read(entry_bytes(fields, b'{"data":\n{}}'))
    assert entry.fields["subject"] == "contribution/c-1"
    assert entry.state == b'{"data":\n{}}'
    with pytest.raises(ProofError):
        entry_bytes((*fields[:1], "p\n1", *fields[2:]), b"")
    with pytest.raises(ProofError):
        Entry.read(b"something else")
