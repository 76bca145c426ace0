"""The fixed cast: Riverside with one member of each role, Hillcrest in another zone with a stranger, and somebody who left."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from clinic.models import Chair, Equipment, EquipmentCheck, Membership, OpeningHours, Organisation, Site, Training, User
from clinic.roles import Credential, Role
from tests.factories import clinic as made
from tests.moment import NOW, TODAY

__all__ = ["NOW", "TODAY", "Cast", "make_cast"]

ROLES = (
    ("desk", "Dana Desk", Role.FRONT_DESK, Credential.NONE),
    ("support", "Sam Support", Role.SUPPORT, Credential.MA),
    ("nurse", "Nora Nurse", Role.MONITOR, Credential.RN),
    ("prescriber", "Petra Prescriber", Role.PRESCRIBER, Credential.MD),
    ("admin", "Ada Admin", Role.ADMINISTRATOR, Credential.NONE),
    ("auditor", "Otto Auditor", Role.AUDITOR, Credential.NONE),
)


@dataclass
class Cast:
    """People are users; `of(user)` is the membership of a person in Riverside (the stranger's: in Hillcrest)."""

    organisation: Organisation
    riverside: Site
    hillcrest: Site
    chairs: list[Chair]
    hillcrest_chair: Chair
    desk: User
    support: User
    nurse: User
    prescriber: User
    admin: User
    auditor: User
    second_nurse: User
    second_prescriber: User
    stranger: User
    former: User
    memberships: dict[int, Membership]

    def of(self, user: User) -> Membership:
        return self.memberships[user.pk]

    def person(self, role: str) -> User:
        """By word: desk, support, nurse, prescriber, admin, auditor, second_nurse, second_prescriber, stranger, former."""
        return getattr(self, role)


def make_site(organisation: Organisation, slug: str, name: str, zone: str) -> Site:
    """A site that may treat: certified, open Monday to Friday 8–18, with a policy and checked equipment."""
    site = made.SiteFactory(organisation=organisation, slug=slug, name=name, public_name=f"{name} Wellness", time_zone=zone)
    made.SitePolicyFactory(site=site)
    OpeningHours.objects.bulk_create([OpeningHours(site=site, weekday=day, opens_at=time(8), closes_at=time(18)) for day in range(5)])
    return site


def equip(site: Site, by: User) -> None:
    """Certified, with an authorized representative, an oximeter and a cuff checked a month ago (SET-1, SET-4)."""
    made.CertificationFactory(site=site, recorded_by=by)
    made.AuthorizedRepresentativeFactory(site=site, recorded_by=by)
    for kind, label in ((Equipment.Kind.OXIMETER, "OX-1"), (Equipment.Kind.CUFF, "BP-1")):
        device = Equipment.objects.create(site=site, kind=kind, label=label)
        at = NOW - timedelta(days=30)
        EquipmentCheck.objects.create(site=site, equipment=device, checked_at=at, is_good=True, recorded_at=at, recorded_by=by)


def join(site: Site, word: str, name: str, role: str, credential: str, *, trained: bool = True) -> Membership:
    """A person with their membership, trained for the REMS (SET-3)."""
    user = made.UserFactory(email=f"{word}@{site.slug}.example", printed_name=name)
    membership = made.MembershipFactory(site=site, user=user, role=role, credential=credential)
    if trained:
        Training.objects.create(
            site=site, membership=membership, kind=Training.Kind.REMS, completed_on=date(2026, 1, 5), expires_on=date(2027, 1, 5),
            recorded_at=made.LONG_AGO, recorded_by=user,
        )  # fmt: skip
    return membership


def make_cast() -> Cast:
    """Build the whole cast. Nobody is on site yet: see `tests.factories.clinic.on_duty`."""
    organisation = made.OrganisationFactory(name="Vigil Health")
    riverside = make_site(organisation, "riverside", "Riverside", "America/New_York")
    hillcrest = make_site(organisation, "hillcrest", "Hillcrest", "America/Denver")
    people = {word: join(riverside, word, name, role, credential) for word, name, role, credential in ROLES}
    people["second_nurse"] = join(riverside, "nurse2", "Noel Nightingale", Role.MONITOR, Credential.RN)
    people["second_prescriber"] = join(riverside, "prescriber2", "Pavel Physician", Role.PRESCRIBER, Credential.NP)
    people["stranger"] = join(hillcrest, "stranger", "Stella Stranger", Role.PRESCRIBER, Credential.MD)
    people["former"] = join(riverside, "former", "Fritz Former", Role.MONITOR, Credential.RN)
    ended = people["former"]
    ended.is_active, ended.ended_at = False, NOW - timedelta(days=60)
    ended.save(update_fields=["is_active", "ended_at"])
    equip(riverside, people["admin"].user)
    equip(hillcrest, people["stranger"].user)
    chairs = [made.ChairFactory(site=riverside, name=f"Chair {n}", position=n) for n in range(1, 5)]
    other = made.ChairFactory(site=hillcrest, name="Chair 1", position=1)
    users = {word: membership.user for word, membership in people.items()}
    memberships = {membership.user_id: membership for membership in people.values()}
    return Cast(organisation, riverside, hillcrest, chairs, other, memberships=memberships, **users)
