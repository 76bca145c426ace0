"""Addresses in today's charts that nothing reaches, and the pages around the messages with what waits on each."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from clinic.marks import same_reach
from clinic.models import Site
from clinic.roles import Permission, may
from patients.models import Contact, Patient
from reminders.models import OutboxMessage, Undeliverable
from reminders.queries.inbound import open_tasks
from sessions.queries.by_patient import open_wishes

Channel = OutboxMessage.Channel
# The pages around the messages: url name, word, who may open it.
PAGES = (
    ("messages", "Sent to patients", Permission.VIEW_MESSAGES),
    ("replies", "Replies", Permission.VIEW_MESSAGES),
    ("wishes", "Other times asked for", Permission.BOOK),
    ("unreachable", "Don’t arrive", Permission.VIEW_MESSAGES),
    ("message_week", "The next seven days", Permission.VIEW_MESSAGES),
)


def unreachable(site: Site) -> QuerySet[Undeliverable]:
    """Patients under treatment whose present address doesn't work, or that of who brings them home, the newest first."""
    of_a_driver = Contact.objects.filter(
        same_reach(chart=F("phone"), kept=OuterRef("address")), patient_id=OuterRef("patient_id"), is_active=True
    ).order_by()
    is_present = (
        Q(Exists(of_a_driver), channel=Channel.TEXT)
        | Q(same_reach(chart=F("patient__email"), kept=F("address")), channel=Channel.EMAIL)
        | Q(same_reach(chart=F("patient__phone"), kept=F("address")), channel=Channel.TEXT)
    )
    rows = Undeliverable.objects.filter(is_present, site=site, reinstatement__isnull=True, patient__status=Patient.Status.ACTIVE)
    return rows.select_related("patient").order_by("-reported_at", "-pk")


def area_of(site: Site, role: str, shown: str) -> list[dict[str, object]]:
    """The tabs above the pages of messages; three small counts say where something waits."""
    counts = {"replies": open_tasks(site), "wishes": open_wishes(site), "unreachable": unreachable(site)}
    return [
        {
            "label": label, "url": reverse(name, args=[site.slug]), "is_on": name == shown, "has_count": name in counts,
            "count": counts[name].count() if name in counts else 0,
        }
        for name, label, permission in PAGES
        if may(role, permission)
    ]  # fmt: skip
