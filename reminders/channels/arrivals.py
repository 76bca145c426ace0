"""A text as its provider told of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Arrival:
    """`is_answered`: the provider has answered it already, by its own rules for STOP and HELP."""

    provider: str
    provider_id: str
    to: str
    number: str
    body: str
    is_answered: bool = False
