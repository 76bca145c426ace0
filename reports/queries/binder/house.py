"""The house around the sessions of a binder: certification, representative, staff, training, equipment, policies, presence; each read once."""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from clinic.models import (
    AuthorizedRepresentative,
    Certification,
    DutyCorrection,
    DutyPeriod,
    Equipment,
    EquipmentCheck,
    Membership,
    ProcedureSignOff,
    ProcedureVersion,
    Signature,
    Site,
    SitePolicy,
    Training,
)
from clinic.queries.presence import LONGEST_STAY
from clinic.rules.opening import day_bounds
from clinic.rules.presence import ended_at
from clinic.rules.standing import (
    CertificationEvent,
    DeviceState,
    Standing,
    TrainingSpan,
    device_standing,
    is_certified,
    training_standing,
)
from clinic.signatures import broken
from clinic.signed_content import SIGN_OFF_KIND
from reports.queries.binder.scope import Scope
from sessions.models import DayRecord

STANDING_WORDS = {
    Standing.VALID: "valid",
    Standing.LAPSING: "valid, lapses within 30 days",
    Standing.LAPSED: "lapsed",
    Standing.NONE: "none on record",
}


@dataclass(frozen=True)
class Worker:
    """Somebody who worked on a session, and how their REMS training stood that day (SET-3)."""

    name: str
    place: str
    did: str
    is_trained: bool
    words: str
    training: Training | None


@dataclass(frozen=True)
class Checked:
    """A piece of equipment with its last check up to a day (SET-4)."""

    equipment: Equipment
    check: EquipmentCheck | None
    standing: Standing


@dataclass(frozen=True)
class SignOff:
    """A member's signature under a version of a procedure; `broken` says why it no longer holds, empty where it does."""

    member: Membership
    signature: Signature
    broken: str


