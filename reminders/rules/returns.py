"""What a provider's word about a delivery means: arrived, lost, or lost because nothing reaches the number."""

from dataclasses import dataclass

ARRIVED = ("delivered", "read")
LOST = ("failed", "undelivered", "returned")
# Twilio's: no such phone, a landline or a carrier that takes no texts, not a number, not a mobile one.
DEAD_NUMBER = ("30005", "30006", "21211", "21614")


@dataclass(frozen=True)
class Report:
    """`is_for_good`: the address itself is the reason."""

    status: str
    code: str = ""
    is_for_good: bool = False


def twilio_report(status: str, code: str) -> Report:
    return Report(status, code, status in LOST and code in DEAD_NUMBER)


def keyed_report(status: str, code: str, *, is_permanent: bool) -> Report:
    return Report(status, code, status in LOST and is_permanent)
