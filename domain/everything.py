"""The whole vocabulary: importing this declares every event of every capability."""

from domain import (
    acting,
    assessing,
    belonging,
    coding,
    consenting,
    contributing,
    correcting,
    deciding,
    gathering,
    harvesting,
    keeping,
    modelling,
    observing,
    organising,
    reflecting,
    relating,
    reporting,
)

CAPABILITIES = (
    organising,
    belonging,
    gathering,
    contributing,
    deciding,
    acting,
    reflecting,
    assessing,
    relating,
    observing,
    harvesting,
    coding,
    consenting,
    correcting,
    reporting,
    modelling,
    keeping,
)
"""In the order people meet them."""
