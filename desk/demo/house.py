"""The two demonstration sites, their people, chairs and equipment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from clinic.models import (
    AuthorizedRepresentative,
    Certification,
    Chair,
    DutyPeriod,
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
from desk.demo import procedures

# login word, printed name, role, credential, sites
STAFF = (
    ("desk", "Robin Deskworth", "front_desk", "none", ("riverside",)),
    ("support", "Sunny Supportley", "support", "ma", ("riverside",)),
    ("nurse", "Nell Watchwell", "monitor", "rn", ("riverside",)),
    ("nurse2", "Noah Watchful", "monitor", "rn", ("riverside",)),
    ("prescriber", "Dr Page Scriptor", "prescriber", "md", ("riverside", "hillcrest")),
    ("prescriber2", "Dr Quinn Scriptor", "prescriber", "do", ("riverside",)),
    ("admin", "Alex Ledgerman", "administrator", "none", ("riverside", "hillcrest")),
    ("auditor", "Audie Readonly", "auditor", "none", ("riverside", "hillcrest")),
    ("hill.desk", "Dale Deskworth", "front_desk", "none", ("hillcrest",)),
    ("hill.nurse", "Hope Watchwell", "monitor", "rn", ("hillcrest",)),
)
SITES = (
    ("riverside", "Riverside", "Riverside Wellness", "12 River Walk, Exampleton, NY 12000", "+1 518 555 0100", "America/New_York", 6),
    ("hillcrest", "Hillcrest", "Hillcrest Health", "4 Hill Crest, Sampleville, CO 80000", "+1 303 555 0140", "America/Denver", 3),
)


@dataclass
class House:
    """One site with what the seeding needs of it."""

    site: Site
    policy: SitePolicy
    chairs: list[Chair]
    members: dict[str, Membership]

    def person(self, word: str) -> User:
        return self.members[word].user

    def of_role(self, role: str) -> list[Membership]:
        return [member for member in self.members.values() if member.role == role]


def build(first: date, today: date, now: datetime) -> list[House]:
    """Organisation, sites and people as they stood when the past began."""
    founded = datetime.combine(first - timedelta(days=60), time(12), tzinfo=UTC)
    organisation = Organisation.objects.create(name="Example Health Group", created_at=founded)
    users = people()
    return [site(organisation, users, row, founded, today, now) for row in SITES]


def people() -> dict[str, User]:
    """Everybody has the one password that the terminal prints; hashed once, since Argon2 is slow on purpose."""
    hashed = make_password(settings.VIGIL_DEMONSTRATION_PASSWORD)
    rows = enumerate((word, name) for word, name, *_ in STAFF)
    made = [User(email=f"{word}@demo.example", printed_name=name, password=hashed, phone=f"+1 518 555 01{index:02}") for index, (word, name) in rows]
    User.objects.bulk_create(made)
    return {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@demo.example")}


SiteRow = tuple[str, str, str, str, str, str, int]


def site(organisation: Organisation, users: dict[str, User], row: SiteRow, founded: datetime, today: date, now: datetime) -> House:
    """One site as it stood when the past began."""
    slug, name, public_name, address, phone, zone, chairs = row
    made = Site.objects.create(
        organisation=organisation, slug=slug, name=name, public_name=public_name, address=address, phone=phone, time_zone=zone,
        rems_number=f"DEMO-{slug[:4].upper()}-01", dea_number="", created_at=founded,
    )  # fmt: skip
    admin = users["admin"]
    policy = SitePolicy.objects.create(site=made, effective_on=founded.date(), recorded_at=founded, recorded_by=admin, check_minutes=[0, 40, 90, 120])
    Chair.objects.bulk_create([Chair(site=made, name=f"Room {number}", position=number) for number in range(1, chairs + 1)])
    # The demonstration never closes, so that its today is alive at any hour of any day.
    OpeningHours.objects.bulk_create([OpeningHours(site=made, weekday=day, opens_at=time(0), closes_at=time(23, 59)) for day in range(7)])
    Certification.objects.create(
        site=made, kind="certified", happened_on=founded.date(), review_on=today + timedelta(days=40), recorded_at=founded, recorded_by=admin
    )
    AuthorizedRepresentative.objects.create(
        site=made, name=admin.printed_name, email=admin.email, from_on=founded.date(), recorded_at=founded, recorded_by=admin
    )
    equip(made, admin, founded, today, now)
    members = join(made, users, founded, today)
    procedures.write(made, members, founded)
    return House(made, policy, list(made.chairs.order_by("position")), members)


def equip(made: Site, admin: User, founded: datetime, today: date, now: datetime) -> None:
    """Oximeters and cuffs, checked; one whose check comes due soon (SET-4)."""
    devices = (("oximeter", "OX-1", 30), ("oximeter", "OX-2", 350), ("cuff", "BP-1", 30), ("cuff", "BP-2", 45), ("kit", "KIT-1", 10))
    for kind, label, days_ago in devices:
        device = Equipment.objects.create(site=made, kind=kind, label=label)
        for at in (founded, now - timedelta(days=days_ago)):
            EquipmentCheck.objects.create(site=made, equipment=device, checked_at=at, is_good=True, recorded_at=at, recorded_by=admin)


def join(made: Site, users: dict[str, User], founded: datetime, today: date) -> dict[str, Membership]:
    """Members with their training; one training lapses within a month (SET-3)."""
    members = {}
    for word, _, role, credential, slugs in STAFF:
        if made.slug not in slugs:
            continue
        member = Membership.objects.create(site=made, user=users[word], role=role, credential=credential, created_at=founded)
        members[word] = member
        lapses = today + timedelta(days=20 if word == "nurse2" else 200)
        for kind in (Training.Kind.REMS, Training.Kind.LIFE_SUPPORT):
            when = {"completed_on": founded.date(), "expires_on": lapses, "recorded_at": founded}
            Training.objects.create(site=made, membership=member, kind=kind, recorded_by=users["admin"], **when)
    return members


def duty_of_the_past(house: House, days: list[date]) -> None:
    """Prescriber and nurse on site on every treating day; one afternoon the prescriber left early (SET-2)."""
    rows = []
    for index, day in enumerate(days):
        opens, closes = (datetime.combine(day, at, tzinfo=house.site.zone).astimezone(UTC) for at in (time(7, 45), time(18)))
        for member in (house.of_role("prescriber")[0], house.of_role("monitor")[0]):
            is_prescriber = member.role == "prescriber"
            left = closes - timedelta(hours=4) if is_prescriber and index % 61 == 40 else closes
            rows.append(
                DutyPeriod(
                    site=house.site,
                    membership=member,
                    is_prescriber=is_prescriber,
                    came_at=opens,
                    left_at=left,
                    lapses_at=closes,
                    recorded_at=opens,
                    recorded_by=member.user,
                )
            )
    DutyPeriod.objects.bulk_create(rows)