@dataclass
class HousePapers:
    site: Site
    first: date
    last: date
    certifications: list[Certification] = field(default_factory=list)
    representatives: list[AuthorizedRepresentative] = field(default_factory=list)
    policies: list[SitePolicy] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    equipment: list[Equipment] = field(default_factory=list)
    checks: list[EquipmentCheck] = field(default_factory=list)
    stays: list[DutyPeriod] = field(default_factory=list)
    corrections: list[DutyCorrection] = field(default_factory=list)
    days: list[DayRecord] = field(default_factory=list)
    procedures: list[ProcedureVersion] = field(default_factory=list)
    sign_offs: dict[int, list[SignOff]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.came = [stay.came_at for stay in self.stays]
        self.by_user = {member.user_id: member for member in self.members}
        self.trained: dict[int, list[Training]] = {}
        for training in self.trainings:
            if training.kind == Training.Kind.REMS:
                self.trained.setdefault(training.membership.user_id, []).append(training)

    def is_certified(self, day: date) -> bool:
        return is_certified([CertificationEvent(row.happened_on, row.pk, row.kind) for row in self.certifications], day)

    def representative_on(self, day: date) -> AuthorizedRepresentative | None:
        return next((row for row in reversed(self.representatives) if row.from_on <= day), None)

    def stays_over(self, start: datetime, end: datetime) -> list[DutyPeriod]:
        """The stays that touch [start, end), earliest first."""
        near = self.stays[bisect_left(self.came, start - LONGEST_STAY) : bisect_left(self.came, end)]
        return [stay for stay in near if ended_at(stay.left_at, stay.lapses_at) > start]

    def corrections_of(self, stays: Collection[DutyPeriod]) -> list[DutyCorrection]:
        keys = {stay.pk for stay in stays}
        return [row for row in self.corrections if row.period_id in keys]

    def workers_of(self, did: Mapping[int, set[str]], day: date) -> list[Worker]:
        """By name; who never was a member here is left out."""
        known = [(self.by_user[pk], what) for pk, what in did.items() if pk in self.by_user]
        return sorted((self.worker(member, what, day) for member, what in known), key=lambda one: one.name)

    def worker(self, member: Membership, did: set[str], day: date) -> Worker:
        done = [row for row in self.trained.get(member.user_id, []) if row.completed_on <= day]
        standing = training_standing([TrainingSpan(row.completed_on, row.expires_on) for row in done], day)
        best = max(done, key=lambda row: (row.expires_on or date.max, row.pk), default=None)
        place = f"{member.get_role_display()}{', ' + member.get_credential_display() if member.credential != 'none' else ''}"
        return Worker(member.user.printed_name, place, ", ".join(sorted(did)), standing.is_good, STANDING_WORDS.get(standing, str(standing)), best)

    def equipment_on(self, day: date) -> list[Checked]:
        """Each piece in use with its last check up to the end of the day."""
        end, found = day_bounds(day, self.site.zone)[1], []
        for one in self.equipment:
            last = next((row for row in reversed(self.checks) if row.equipment_id == one.pk and row.checked_at < end), None)
            checked_on = last.checked_at.astimezone(self.site.zone).date() if last is not None else None
            state = DeviceState(one.kind, str(one), one.check_every_days, checked_on, last is not None and last.is_good)
            if one.is_active or last is not None:
                found.append(Checked(one, last, device_standing(state, day)))
        return found


def house_papers(scope: Scope) -> HousePapers:
    """Everything of the site that the sessions of these days rest on."""
    site, first, last = scope.site, scope.first, scope.last
    start, end = day_bounds(first, site.zone)[0], day_bounds(last, site.zone)[1]
    stays = DutyPeriod.objects.filter(site=site, came_at__gt=start - LONGEST_STAY, came_at__lt=end)
    policies = SitePolicy.objects.filter(site=site, effective_on__lte=last).select_related("recorded_by").order_by("effective_on", "pk")
    days = DayRecord.objects.standing().filter(site=site, day__gte=first, day__lte=last).select_related("recorded_by").order_by("day", "kind", "pk")
    return HousePapers(
        site, first, last,
        certifications=list(Certification.objects.filter(site=site, happened_on__lte=last).select_related("recorded_by").order_by("happened_on", "pk")),
        representatives=list(AuthorizedRepresentative.objects.filter(site=site, from_on__lte=last).select_related("recorded_by").order_by("from_on", "pk")),
        policies=list(policies), members=list(Membership.objects.filter(site=site).select_related("user").order_by("user__printed_name", "pk")),
        trainings=list(Training.objects.filter(site=site).select_related("membership__user", "recorded_by").order_by("completed_on", "pk")),
        equipment=list(Equipment.objects.filter(site=site).order_by("kind", "label", "pk")),
        checks=list(EquipmentCheck.objects.filter(site=site, checked_at__lt=end).select_related("equipment", "recorded_by").order_by("checked_at", "pk")),
        stays=list(stays.select_related("membership__user", "handed_to__user", "recorded_by", "confirmed_by").order_by("came_at", "pk")),
        corrections=list(DutyCorrection.objects.filter(period__in=stays.values("pk")).select_related("period__membership__user").order_by("recorded_at", "pk")),
        days=list(days), **procedures(site, last, end),
    )  # fmt: skip


def procedures(site: Site, last: date, end: datetime) -> dict[str, Any]:
    """Every version that was in force up to the last day, and the signatures under each until then, verified now (SET-3)."""
    versions = ProcedureVersion.objects.standing().filter(site=site, effective_on__lte=last).select_related("procedure", "recorded_by")
    rows = ProcedureSignOff.objects.standing().filter(site=site, version__in=versions.order_by().values("pk"), recorded_at__lt=end)
    signatures = Signature.objects.filter(site=site, target_kind=SIGN_OFF_KIND, target_pk__in=rows.order_by().values("pk"))
    by_target, reasons = {row.target_pk: row for row in signatures}, {one.signature.pk: one.reason for one in broken(signatures)}
    found: dict[int, list[SignOff]] = {}
    for row in rows.select_related("membership__user").order_by("membership__user__printed_name", "pk"):
        signature = by_target[row.pk]
        found.setdefault(row.version_id, []).append(SignOff(row.membership, signature, reasons.get(signature.pk, "")))
    return {"procedures": list(versions.order_by("procedure__title", "procedure_id", "number")), "sign_offs": found}
