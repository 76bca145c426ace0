"""What the gates look at, read as it stood at a moment; the rules decide on it (sessions.rules.gates)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from clinic.models import DutyPeriod, Membership, SitePolicy
from clinic.models.site import Setting
from clinic.queries import calendar_of, certified_on, duty_at, equipment_problems, training_standings
from clinic.roles import LICENSED, PRESCRIBING, Permission, Role, may
from patients.models import Patient, StandingParameters
from patients.queries import chart
from patients.rules.names import are_alike
from sessions.models import IdentityCheck, Observation, PreDoseCheck, TreatmentSession
from sessions.picture import Picture
from sessions.queries.bookings import devices_of
from sessions.queries.course import dose_findings, is_dosed_on
from sessions.rules import predose_vitals as rules
from sessions.rules.booking import dosing_span
from sessions.rules.forecast import Ending, LatestStart, latest_starts, prescribers_end
from sessions.rules.gates import GateFacts
from sessions.rules.predose_vitals import Limits, Vitals
from sessions.rules.questions import CONTRAINDICATIONS, Question, asked, standing_answers, unanswered
from sessions.states import Status

# What the gate needs to know of a picture.
GATE_PARTS = ("identity_checks", "predose_checks", "devices", "observations", "overrides")
WORDS_OF = {"systolic": "pressure", "diastolic": "pressure", "pulse": "pulse", "spo2": "SpO₂", "breathing": "breathing", "sedation": "alertness"}
GONE = (Status.CANCELLED, Status.VOIDED)
NOT_TOLD = "another patient"


def gate_facts(picture: Picture, *, at: datetime, membership: Membership | None = None) -> GateFacts:
    """Everything as it stood at `at`; `membership` is the person who acts: their training is asked too (SET-3). Present are those on duty alone."""
    session = picture.session
    site, on = session.site, session.treatment_on
    duties = duty_at(site, at)
    monitors = {period.membership_id: period.membership for period in duties if may_monitor(period.membership)}
    acting = {membership.pk: membership} if membership is not None and may_monitor(membership) else {}
    reset_at, answers = reset_of(session, at), answers_of(picture, at)
    limits, readings = limits_of(picture.policy, picture.standing), readings_of(picture, at)
    return GateFacts(
        at=at,
        clock=lambda moment: moment.astimezone(site.zone).strftime("%H:%M"),
        is_certified=certified_on(site, on) or session.setting != Setting.OUTPATIENT,
        has_prescriber=any(period.is_prescriber for period in duties),
        unconfirmed=unconfirmed(duties),
        has_monitor=bool(monitors),
        untrained=untrained(list((monitors | acting).values()), session),
        equipment=tuple(equipment_problems(site, on)),
        chart=(
            *chart(session.patient, on, setting=session.setting).findings,
            *dose_findings(session, minimum_gap_days=picture.policy.minimum_gap_days),
        ),
        is_dosed_today=is_dosed_on(session),
        is_course_over=session.course.ended_at is not None,
        identified_at=identified_at(picture, at, None),
        dose_identified_at=identified_at(picture, at, IdentityCheck.Moment.DOSE),
        reset_at=reset_at,
        alike=tuple(str(other) if sees_the_day(membership) else NOT_TOLD for other in alike_today(session)),
        answers=answers,
        unasked=unanswered(questions_of(session), answers),
        vitals=vitals_of(readings, reset_at, limits),
        limits=limits,
        way_home=session.way_home,
        latest_starts=tuple(latest_starts_of(picture, duties)),
        monitors=hands(monitors.values()),
        repeat_at=rules.repeat_at(readings, limits),
    )


def unconfirmed(duties: list[DutyPeriod]) -> tuple[str, ...]:
    """The prescribers here by others' words alone; nobody, where one is here by their own (SET-2)."""
    prescribers = [period for period in duties if period.is_prescriber]
    return () if any(period.is_proof for period in prescribers) else tuple(str(period.membership.user) for period in prescribers)


def may_monitor(member: Membership) -> bool:
    """Licensed, in a role at the bedside (SET-3, SET-10)."""
    return member.role in (Role.MONITOR, Role.PRESCRIBER) and member.credential in LICENSED


def hands(monitors: Iterable[Membership]) -> int:
    """How many share the checks: the monitors; a prescriber takes them where no monitor is on duty (MON-9)."""
    listed = list(monitors)
    return sum(member.role == Role.MONITOR for member in listed) or len(listed)


def reset_of(session: TreatmentSession, at: datetime) -> datetime | None:
    """When the last wait or hold began: what PRE-6 voids must be newer."""
    return max((moment for moment in (session.waiting_at, session.held_at) if moment is not None and moment <= at), default=None)


def questions_of(session: TreatmentSession) -> tuple[Question, ...]:
    """The questions that this visit asks."""
    return asked(is_outpatient=session.setting == Setting.OUTPATIENT, can_be_pregnant=session.patient.can_be_pregnant)


