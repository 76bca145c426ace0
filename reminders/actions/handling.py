"""Somebody takes what a patient texted, and says what was done (MSG-6)."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.notices import settle
from clinic.findings import refuse
from clinic.marks import reached_at
from clinic.models import Site, User
from reminders.models import InboundText, TextHandling
from reminders.queries.inbound import KINDS, open_tasks
from reminders.rules.replies import TextKind


def open_up_to(text: InboundText) -> list[InboundText]:
    """The open texts of the same number up to this one: who reads it has read those."""
    texts = InboundText.objects.filter(
        reached_at(InboundText, "number", text.number),
        site_id=text.site_id,
        pk__lte=text.pk,
        pk__in=open_tasks(text.site_id).order_by().values("target_pk"),
    )
    return list(texts.order_by("pk"))


def asks_for_clinician(texts: list[InboundText]) -> bool:
    return any(text.kind == TextKind.CRISIS for text in texts)


@transaction.atomic
def handle_text(text: InboundText, *, how: str, note: str, by: User, now: datetime, is_clinician: bool) -> bool:
    """Close a text and the open ones before it from its number. Whether there was anything to close: pressed twice it is kept once.

    Raises Refused where a crisis is among them and `by` is no clinician, or where the note is missing that `how` asks for.
    """
    site = Site.objects.select_for_update(of=("self",)).get(pk=text.site_id)
    texts = open_up_to(text)
    if not texts:
        return False
    if asks_for_clinician(texts) and not is_clinician:
        raise refuse("MSG-6", "A clinician takes words of a crisis: tell one now.", code="text.clinician")
    if how in (TextHandling.How.TRIED, TextHandling.How.PASSED) and not note:
        raise refuse("MSG-6", "Say what was done.", code="text.note", field="note")
    for one in texts:
        TextHandling.objects.create(site=site, text=one, how=how, note=note, handled_at=now, handled_by=by)
        settle(site, KINDS, one, "Taken.", now)
        audit.record(action="text.handled", target=one, by=by, now=now, site=site, patient_pk=first_patient(one), changes={"how": how})
    return True


def first_patient(text: InboundText) -> int | None:
    return text.senders.order_by("pk").values_list("patient_id", flat=True).first()
