"""The monitoring forms of the past: confirmed, signed, sent and proven; a few late, one overdue, one due today, some to send or prove (PMF-1, PMF-5)."""

import random
from datetime import date, datetime, timedelta

from clinic.models import Signature
from clinic.queries import calendar_of
from clinic.rules.opening import Calendar
from clinic.seals import seal
from clinic.signatures import content_digest
from desk.demo.house import House
from desk.demo.past import Story, nurse_of, uuid
from sessions import definitions
from sessions.models import FormSend, MonitoringForm
from sessions.picture import pictures_of
from sessions.queries.form_facts import PARTS, facts_of
from sessions.rules.deadlines import deadlines
from sessions.rules.form import settled
from sessions.rules.proposals import propose
from sessions.signed_form import KIND, SCHEMA, form_text
from sessions.states import FormStatus


def forms(house: House, stories: list[Story], *, now: datetime, dice: random.Random) -> list[MonitoringForm]:
    """A form for each dosed visit; those of the last week may still be open."""
    dosed = [story for story in stories if story.visit.outcome == "discharged"]
    if not dosed:
        return []
    today = now.astimezone(house.site.zone).date()
    calendar = calendar_of(house.site, dosed[0].visit.day, today + timedelta(days=8))
    made = [form_of(house, story, calendar) for story in dosed]
    open_ones = still_open(made, today)
    for form, story in zip(made, dosed, strict=True):
        if not any(form is other for other in open_ones):
            complete(house, form, story, now, dice)
    await_somebody(made, today)
    fill_answers(house, [(form, story) for form, story in zip(made, dosed, strict=True) if form.completed_at])
    MonitoringForm.objects.bulk_create(made, batch_size=200)
    sign(house, [(form, story) for form, story in zip(made, dosed, strict=True) if form.completed_at])
    never_sent = next((form for form in made if form.status == FormStatus.COMPLETE), None)
    FormSend.objects.bulk_create([send_of(house, form, dice) for form in made if form.completed_at and form is not never_sent], batch_size=500)
    return made


def form_of(house: House, story: Story, calendar: Calendar) -> MonitoringForm:
    definition = definitions.in_force_on(story.visit.day)
    limits = deadlines(story.visit.day, 7, calendar)
    return MonitoringForm(
        site=house.site, session=story.session, definition_code=definition.code, definition_sha256=definition.sha256,
        treatment_on=story.visit.day, due_on=limits.due_on, staffed_due_on=limits.staffed_due_on, owed_at=story.first_at,
    )  # fmt: skip


def still_open(made: list[MonitoringForm], today: date) -> list[MonitoringForm]:
    """Nobody has come to these yet: the newest, one that is due today or next, and one overdue."""
    newest = made[-4:]
    due = [form for form in made if form.staffed_due_on == today][:1]
    overdue = [form for form in made if form.due_on < today][-1:]
    return [*newest, *due, *overdue]


def complete(house: House, form: MonitoringForm, story: Story, now: datetime, dice: random.Random) -> None:
    """Confirmed by the monitor at the day's end or in the next days; two in a hundred forgotten for ten days, the newest still open."""
    days = 10 if dice.random() < 0.02 else dice.choices((0, 1, 2, 4), weights=(5, 3, 1, 1))[0]
    at = story.ended_at + timedelta(minutes=dice.randint(5, 45)) + timedelta(days=days)
    if at + timedelta(hours=1) > now:
        return
    form.completed_at, form.completed_by = at, house.members[nurse_of(story)].user
    form.status, form.filed_at = FormStatus.FILED, at + timedelta(minutes=40)


def await_somebody(made: list[MonitoringForm], today: date) -> None:
    """Of the last days' forms two wait for their proof, and two to be sent: one for the first time, one again."""
    recent = [form for form in made if form.status == FormStatus.FILED and form.due_on > today]
    states = (FormStatus.SENT, FormStatus.COMPLETE, FormStatus.SENT, FormStatus.COMPLETE)
    for form, status in zip(recent[-4:], states, strict=False):
        form.status, form.filed_at = status, None


def fill_answers(house: House, pairs: list[tuple[MonitoringForm, Story]]) -> None:
    """The answers are what the proposals say; where chart and patient disagree about a medicine, the provider said yes."""
    sessions = [story.session for _, story in pairs]
    pictures = {picture.session.pk: picture for picture in pictures_of(sessions, {session.pk: house.policy for session in sessions}, PARTS)}
    for form, story in pairs:
        definition = definitions.of_code(form.definition_code)
        proposals = propose(definition, facts_of(pictures[story.session.pk], house.site))
        form.answers = settled(
            definition, {name: proposal.value or ("yes" if "disagree" in proposal.missing else "") for name, proposal in proposals.items()}
        )


def sign(house: House, pairs: list[tuple[MonitoringForm, Story]]) -> None:
    rows = []
    for form, story in pairs:
        member = house.members[nurse_of(story)]
        rows.append(
            seal(
                Signature(
                    site=house.site,
                    signer=member.user,
                    printed_name=member.user.printed_name,
                    credential=member.credential,
                    role=member.role,
                    meaning=Signature.Meaning.FORM,
                    signed_at=form.completed_at,
                    target_kind=KIND,
                    target_pk=form.pk,
                    content_schema=SCHEMA,
                    content_sha256=content_digest(form_text(form)),
                )
            )
        )
    for (form, _), signature in zip(pairs, Signature.objects.bulk_create(rows, batch_size=500), strict=True):
        form.signature = signature
    MonitoringForm.objects.bulk_update([form for form, _ in pairs], ["signature"], batch_size=200)


def send_of(house: House, form: MonitoringForm, dice: random.Random) -> FormSend:
    """Sent by portal right after, with its confirmation number; no answer yet where the form waits for proof, a busy line where it is to be sent again."""
    assert form.completed_at is not None
    sent_at = form.completed_at + timedelta(minutes=dice.randint(2, 20))
    told = {"site": house.site, "form": form, "sent_at": sent_at, "sent_by": form.completed_by, "recorded_at": sent_at, "client_key": uuid(dice)}
    if form.status == FormStatus.SENT:
        return FormSend(**told, method=FormSend.Method.PORTAL)
    ended = {"outcome_at": form.filed_at or sent_at + timedelta(minutes=9), "outcome_by": form.completed_by}
    if form.status == FormStatus.COMPLETE:
        return FormSend(**told, **ended, method=FormSend.Method.FAX, outcome=FormSend.Outcome.FAILED, failure="Fax line busy")
    return FormSend(**told, **ended, method=FormSend.Method.PORTAL, outcome=FormSend.Outcome.PROVEN, proof=f"DEMO-{form.pk:06}")
