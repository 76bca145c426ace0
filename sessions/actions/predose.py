"""Before the dose: the round of questions, a prescriber's decision on one finding, clearing (PRE-1…PRE-6)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import Finding, Level, Refused, refuse, standing_in_the_way
from clinic.models import Membership, User
from clinic.roles import Permission, may
from sessions.actions.arrival import matched_identity, require_identity
from sessions.actions.facts import new_fact, same_post
from sessions.actions.life import fix_policy, locked_picture, move
from sessions.models import IdentityCheck, Override, PreDoseCheck, TreatmentSession
from sessions.models.exceptions import Gate
from sessions.picture import Picture
from sessions.queries.course import order_of
from sessions.queries.gates import GATE_PARTS, gate_facts
from sessions.queries.screening import SUICIDE_NOTICE
from sessions.rules.deciding import still_holds
from sessions.rules.gates import clear_findings, start_findings
from sessions.rules.questions import SCHEMA, SUICIDE
from sessions.states import Status

BEFORE_DOSE = (Status.ARRIVED, Status.WAITING, Status.CLEARED)
# A decision holds for every gate before the dose: its key names the evidence, so a new reading or answer is decided anew.
BEFORE_GATES = (Gate.BOOK, Gate.CLEAR, Gate.START)


def decided_before_dose(picture: Picture) -> set[str]:
    """Keys of the findings that a prescriber has decided on before the dose."""
    return {override.finding for override in holding(picture)}


def holding(picture: Picture) -> list[Override]:
    """The decisions before the dose that still hold; one of a day or a dose that the visit no longer has is asked anew."""
    day, dose_mg = picture.session.treatment_on, picture.session.planned_dose_mg
    return [one for one in picture.overrides if one.gate in BEFORE_GATES and still_holds(one.for_day, one.for_dose_mg, day, dose_mg)]


@transaction.atomic
def answer_round(
    session: TreatmentSession,
    *,
    answers: Mapping[str, object],
    asked_identity: bool,
    said_name: bool,
    said_birth_date: bool,
    client_key: UUID,
    by: User,
    now: datetime,
) -> PreDoseCheck:
    """Keep one round of answers by question id (PRE-1…PRE-4), and the two identifiers where they were asked with it (PRE-5).

    A positive suicide-risk screen raises a notice for the prescriber at once; it never blocks (PRE-4).
    """
    picture = locked_picture(session, ())
    row = picture.session
    earlier = same_post(PreDoseCheck, client_key, row)
    if earlier is not None:
        return earlier
    if row.status not in BEFORE_DOSE:
        raise refuse("PRE-4", f"This session is {Status(row.status).label.lower()}: the questions belong before the dose.", code="round.state")
    if asked_identity:
        require_identity(said_name, said_birth_date)
        matched_identity(row, IdentityCheck.Moment.ARRIVAL, client_key=uuid5(client_key, "identity"), by=by, now=now)
    made = new_fact(PreDoseCheck, row, observed_at=now, by=by, now=now, client_key=client_key, schema=SCHEMA, answers=dict(answers))
    tell_prescriber(row, answers.get(SUICIDE.id), now)
    audit.record(
        action="predose.answered", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "questions": sorted(answers)},
    )  # fmt: skip
    return made


def tell_prescriber(session: TreatmentSession, screen: object, now: datetime) -> None:
    """A positive screen opens a notice; a negative one afterwards, or a prescriber at work on the session, closes it (PRE-4)."""
    if screen == "positive":
        raise_notice(session.site, SUICIDE_NOTICE, "PRE-4", session, "A suicide-risk screen is positive: the prescriber sees the patient.", now)
    elif screen == "negative":
        resolve_notices(session.site, SUICIDE_NOTICE, session, "Screened again: negative.", now)


@transaction.atomic
def decide(
    session: TreatmentSession, *, finding_key: str, reason: str, client_key: UUID, by: User, membership: Membership, now: datetime
) -> Override:
    """A prescriber's decision on one finding, with the reason; it is shown in reports.

    Raises Refused for a finding that is no longer there, for a block, and without a reason.
    """
    picture = locked_picture(session, GATE_PARTS)
    row = picture.session
    earlier = same_post(Override, client_key, row)
    if earlier is not None:
        return earlier
    if row.status not in BEFORE_DOSE:
        raise refuse("PRE-6", f"This session is {Status(row.status).label.lower()}: there is nothing to decide.", code="decide.state")
    finding = next((one for one in start_findings(gate_facts(picture, at=now, membership=membership)) if one.key == finding_key), None)
    if finding is None or finding.level is not Level.DECISION:
        raise refuse("PRE-6", "This has changed since you opened the page. Look at it again.", code="decide.gone")
    if not reason.strip():
        raise refuse(finding.rule, "Write down why.", code="decide.reason", field="reason")
    gate = Gate.START if row.status == Status.CLEARED else Gate.CLEAR
    override = Override.objects.create(
        site=row.site, session=row, gate=gate, rule=finding.rule, finding=finding.key, text=finding.text[:300],
        reason=reason.strip()[:300], decided_at=now, decided_by=by, client_key=client_key,
    )  # fmt: skip
    audit.record(
        action="session.decided", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"gate": gate, "rule": finding.rule, "finding": finding.key},
    )  # fmt: skip
    return override


@transaction.atomic
def clear_for_dosing(session: TreatmentSession, *, by: User, membership: Membership, now: datetime) -> TreatmentSession:
    """Clear a patient for the dose. Raises Refused with every block and every decision that nobody has taken yet."""
    picture = locked_picture(session, GATE_PARTS)
    row = picture.session
    if row.status == Status.CLEARED:
        return row
    in_the_way = standing_in_the_way(clear_findings(gate_facts(picture, at=now, membership=membership)), decided_before_dose(picture))
    if in_the_way:
        raise Refused(in_the_way)
    fix_policy(row, picture.policy, now)
    if may(membership.role, Permission.DECIDE):
        resolve_notices(row.site, SUICIDE_NOTICE, row, "The prescriber cleared the patient.", now)
    move(row, Status.CLEARED, by=by, now=now, also={"order": order_of(row)})
    return row


def open_findings(picture: Picture, findings: list[Finding]) -> list[Finding]:
    """What still stands in the way of a gate before the dose."""
    return standing_in_the_way(findings, decided_before_dose(picture))
