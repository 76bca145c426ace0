"""Whether a patient can be written to on a channel, and in plain words why not and what to do (PAT-7, MSG-1, MSG-2)."""

from dataclasses import dataclass

# What to do about an address that nothing reaches.
MEND = "Ask for another one and change it in the chart: messages go on by themselves."


@dataclass(frozen=True)
class Standing:
    """What stands about one channel. `answer` is the newest of the ledger: no, given or express; `dead` why nothing reaches the address."""

    is_text: bool
    is_active: bool
    has_address: bool
    answer: str
    dead: str = ""
    has_provider: bool = True


@dataclass(frozen=True)
class Way:
    """`why` empty: messages go. `is_wrong`: somebody has to mend it, the patient hasn't chosen it."""

    why: str = ""
    mend: str = ""
    is_wrong: bool = False


def way_of(standing: Standing) -> Way:
    """The first thing that stands in the way, the patient's own word before everything else."""
    if standing.answer == "no":
        return Way("Asked for no messages, or hasn’t been asked yet." if not standing.is_text else "Asked for no texts, or hasn’t been asked yet.")
    if not standing.is_active:
        return Way("No messages go out while the patient isn’t active.")
    if not standing.has_address:
        return Way("The chart has no number." if standing.is_text else "The chart has no address.", "Ask for it.", is_wrong=True)
    if standing.dead:
        return Way(f"Nothing reaches this {'number' if standing.is_text else 'address'}: {standing.dead}", MEND, is_wrong=True)
    if standing.is_text and not standing.has_provider:
        return Way("This site sends no texts yet.")
    return Way()
