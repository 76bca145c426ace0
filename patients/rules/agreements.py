"""The words by which a patient agrees to messages, by version: what the staff reads out, and what the ledger names (MSG-1, MSG-2)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """One version of the words, per channel. A change is a new version: the ledger's rows go on naming theirs."""

    version: str
    email: str
    text: str


AGREEMENTS = (
    Agreement(
        "2026-11",
        "“The clinic may e-mail me about my visits. E-mail isn’t private. I can end this at any time.”",
        "“The clinic may send me a few automatic texts each week about my visits. I needn’t agree to be treated. "
        "My phone company may charge for texts. I can end this at any time by answering STOP.”",
    ),
)
