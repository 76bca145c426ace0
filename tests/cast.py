"""The fixed cast: Riverside with one member of each role, Hillcrest in another zone with a stranger, and somebody who left."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from clinic.models import (
    AuthorizedRepresentative,
    Certification,
    Chair,
    Equipment,
    EquipmentCheck,
    Membership,
    OpeningHours,
    Organisation,
    Site,
    SitePolicy,
    Training,
    User,
)
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
    ("second_nurse", "Noel Nightingale", Role.MONITOR, Credential.RN),
    ("second_prescriber", "Pavel Physician", Role.PRESCRIBER, Credential.NP),
    ("former", "Fritz Former", Role.MONITOR, Credential.RN),
)
# A clock that a test moves by hours locks nobody out; tests of the lock itself ask for the usual minutes (`usual_lock`).
UNLOCKED = {"lock_after_minutes": 7 * 24 * 60, "sign_in_hours": 7 * 24}
EMAILS = {"second_nurse": "nurse2", "second_prescriber": "prescriber2"}


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


def make_sites(organisation: Organisation) -> list[Site]:
    """Two sites that are open Monday to Friday 8–18, each with a policy."""
    named = (("riverside", "Riverside", "America/New_York"), ("hillcrest", "Hillcrest", "America/Denver"))
    sites = Site.objects.bulk_create(
        [
            made.SiteFactory.build(organisation=organisation, slug=slug, name=name, public_name=f"{name} Wellness", time_zone=zone)
            for slug, name, zone in named
        ]
    )
    SitePolicy.objects.bulk_create([made.SitePolicyFactory.build(site=site, **UNLOCKED) for site in sites])
    OpeningHours.objects.bulk_create(
        [OpeningHours(site=site, weekday=day, opens_at=time(8), closes_at=time(18)) for site in sites for day in range(5)]
    )
    return sites


def equip(sites: dict[Site, User]) -> None:
    """Certified, with an authorized representative, an oximeter and a cuff checked a month ago (SET-1, SET-4)."""
    kinds = ((Equipment.Kind.OXIMETER, "OX-1"), (Equipment.Kind.CUFF, "BP-1"))
    devices = Equipment.objects.bulk_create([Equipment(site=site, kind=kind, label=label) for site in sites for kind, label in kinds])
    at = NOW - timedelta(days=30)
    EquipmentCheck.objects.bulk_create(
        [EquipmentCheck(site=one.site, equipment=one, checked_at=at, is_good=True, recorded_at=at, recorded_by=sites[one.site]) for one in devices]
    )
    Certification.objects.bulk_create([made.CertificationFactory.build(site=site, recorded_by=by) for site, by in sites.items()])
    AuthorizedRepresentative.objects.bulk_create(
        [made.AuthorizedRepresentativeFactory.build(site=site, recorded_by=by) for site, by in sites.items()]
    )


def join(riverside: Site, hillcrest: Site) -> dict[str, Membership]:
    """Everybody's place, trained for the REMS (SET-3); in bulk, since every test makes the whole cast."""
    places = [(word, riverside, name, role, credential) for word, name, role, credential in ROLES]
    places += [("stranger", hillcrest, "Stella Stranger", Role.PRESCRIBER, Credential.MD)]
    password = made.password_hash()
    users = User.objects.bulk_create(
        [User(email=f"{EMAILS.get(word, word)}@{site.slug}.example", printed_name=name, password=password) for word, site, name, _, _ in places]
    )
    left = {"is_active": False, "ended_at": NOW - timedelta(days=60)}
    memberships = Membership.objects.bulk_create(
        [
            Membership(site=site, user=user, role=role, credential=credential, created_at=made.LONG_AGO, **(left if word == "former" else {}))
            for user, (word, site, _, role, credential) in zip(users, places, strict=True)
        ]
    )
    Training.objects.bulk_create([trained(one) for one in memberships])
    return {word: one for one, (word, *_) in zip(memberships, places, strict=True)}


def trained(membership: Membership) -> Training:
    return Training(
        site=membership.site, membership=membership, kind=Training.Kind.REMS, completed_on=date(2026, 1, 5), expires_on=date(2027, 1, 5),
        recorded_at=made.LONG_AGO, recorded_by=membership.user,
    )  # fmt: skip


def make_cast() -> Cast:
    """Build the whole cast. Nobody is on site yet: see `tests.factories.clinic.on_duty`."""
    organisation = made.OrganisationFactory(name="Vigil Health")
    riverside, hillcrest = make_sites(organisation)
    people = join(riverside, hillcrest)
    equip({riverside: people["admin"].user, hillcrest: people["stranger"].user})
    chairs = Chair.objects.bulk_create(
        [*(Chair(site=riverside, name=f"Chair {n}", position=n) for n in range(1, 5)), Chair(site=hillcrest, name="Chair 1", position=1)]
    )
    users = {word: membership.user for word, membership in people.items()}
    memberships = {membership.user_id: membership for membership in people.values()}
    return Cast(organisation, riverside, hillcrest, chairs[:4], chairs[4], memberships=memberships, **users)
