"""The moves of a session's life: one table (design.md, "The treatment session's life")."""

from sessions.states import Status as S

_BEFORE_DOSE = (S.ARRIVED, S.WAITING, S.CLEARED, S.HELD)
_PRESENT = (*_BEFORE_DOSE, S.DOSING, S.MONITORING)

ALLOWED: dict[str, frozenset[str]] = {
    S.BOOKED: frozenset({S.ARRIVED, S.CANCELLED, S.MISSED, S.DOSING}),
    S.ARRIVED: frozenset({S.WAITING, S.CLEARED, S.HELD, S.LEFT, S.TRANSFERRED, S.DOSING}),
    S.WAITING: frozenset({S.ARRIVED, S.HELD, S.LEFT, S.TRANSFERRED, S.DOSING}),
    S.CLEARED: frozenset({S.WAITING, S.HELD, S.DOSING, S.LEFT, S.TRANSFERRED}),
    S.HELD: frozenset({S.ARRIVED, S.LEFT, S.TRANSFERRED, S.DOSING}),
    S.DOSING: frozenset({S.MONITORING, S.HELD, S.LEFT, S.TRANSFERRED}),
    S.MONITORING: frozenset({S.DISCHARGED, S.LEFT, S.TRANSFERRED, S.DOSING}),
    S.CANCELLED: frozenset({S.BOOKED, S.DOSING}),
    S.MISSED: frozenset({S.BOOKED, S.DOSING}),
    S.DISCHARGED: frozenset(),
    S.LEFT: frozenset(),
    S.TRANSFERRED: frozenset(),
    S.VOIDED: frozenset(),
}


def may_move(current: str, to: str) -> bool:
    """Whether a session may go from one state to another. Any state may be voided, once."""
    if to == S.VOIDED:
        return current != S.VOIDED
    return to in ALLOWED[current]
