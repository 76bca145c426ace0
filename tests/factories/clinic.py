"""Rows of the clinic room. `UserFactory()` signs in with PASSWORD; every site is in New York unless said otherwise."""

from datetime import date, datetime, time, timedelta
from functools import cache

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from clinic import models
from clinic.models import DutyPeriod, Equipment, Membership, Site
from clinic.roles import PRESCRIBING, Credential, Role
from tests.moment import NOW

PASSWORD = "correct horse battery"
LONG_AGO = NOW - timedelta(days=500)


@cache
def password_hash() -> str:
    """Hashed once: the suite makes thousands of people."""
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@clinic.example")
    printed_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(password_hash)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    created_at = LONG_AGO


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"Site {n}")
    public_name = factory.Sequence(lambda n: f"Clinic {n}")
    address = "1 River Road, Albany, NY 12207"
    phone = "+1 518 555 0100"
    time_zone = "America/New_York"
    rems_number = "R-1001"
    dea_number = "AB1234563"
    created_at = LONG_AGO


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    site = factory.SubFactory(SiteFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MONITOR
    credential = Credential.RN
    created_at = LONG_AGO


class TrainingFactory(DjangoModelFactory):
    class Meta:
        model = models.Training

    membership = factory.SubFactory(MembershipFactory)
    site = factory.SelfAttribute("membership.site")
    kind = models.Training.Kind.REMS
    completed_on = date(2026, 1, 5)
    expires_on = date(2027, 1, 5)
    recorded_at = LONG_AGO
    recorded_by = factory.SelfAttribute("membership.user")


class SitePolicyFactory(DjangoModelFactory):
    class Meta:
        model = models.SitePolicy

    site = factory.SubFactory(SiteFactory)
    effective_on = date(2025, 1, 1)
    recorded_at = LONG_AGO


class CertificationFactory(DjangoModelFactory):
    class Meta:
        model = models.Certification

    site = factory.SubFactory(SiteFactory)
    kind = models.Certification.Kind.CERTIFIED
    happened_on = date(2025, 1, 6)
    recorded_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class AuthorizedRepresentativeFactory(DjangoModelFactory):
    class Meta:
        model = models.AuthorizedRepresentative

    site = factory.SubFactory(SiteFactory)
    name = "Ada Admin"
    email = "rep@clinic.example"
    phone = "+1 518 555 0101"
    from_on = date(2025, 1, 6)
    recorded_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class ChairFactory(DjangoModelFactory):
    class Meta:
        model = models.Chair

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"Chair {n}")
    position = factory.Sequence(lambda n: n + 1)


class OpeningHoursFactory(DjangoModelFactory):
    class Meta:
        model = models.OpeningHours

    site = factory.SubFactory(SiteFactory)
    weekday = 0
    opens_at = time(8)
    closes_at = time(18)


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = models.Closure

    site = factory.SubFactory(SiteFactory)
    closed_on = date(2026, 7, 3)
    reason = "Independence Day, observed"


class EquipmentFactory(DjangoModelFactory):
    class Meta:
        model = Equipment

    site = factory.SubFactory(SiteFactory)
    kind = Equipment.Kind.OXIMETER
    label = factory.Sequence(lambda n: f"OX-{n}")


class EquipmentCheckFactory(DjangoModelFactory):
    class Meta:
        model = models.EquipmentCheck

    equipment = factory.SubFactory(EquipmentFactory)
    site = factory.SelfAttribute("equipment.site")
    checked_at = NOW - timedelta(days=30)
    is_good = True
    recorded_at = factory.SelfAttribute("checked_at")
    recorded_by = factory.SubFactory(UserFactory)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = models.Notice

    site = factory.SubFactory(SiteFactory)
    kind = "check_overdue"
    rule = "MON-3"
    target_kind = "site"
    target_pk = factory.SelfAttribute("site.pk")
    text = "A check is overdue."
    raised_at = NOW


def on_duty(membership: Membership, came_at: datetime, *, left_at: datetime | None = None, lapses_at: datetime | None = None) -> DutyPeriod:
    """A period of presence; a prescriber's where role and credential make the member one."""
    return DutyPeriod.objects.create(
        site=membership.site, membership=membership, came_at=came_at, left_at=left_at,
        is_prescriber=membership.role == Role.PRESCRIBER and membership.credential in PRESCRIBING,
        lapses_at=lapses_at or came_at + timedelta(hours=9), recorded_at=came_at, recorded_by=membership.user,
    )  # fmt: skip
