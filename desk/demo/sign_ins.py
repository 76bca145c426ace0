"""The demonstration's shut door: somebody typed five wrong passwords for Riverside's second nurse, who had forgotten a new one."""

from datetime import datetime, timedelta

from clinic.actions.account import note_account
from clinic.actions.guessing import tell_of_closed
from clinic.models import AuditEntry, User
from clinic.queries.guesses import CLOSED, FAILED, MOST

WHO = "nurse2@demo.example"


def shut_one_out(*, now: datetime) -> None:
    """Once. The letters, and the task of the administrators, come by the sweep's own act."""
    if AuditEntry.objects.filter(action=CLOSED).exists():
        return
    person = User.objects.get(email=WHO)
    first = now - timedelta(minutes=44)
    for number in range(MOST):
        note_account(FAILED, person, by=None, now=first + timedelta(seconds=20 * number))
    tell_of_closed(now=first + timedelta(minutes=2))
