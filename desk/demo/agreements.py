"""What the demonstration's patients agreed to about messages, how its sites send, and an address that nothing reaches."""

from datetime import timedelta

from desk.demo.charts import Chart
from desk.demo.house import House
from patients.models import MessageConsent
from patients.rules.agreements import AGREEMENTS
from reminders.models import OutboxMessage, SiteMessaging, Undeliverable

# The number that Riverside's texts come from; Hillcrest sends none yet.
SENDER = "+15185550100"
TEXTERS = ("riverside",)


def write(house: House, charts: list[Chart]) -> None:
    """The site's settings and the ledger, a row for each patient and channel."""
    if house.site.slug in TEXTERS:
        SiteMessaging.objects.create(
            site=house.site, provider=SiteMessaging.Provider.HTTP, sender=SENDER, changed_at=house.site.created_at, changed_by=house.person("admin")
        )
    MessageConsent.objects.bulk_create([row for chart in charts for row in answers(chart)], batch_size=500)


def answers(chart: Chart) -> list[MessageConsent]:
    patient, at = chart.patient, chart.patient.created_at
    said = {"email": "express" if patient.may_email else "no", "text": patient.text_consent.replace("none", "no")}
    return [
        MessageConsent(
            site_id=patient.site_id, patient=patient, channel=channel, answer=answer, how="paper" if answer == "express" else "chart",
            wording=AGREEMENTS[-1].version if answer == "express" else "", observed_at=at, recorded_at=at, recorded_by_id=patient.created_by_id,
        )
        for channel, answer in said.items()
    ]  # fmt: skip


def lose_one(house: House) -> None:
    """The newest e-mail that a mail server refused for its address: nothing more goes there."""
    message = (
        OutboxMessage.objects.filter(site=house.site, status="failed", channel="email").select_related("patient").order_by("-due_at", "-pk").first()
    )
    if message is not None and message.patient is not None:
        Undeliverable.objects.create(
            site=house.site, patient=message.patient, channel="email", address=message.patient.email, message=message,
            reported_at=message.due_at + timedelta(minutes=1),
            why="there is no such mailbox.",
        )  # fmt: skip
