"""Which sessions a binder is about, and the state of the record that it is made from."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from clinic.audit import chain_of
from clinic.models import AuditEntry, AuditorGrant, Site
from clinic.queries.opening import today_at
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.queries.auditing import sessions_within

# Acts that leave the record as it was: to read, print, export, audit or back it up, to unlock a screen. They make no new state.
SILENT = (
    "record.read", "record.printed", "record.exported", "report.read", "report.exported", "sheet.printed", "schedule.printed", "emergency.printed",
    "access.denied", "access.hidden",
)  # fmt: skip
SILENT_ROOMS = (
    "export.",
    "binder.",
    "auditor.",
    "disclosure.",
    "self_audit.",
    "finding.",
    "account.",
    "backup.",
    "downtime.",
    "feed.",
    "lock.",
    "pin.",
)


@dataclass(frozen=True)
class State:
    """The last entry of the site's audit chain that changed anything; `seq` 0 before any."""

    seq: int
    hash: str
    at: datetime | None


@dataclass(frozen=True)
class Scope:
    """The sessions of a range of days, all of one patient, or an auditor's. `keys` are in the order of the binder, `patients` whose they are."""

    site: Site
    first: date
    last: date
    keys: tuple[int, ...]
    patients: frozenset[int]
    patient: Patient | None = None
    grant: AuditorGrant | None = None

    @property
    def title(self) -> str:
        if self.is_sample:
            return f"Random sample of {len(self.keys)} sessions"
        return f"Patient {self.patient.mrn}" if self.patient is not None else "All sessions"

    @property
    def is_sample(self) -> bool:
        return self.grant is not None and self.grant.sample_size is not None

    @property
    def kinds(self) -> str:
        """Which sessions it holds, in words."""
        if self.grant is not None and self.is_sample:
            return f"{len(self.keys)} drawn from {self.grant.drawn_from} with a dose, by the seed {self.grant.seed}"
        return "every one of this patient" if self.patient is not None else "every one of these days, whatever became of it"


def of_range(site: Site, first: date, last: date) -> Scope:
    """Every session of the days, both included, whatever became of it."""
    return Scope(site, first, last, *keys_of(TreatmentSession.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last)))


def of_patient(site: Site, patient: Patient, now: datetime) -> Scope:
    """Every session of one patient, from the first day to the last."""
    rows = TreatmentSession.objects.filter(site=site, patient=patient)
    days = sorted(rows.values_list("treatment_on", flat=True)) or [today_at(site, now)]
    return Scope(site, days[0], days[-1], *keys_of(rows), patient=patient)


def of_grant(grant: AuditorGrant) -> Scope:
    """Exactly what an auditor was let in to: the sessions of the days, or those of the sample."""
    return Scope(grant.site, grant.first_on, grant.last_on, *keys_of(sessions_within(grant)), grant=grant)


def keys_of(rows: QuerySet[TreatmentSession]) -> tuple[tuple[int, ...], frozenset[int]]:
    found = list(rows.order_by("treatment_on", "starts_at", "pk").values_list("pk", "patient_id"))
    return tuple(pk for pk, _ in found), frozenset(patient for _, patient in found)


def changes(site: Site) -> QuerySet[AuditEntry]:
    """The entries of the site's chain that changed its record."""
    return AuditEntry.objects.filter(chain=chain_of(site)).exclude(silent())


def silent() -> Q:
    found = Q(action__in=SILENT)
    for room in SILENT_ROOMS:
        found |= Q(action__startswith=room)
    return found


def state_of(site: Site) -> State:
    """What a binder says that it was made from. The same state gives the same bytes."""
    last = changes(site).order_by("-seq").only("seq", "hash", "happened_at").first()
    return State(last.seq, last.hash, last.happened_at) if last is not None else State(0, "", None)


def is_still(scope: Scope, state: State) -> bool:
    """Whether nothing was written since that a binder of this scope could show: neither of its patients nor of the house.

    An entry that names no patient is the house's: its people, trainings, presence, policies, equipment and days stand in every binder.

    Its patients are those whose sessions are in it, one that was moved out of the days since too, and those who have come into the days.
    """
    touched = set(changes(scope.site).filter(seq__gt=state.seq).order_by().values_list("patient_pk", flat=True).distinct())
    patients = {pk for pk in touched if pk is not None}
    if None in touched or patients & scope.patients:
        return False
    came = TreatmentSession.objects.filter(site=scope.site, treatment_on__gte=scope.first, treatment_on__lte=scope.last, patient_id__in=patients)
    return scope.patient is not None or scope.is_sample or not came.exists()
