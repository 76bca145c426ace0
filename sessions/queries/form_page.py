"""What the page of one monitoring form, its print and its companion read: proposals while it is owed, answers afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from clinic.models import Site
from sessions import definitions
from sessions.models import Addendum, DeviceUse, FormSend, MonitoringForm, Observation, SessionEvent
from sessions.picture import picture_of
from sessions.queries.form_facts import PARTS, facts_of
from sessions.queries.policies import policy_for
from sessions.rules.definition import Definition, FieldSpec, Kind, Section
from sessions.rules.form import Answer, Answers, asked
from sessions.rules.proposals import NOT_OBTAINED, Proposal, propose


@dataclass(frozen=True)
class Line:
    """One confirmed answer as people read it. `was_changed`: something else had been proposed."""

    spec: FieldSpec
    text: str
    evidence: tuple[str, ...] = ()
    was_changed: bool = False
    proposed: str = ""


def definition_of(form: MonitoringForm) -> Definition | None:
    """The version of this form; None where the installation no longer has it."""
    try:
        return definitions.of_code(form.definition_code)
    except LookupError:
        return None


def proposals_of(form: MonitoringForm, definition: Definition, site: Site) -> dict[str, Proposal]:
    """Proposed afresh from what stands now: nothing is copied from an earlier form (PMF-4)."""
    session = form.session
    session.site = site
    return propose(definition, facts_of(picture_of(session, policy_for(session), PARTS), site))


def shown(spec: FieldSpec, answer: Answer) -> str:
    """An answer in words: choices by their labels, dates as people write them, units behind numbers."""
    if isinstance(answer, list):
        return ", ".join(spec.label_of(one) for one in answer)
    if answer == NOT_OBTAINED:
        return "Not obtained"
    if spec.is_chosen or not answer:
        return spec.label_of(answer)
    if spec.kind is Kind.DATE:
        return us_date(answer)
    return f"{answer} {spec.unit}" if spec.unit and spec.kind in (Kind.NUMBER, Kind.PRESSURE) else answer


def us_date(value: str) -> str:
    """06/10/2026, as the form asks for it; what is no date stays as it is."""
    try:
        return f"{datetime.fromisoformat(value):%m/%d/%Y}"
    except ValueError:
        return value


def answered_sections(form: MonitoringForm, definition: Definition) -> Iterator[tuple[Section, list[Line]]]:
    """The confirmed form in its own order; fields that didn't apply are left out."""
    applying = {spec.id for spec in asked(definition, form.answers)}
    for section in definition.sections:
        lines = [line_of(spec, form) for spec in section.fields if spec.id in applying]
        if lines:
            yield section, lines


def line_of(spec: FieldSpec, form: MonitoringForm) -> Line:
    answers: Answers = form.answers
    answer, proposal = answers.get(spec.id, ""), form.proposals.get(spec.id, {})
    proposed = proposal.get("value", "")
    return Line(spec, shown(spec, answer), tuple(proposal.get("evidence", ())), bool(proposed) and proposed != answer, shown(spec, proposed))


def sends_of(form: MonitoringForm) -> list[FormSend]:
    """Every attempt, the latest first."""
    return list(form.sends.select_related("sent_by", "outcome_by").order_by("-sent_at", "-pk"))


def added_since(form: MonitoringForm) -> list[Addendum]:
    """Addenda that are newer than the confirmation: a reason to correct the form."""
    if form.completed_at is None:
        return []
    return list(Addendum.objects.standing().filter(session_id=form.session_id, recorded_at__gt=form.completed_at).select_related("recorded_by"))


def has_facts_since(form: MonitoringForm) -> bool:
    """Whether a check, an event or a device was recorded after the confirmation: a late entry, or a correction (MON-7)."""
    if form.completed_at is None:
        return False
    late = {"session_id": form.session_id, "recorded_at__gt": form.completed_at}
    return any(model._default_manager.filter(**late).exists() for model in (Observation, SessionEvent, DeviceUse))


def revisions_of(form: MonitoringForm) -> list[MonitoringForm]:
    return list(MonitoringForm.objects.filter(session_id=form.session_id).order_by("revision"))
