"""Texts that are loud on every page of the clinicians: words of a crisis at once, others after fifteen staffed minutes (MSG-6)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse

from clinic.models import Notice, Site
from clinic.roles import Permission, may
from reminders.models import InboundText
from reminders.queries.inbound import KINDS, TEXT_CRISIS, open_texts
from reminders.rules.replies import TextKind
from sessions.queries.calls import Call

NOBODYS = "A number that is in no chart"


def has_text_calls(now: datetime) -> Exists:
    """For the site's door."""
    loud = Q(kind=TEXT_CRISIS) | Q(kind__in=KINDS, due_at__lte=now)
    return Exists(Notice.objects.filter(loud, site_id=OuterRef("site_id"), resolved_at__isnull=True).order_by())


def text_calls(request: HttpRequest) -> list[Call]:
    """The lines of every clinician, one for each number: whoever is free calls."""
    site: Site = request.site  # type: ignore[assignment]
    if not may(request.membership.role, Permission.SAFETY_CALL):  # type: ignore[attr-defined]
        return []
    lines: dict[str, Call] = {}
    loud = [text for text in open_texts(site) if is_loud(text, request.now)]  # type: ignore[attr-defined]
    for text in sorted(loud, key=lambda text: (text.kind != TextKind.CRISIS, text.received_at)):
        lines.setdefault(text.number, text_call(text, site))
    return list(lines.values())


def is_loud(text: InboundText, now: datetime) -> bool:
    due_at = text.task.due_at  # type: ignore[attr-defined]
    return text.kind == TextKind.CRISIS or (due_at is not None and due_at <= now)


def text_call(text: InboundText, site: Site) -> Call:
    who = " or ".join(sender.patient.short_name for sender in text.senders.all()) or NOBODYS
    said = "a text with words of a crisis" if text.kind == TextKind.CRISIS else "a text that nobody has read"
    return Call("critical", f"{who}: {said}", "Read it, call, then say what was done", text.received_at, reverse("reply", args=[site.slug, text.pk]))
