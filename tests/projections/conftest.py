"""A log in memory that a projection is asked about."""

import pytest

from tests.unit.conftest import InMemoryLog


@pytest.fixture
def log():
    """A log in which the process of Fabelby is registered."""
    found = InMemoryLog()
    found.process_registered()
    return found


@pytest.fixture
def new_log():
    """Make a log of one's own: ``new_log(process=…)``, empty."""
    return InMemoryLog
