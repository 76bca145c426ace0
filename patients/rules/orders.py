"""The prescriber's order: whether it carries a dose today, and whether a new one makes sense (DOS-8)."""

from dataclasses import dataclass
from datetime import date

from clinic.findings import Finding, Level
from patients.rules.protocol import TreatmentProtocol

MOST_SESSIONS = 60
MOST_DAYS = 366
MOST_DEVICES = 6


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as plain values; `ordered_on` is the site-local day it was given."""

    dose_mg: int
    sessions: int
    valid_from_on: date
    valid_until_on: date
    ordered_on: date
    is_signed: bool
    is_spoken: bool
    is_cancelled: bool


def order_findings(*, order: OrderFacts | None, dose_mg: int, used_sessions: int, on: date) -> list[Finding]:
    """Whether the order carries `dose_mg` on the site-local day `on` (DOS-8).

    `used_sessions` counts the order's *other* dosed sessions. A spoken order carries its own day, unsigned, and no later one.
    """
    if order is None:
        return [_block("No order. A prescriber must order the dose.", "missing")]
    if order.is_cancelled:
        return [_block("The order was cancelled.", "cancelled")]
    return [*_signed(order, on), *_carries(order, dose_mg, used_sessions, on)]


def _signed(order: OrderFacts, on: date) -> list[Finding]:
    if order.is_signed:
        return []
    if not order.is_spoken:
        return [_block("The order is not signed.", "unsigned")]
    if on > order.ordered_on:
        return [_block("The spoken order was not co-signed on its day.", "cosign_missed")]
    return [Finding("DOS-8", Level.NOTE, "Spoken order: the prescriber co-signs it today.", code="DOS-8.cosign", field="order")]


def cosign_is_late(*, ordered_on: date, on: date) -> bool:
    """A spoken order is co-signed on its own day; afterwards it is an unsigned exception that somebody must act on (DOS-8)."""
    return on > ordered_on


def _carries(order: OrderFacts, dose_mg: int, used_sessions: int, on: date) -> list[Finding]:
    found = []
    if not order.valid_from_on <= on <= order.valid_until_on:
        found.append(_block(f"The order is valid from {order.valid_from_on:%-d %b %Y} to {order.valid_until_on:%-d %b %Y}.", "period"))
    if used_sessions >= order.sessions:
        found.append(_block(f"The order's {order.sessions} sessions are used up.", "used_up"))
    if dose_mg != order.dose_mg:
        found.append(_block(f"Ordered are {order.dose_mg} mg, planned are {dose_mg} mg.", "dose"))
    return found


def _block(text: str, word: str) -> Finding:
    return Finding("DOS-8", Level.BLOCK, text, code=f"DOS-8.{word}", field="order")


def new_order_problems(
    *, dose_mg: int, other_dose_reason: str, sessions: int, valid_from_on: date, valid_until_on: date, today: date, protocol: TreatmentProtocol
) -> dict[str, str]:
    """What can't be about a new order, by field (DOS-1, DOS-8)."""
    problems = {}
    if not _is_made_of_devices(dose_mg, protocol):
        problems["dose_mg"] = f"A dose is a whole number of {protocol.device_mg} mg devices, {MOST_DEVICES} at most."
    elif dose_mg not in protocol.doses_mg and not other_dose_reason:
        problems["other_dose_reason"] = f"{dose_mg} mg is not a usual dose: say why."
    if not 1 <= sessions <= MOST_SESSIONS:
        problems["sessions"] = f"From 1 to {MOST_SESSIONS} sessions."
    if valid_until_on < valid_from_on:
        problems["valid_until_on"] = "The order ends before it begins."
    elif valid_until_on < today:
        problems["valid_until_on"] = "This day has passed."
    elif (valid_until_on - valid_from_on).days > MOST_DAYS:
        problems["valid_until_on"] = "An order is for a year at most."
    return problems


def _is_made_of_devices(dose_mg: int, protocol: TreatmentProtocol) -> bool:
    try:
        return protocol.devices_for(dose_mg) <= MOST_DEVICES
    except ValueError:
        return False
