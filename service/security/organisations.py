"""What goes wrong with an organisation's sign-in; apart from `oidc`, whose libraries take long to load."""

from __future__ import annotations


class OrganisationError(Exception):
    """The organisation could not be asked, or what it answered does not hold; ``rule`` has a sentence for people."""

    def __init__(self, rule: str, why: str) -> None:
        self.rule = rule
        super().__init__(why)