def answers_of(picture: Picture, at: datetime) -> dict[str, object]:
    """The standing answers; a contraindication once said is taken back by a prescriber alone (PAT-3)."""
    rounds = [row for row in picture.predose_checks if row.observed_at <= at]
    answers = standing_answers([(row.observed_at, row.answers) for row in rounds], reset_of(picture.session, at))
    named = [row for row in rounds if row.answers.get(CONTRAINDICATIONS.id)]
    if named and CONTRAINDICATIONS.id in answers:
        answers[CONTRAINDICATIONS.id] = said_contraindications(picture, rounds)
    return answers


def said_contraindications(picture: Picture, rounds: list[PreDoseCheck]) -> list[str]:
    """All that were said since a prescriber last answered, in order."""
    prescribers = set(
        Membership.objects.filter(site_id=picture.session.site_id, role=Role.PRESCRIBER, credential__in=PRESCRIBING).values_list("user_id", flat=True)
    )
    said: list[str] = []
    for row in rounds:
        picks = row.answers.get(CONTRAINDICATIONS.id)
        if picks is None:
            continue
        said = list(picks) if row.recorded_by_id in prescribers else [*said, *(pick for pick in picks if pick not in said)]
    return said


def identified_at(picture: Picture, at: datetime, moment: str | None) -> datetime | None:
    """The last time both identifiers matched, at that moment of the visit or at any (PRE-5)."""
    good = [
        row.observed_at
        for row in picture.identity_checks
        if row.said_name and row.said_birth_date and row.observed_at <= at and moment in (None, row.moment)
    ]
    return max(good, default=None)


def readings_of(picture: Picture, at: datetime) -> list[Vitals]:
    """The readings before the first device, in order of time (PRE-2)."""
    first = picture.first_device_at
    until = min(at, first) if first is not None else at
    rows = [row for row in picture.observations if row.observed_at <= until]
    return [plain_vitals(row) for row in sorted(rows, key=lambda row: (row.observed_at, row.pk))]


def vitals_of(readings: list[Vitals], reset_at: datetime | None, limits: Limits) -> Vitals | None:
    """The last reading, taken since the last wait (PRE-2, PRE-6); a high pressure from before the wait is one that it repeats."""
    if not readings or (reset_at is not None and readings[-1].observed_at < reset_at):
        return None
    return readings[-1]._replace(high_since=rules.high_since(readings, limits))


def plain_vitals(row: Observation) -> Vitals:
    missing = tuple(dict.fromkeys(word for name, word in WORDS_OF.items() if name in row.not_obtained))
    return Vitals(row.pk, row.observed_at, row.systolic, row.diastolic, row.spo2, row.breathing, row.sedation, missing)


def limits_of(policy: SitePolicy, standing: StandingParameters | None) -> Limits:
    return Limits(
        systolic=policy.predose_systolic, diastolic=policy.predose_diastolic, low_spo2=policy.low_spo2,
        max_age=timedelta(minutes=policy.predose_max_age_minutes),
        own_systolic=standing.predose_systolic if standing is not None else None,
        own_diastolic=standing.predose_diastolic if standing is not None else None,
        own_low_spo2=standing.low_spo2 if standing is not None else None,
    )  # fmt: skip


def untrained(members: list[Membership], session: TreatmentSession) -> tuple[str, ...]:
    """Names of those whose REMS training doesn't count today (SET-3)."""
    standings = training_standings(session.site, session.treatment_on, members)
    return tuple(str(member.user) for member in members if member.pk not in standings or not standings[member.pk].is_good)


def alike_today(session: TreatmentSession) -> list[Patient]:
    """Other patients of the site's day whose name could be mistaken for this one's (PRE-5)."""
    today = TreatmentSession.objects.filter(site_id=session.site_id, treatment_on=session.treatment_on).exclude(status__in=GONE)
    others = Patient.objects.filter(pk__in=today.values("patient_id")).exclude(pk=session.patient_id)
    alike = [other for other in others if are_alike(session.patient.name_folded, other.name_folded)]
    return sorted(alike, key=lambda other: (other.name_folded, other.pk))


def sees_the_day(membership: Membership | None) -> bool:
    """Whether the other patients of the day may be named to somebody: an auditor of one session isn't told whose the others are (SET-10)."""
    return membership is None or may(membership.role, Permission.VIEW_FLOOR)


def latest_starts_of(picture: Picture, duties: list[DutyPeriod]) -> list[LatestStart]:
    """DOS-9 by closing, by the last prescriber's planned leaving and by the ride, where known: the tightest first."""
    return latest_starts(endings_of(picture, duties), dosing=span_planned(picture), minimum_watch=picture.clock_policy.minimum_watch)


def endings_of(picture: Picture, duties: list[DutyPeriod]) -> list[Ending]:
    session = picture.session
    closing = calendar_of(session.site, session.treatment_on, session.treatment_on).closing_at(session.treatment_on)
    leaving = prescribers_end(period.leaves_at for period in duties if period.is_prescriber)
    known = ((closing, "closing"), (leaving, "prescriber"), (session.ride_at, "ride"))
    return [Ending(at, kind) for at, kind in known if at is not None]


def span_planned(picture: Picture) -> timedelta:
    """From the first device of the planned dose to its last (DOS-2)."""
    return dosing_span(devices=devices_planned(picture), rest=picture.clock_policy.rest)


def devices_planned(picture: Picture) -> int:
    """How many devices make the planned dose."""
    return devices_of(picture.protocol, picture.session.planned_dose_mg)
