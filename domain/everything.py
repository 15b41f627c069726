"""The whole vocabulary: importing this declares every event of every capability."""

from domain import (
    acting,
    belonging,
    contributing,
    correcting,
    deciding,
    gathering,
    harvesting,
    keeping,
    observing,
    organising,
    reflecting,
)

CAPABILITIES = (
    organising,
    belonging,
    gathering,
    contributing,
    deciding,
    acting,
    reflecting,
    observing,
    harvesting,
    correcting,
    keeping,
)
"""In the order people meet them."""
