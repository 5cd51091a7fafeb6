"""What a rule of the auditor is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`finds` returns the ids (as text) of the rows that break the rule."""

    name: str
    says: str
    finds: str
