"""Many visits of tomorrow by rows alone, for what sends at scale: `make bench` and `make chaos`."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic.models import Site
from patients.models import Course, Patient
from reminders.models import SiteMessaging
from sessions.models import TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from tests.factories.clinic import ChairFactory, SiteFactory, UserFactory


@transaction.atomic
def book_many(count: int, *, now: datetime, texts: bool = False, starts_at: datetime | None = None, time_zone: str = "") -> Site:
    """So many patients with one visit each, a day and an hour ahead; every second one is texted too, where `texts`."""
    user = UserFactory()
    site = SiteFactory(time_zone=time_zone or zone_at_noon(now))
    chair = ChairFactory(site=site)
    if texts:
        SiteMessaging.objects.create(site=site, provider=SiteMessaging.Provider.HTTP, sender="+15185550199", changed_at=now, changed_by=user)
    patients = Patient.objects.bulk_create(
        [
            Patient(
                site=site, mrn=f"L{number}", first_name="Pat", last_name=f"Example{number}", name_folded=f"example{number}, pat", birth_on=now.date(),
                sex="female", email=f"p{number}@patients.example", phone=f"+1518{5550000 + number % 10000}", may_email=True,
                text_consent="express" if texts and number % 2 else "none", created_at=now, created_by=user,
            )
            for number in range(count)
        ],
        batch_size=500,
    )  # fmt: skip
    courses = Course.objects.bulk_create(
        [Course(site=site, patient=patient, indication="trd", prescriber=user, opened_at=now, opened_by=user) for patient in patients], batch_size=500
    )
    at = starts_at or now + timedelta(hours=25)
    TreatmentSession.objects.bulk_create(
        [
            TreatmentSession(
                site=site, patient=course.patient, course=course, chair=chair, protocol_code=REMS_ESKETAMINE.code, planned_dose_mg=56,
                protocol_version=REMS_ESKETAMINE.version, treatment_on=at.astimezone(site.zone).date(), starts_at=at, ends_at=at + timedelta(hours=3),
                booked_at=now - timedelta(days=7), booked_by=user,
            )
            for course in courses
        ],
        batch_size=500,
    )  # fmt: skip
    return site


def zone_at_noon(now: datetime) -> str:
    """A zone where it is about noon: nobody is written to in the night. (In these names the sign is turned round.)"""
    hours = 12 - now.hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
