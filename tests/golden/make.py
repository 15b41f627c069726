"""Write golden files for event types that have none yet (never over one that is there): python tests/golden/make.py."""

import datetime as dt
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import domain.everything  # noqa: F401 - declares the vocabulary
from domain.kernel import REGISTRY
from service.log.mapper import LogMapper
from service.log.vault import Vaulted
from service.samples import sample_event
from service.wire import Sender, read_event

FOLDER = Path(__file__).parent
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


class Still:
    """A vault that always answers the same."""

    def seal(self, key_id, place, text):
        return Vaulted(place.field, key_id, b""), hashlib.sha256(repr(place).encode()).hexdigest()


def main():
    for name, found in REGISTRY.items():
        path = FOLDER / f"{name}.json"
        if not path.exists():
            wire = sample_event(found) | ({"subject": "contribution/c-1"} if found.kind == "target" else {})
            wire |= {"citation": "S1", "timeprecision": "day", "actingrole": "citizen", "onbehalfof": "p17"}
            event = read_event(wire, "fabelby", Sender(account="a-1", now=NOW))
            path.write_bytes(LogMapper(Still()).to_stored_event(event).state)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(FOLDER.glob("*.json"))]
    (FOLDER / "SHA256SUMS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
