"""Files that must outlive a power cut: whole and on disk, or not there; for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Write a file that is never changed, a key; of two who do it at once, the first one's stays."""
    part = _written(path, content)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    to_disk(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Put a new content in a file's place; whoever reads meanwhile gets the old one or the new one, whole."""
    _written(path, content).replace(path)
    to_disk(path.parent)


def to_disk(folder: Path) -> None:
    """Make sure that a folder's names are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return part
