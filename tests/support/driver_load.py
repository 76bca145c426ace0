"""Many visits in their watch by rows alone, each with a driver who agreed to be texted: for `make chaos`."""

from datetime import date, datetime, timedelta

from django.db import transaction

from clinic.models import Site, User
from patients.models import Contact, Course, Patient
from sessions.models import DeviceUse, TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.states import Status
from tests.factories.clinic import ChairFactory, SitePolicyFactory, UserFactory


@transaction.atomic
def watch_many(site: Site, count: int, *, dosed_at: datetime, first_number: int = 0) -> None:
    """So many patients who had both devices at `dosed_at`; only their drivers are texted, each on a number of their own."""
    user = UserFactory()
    if not site.policies.exists():
        SitePolicyFactory(site=site)
    chair, arrived = ChairFactory(site=site), dosed_at - timedelta(minutes=40)
    patients = Patient.objects.bulk_create(
        [
            Patient(
                site=site, mrn=f"W{number}", first_name="Pat", last_name=f"Watched{number}", name_folded=f"watched{number}, pat",
                birth_on=date(1980, 1, 1), sex="female", text_consent="none", created_at=arrived, created_by=user,
            )
            for number in range(first_number, first_number + count)
        ]
    )  # fmt: skip
    drivers = Contact.objects.bulk_create(
        [
            Contact(site=site, patient=patient, kind="escort", name="Dree Driver", phone=f"+1518556{number:04d}", may_text=True)
            for number, patient in enumerate(patients, first_number)
        ]
    )
    courses = Course.objects.bulk_create(
        [Course(site=site, patient=patient, indication="trd", prescriber=user, opened_at=arrived, opened_by=user) for patient in patients]
    )
    visits = TreatmentSession.objects.bulk_create(
        [
            TreatmentSession(
                site=site, patient=course.patient, course=course, chair=chair, protocol_code=REMS_ESKETAMINE.code, planned_dose_mg=56,
                protocol_version=REMS_ESKETAMINE.version, treatment_on=dosed_at.astimezone(site.zone).date(), starts_at=arrived,
                ends_at=arrived + timedelta(hours=3), booked_at=arrived - timedelta(days=7), booked_by=user, policy=site.policies.first(),
                status=Status.MONITORING, arrived_at=arrived, cleared_at=dosed_at, dosing_at=dosed_at, monitoring_at=dosed_at,
                way_home="driver", escort=driver,
            )
            for course, driver in zip(courses, drivers, strict=True)
        ]
    )  # fmt: skip
    DeviceUse.objects.bulk_create([device(visit, number, dosed_at, user) for visit in visits for number in (1, 2)])


def one_more_device(visit: TreatmentSession, *, minutes: int, now: datetime) -> None:
    """The clock of a watch moves: one more device, so long after the last."""
    last = DeviceUse.objects.filter(session=visit).order_by("-number")[0]
    at = min(last.observed_at + timedelta(minutes=minutes), now)
    if last.number < 12:
        device(visit, last.number + 1, at, visit.booked_by).save()


def device(visit: TreatmentSession, number: int, at: datetime, by: User) -> DeviceUse:
    return DeviceUse(session=visit, site_id=visit.site_id, number=number, route="bulk", observed_at=at, recorded_at=at, recorded_by=by)
