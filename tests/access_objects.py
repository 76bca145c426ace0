"""One row of each kind for the access matrix, as the arguments of its url; the same for the cast of either site."""

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from clinic.actions.attachments import keep_file
from clinic.actions.notices import raise_notice
from clinic.actions.screens import enrol_screen
from clinic.models import Equipment, Invitation, Procedure, SitePolicy
from clinic.roles import Role
from patients.models import EmergencyRead
from reminders.models import InboundText, OutboxMessage, Undeliverable
from reminders.queries.inbound import TEXT_WAITING
from reports.actions.exports import ask_export
from reports.models import AuditFinding, SelfAudit
from reports.rules import MEASURES
from sessions import definitions
from sessions.actions.auditing import grant_audit
from sessions.actions.emergency import press
from sessions.actions.feeds import make_feed
from sessions.actions.form_blanks import keep_blank, map_blank
from sessions.models import Alert, Departure, FormBlank, Handover, MoveWish, Round, SafetyCall, SessionEvent
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories import clinic as made
from tests.factories import forms, intakes, patients
from tests.factories.adverse import serious
from tests.factories.scores import reviewed, scored
from tests.factories.sessions import at_state

Arguments = dict[str, object]


def elsewhere(cast: Cast) -> Cast:
    """The cast as Hillcrest has it: its one member plays every part."""
    who = cast.stranger
    return replace(
        cast, riverside=cast.hillcrest, hillcrest=cast.riverside, chairs=[cast.hillcrest_chair], nurse=who, prescriber=who, desk=who, admin=who
    )


def number(row: object) -> Arguments:
    return {"pk": row.pk}  # type: ignore[attr-defined]


def emergency_read(cast: Cast) -> Arguments:
    told = {"reader": cast.second_nurse, "reader_name": "Noel Nightingale", "from_site": cast.hillcrest, "reason": "Collapsed at our door"}
    times = {"opened_at": NOW, "ends_at": NOW + timedelta(hours=1), "client_key": uuid.uuid4()}
    return number(EmergencyRead.objects.create(site=cast.riverside, patient=chart(cast), **told, **times))


def invitation(cast: Cast) -> Arguments:
    told = {"email": "new@clinic.example", "printed_name": "New", "role": Role.SUPPORT, "created_at": NOW, "created_by": cast.admin}
    return number(Invitation.objects.create(site=cast.riverside, token_sha256=uuid.uuid4().hex * 2, expires_at=NOW + timedelta(days=7), **told))


def auditor_grant(cast: Cast) -> Arguments:
    """Of somebody who has yet to join: the cast's own auditor sees the whole site."""
    days = {"first_on": TODAY, "last_on": TODAY, "until_on": TODAY, "sample_size": None, "seed": ""}
    told = {"email": f"audit@{cast.riverside.slug}.example", "printed_name": "Inga Inspector", "purpose": "Yearly audit"}
    return number(grant_audit(cast.riverside, client_key=uuid.uuid4(), by=cast.admin, now=NOW, **days, **told).grant)


def chart(cast: Cast):  # type: ignore[no-untyped-def]
    return patients.ready_patient(cast.riverside, cast.of(cast.prescriber))


def file(cast: Cast) -> Arguments:
    kept = keep_file(cast.riverside, target=chart(cast), file_name="proof.pdf", content=b"%PDF-1.7", by=cast.desk, now=NOW)
    return {"uid": kept.uid}


def monitoring(cast: Cast):  # type: ignore[no-untyped-def]
    return at_state(Status.MONITORING, cast)


def fact(model: type, **fields: object) -> Callable[[Cast], Arguments]:
    def make(cast: Cast) -> Arguments:
        session = monitoring(cast)
        return number(model.objects.create(site=session.site, session=session, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse, **fields))  # type: ignore[attr-defined]

    return make


def alert(cast: Cast) -> Arguments:
    session = monitoring(cast)
    reading = session.observations.first()
    return number(
        Alert.objects.create(site=session.site, session=session, observation=reading, tier="high", what="systolic", text="High", raised_at=NOW)
    )


def emergency(cast: Cast) -> Arguments:
    return number(press(cast.riverside, session=monitoring(cast), client_key=uuid.uuid4(), by=cast.nurse, now=NOW))


def safety_call(cast: Cast) -> Arguments:
    session = at_state(Status.MISSED, cast)
    return number(SafetyCall.objects.create(site=session.site, session=session, why="missed", raised_at=NOW, due_at=NOW + timedelta(hours=6)))


def offer(cast: Cast) -> Arguments:
    """Between two who need not be members of the site: only the row's own site counts."""
    told = {"kind": "hand", "offered_at": NOW, "client_key": uuid.uuid4()}
    return number(Handover.objects.create(site=cast.riverside, offered_by=cast.nurse, to=cast.second_nurse, **told))


def official_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    content = io.BytesIO()
    canvas = Canvas(content, invariant=1)
    canvas.acroForm.textfield(name="Lots", x=50, y=700)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def blank(cast: Cast) -> FormBlank:
    code = definitions.every()[-1].code
    kept = keep_blank(cast.riverside, definition_code=code, file_name="blank.pdf", content=official_pdf(), by=cast.admin, now=NOW)
    return map_blank(kept, field_map={"Lots": next(iter(definitions.of_code(code).fields)).id}, by=cast.admin, now=NOW)


def sent_form(cast: Cast) -> Arguments:
    send = forms.sent(cast)
    row = blank(cast)
    FormBlank.objects.filter(pk=row.pk).update(definition_code=send.form.definition_code)
    return number(send.form)


def receipt(cast: Cast) -> Arguments:
    send = forms.sent(cast)
    send.proof_file = keep_file(cast.riverside, target=send.form, file_name="fax.pdf", content=b"%PDF-1.7", by=cast.desk, now=NOW)
    send.save(update_fields=["proof_file"])
    return number(send)


def failed_message(cast: Cast) -> Arguments:
    visit = at_state(Status.BOOKED, cast)
    told = {"due_at": NOW, "useless_at": NOW + timedelta(hours=2), "created_at": NOW, "status": "failed", "why": "Refused."}
    row = OutboxMessage(
        site=visit.site, patient=visit.patient, session=visit, subject_pk=visit.pk, kind="day_before", schedule_version=1, channel="email", **told
    )
    row.save()
    return number(row)


def wish(cast: Cast) -> Arguments:
    visit = at_state(Status.BOOKED, cast)
    told = {"slot_version": 1, "starts_at": NOW + timedelta(days=2), "chair": visit.chair, "client_key": uuid.uuid4(), "asked_at": NOW}
    return number(MoveWish.objects.create(site=visit.site, session=visit, **told))


def undeliverable(cast: Cast) -> Arguments:
    message = OutboxMessage.objects.get(pk=failed_message(cast)["pk"])
    return number(
        Undeliverable.objects.create(
            site=message.site, patient=message.patient, channel="email", address="a@b.example", message=message, reported_at=NOW, why="it came back."
        )
    )


def inbound_text(cast: Cast) -> Arguments:
    row = InboundText.objects.create(
        site=cast.riverside, provider="http", provider_id="t1", number="+15185550777", body="Late", kind="unknown", language="en", received_at=NOW
    )
    raise_notice(cast.riverside, TEXT_WAITING, "MSG-6", row, "A text waits.", NOW)
    return number(row)


def finding(cast: Cast) -> Arguments:
    visit, monday = at_state(Status.DISCHARGED, cast), date(2026, 6, 8)
    days = {"week_on": monday, "first_on": monday - timedelta(days=35), "last_on": monday - timedelta(days=1)}
    round_ = SelfAudit.objects.create(site=visit.site, ran_at=NOW, visits=1, **days)
    told = {"measure": "watched", "rule": "MON-1", "key": f"watched:{visit.pk}", "found_on": monday}
    return number(AuditFinding.objects.create(site=visit.site, audit=round_, session=visit, **told))


def export(cast: Cast) -> Arguments:
    asked = {"of": "visits", "as": "csv", "first": "2026-06-01", "last": "2026-06-30"}
    told = {"recipient": "REMS", "purpose": "Audit", "client_key": uuid.uuid4()}
    return number(ask_export(cast.riverside, kind="list", filters=asked, by=cast.admin, now=NOW, is_built_here=True, **told))


OBJECTS: dict[str, Callable[[Cast], Arguments]] = {
    "": lambda cast: {},
    "member": lambda cast: number(cast.of(cast.nurse)),
    "invitation": invitation,
    "auditor grant": auditor_grant,
    "chair": lambda cast: number(cast.chairs[0]),
    "stay": lambda cast: number(made.on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=20), left_at=NOW - timedelta(hours=19))),
    "screen": lambda cast: number(enrol_screen(cast.riverside, name="Corridor", kind="wall", chair=None, by=cast.admin, now=NOW)[0]),
    "feed": lambda cast: number(make_feed(cast.riverside, name="Phone", user=cast.nurse, chair=None, scope="site", by=cast.nurse, now=NOW)[0]),
    "closure": lambda cast: number(made.ClosureFactory(site=cast.riverside)),
    "equipment": lambda cast: number(Equipment.objects.filter(site=cast.riverside).first()),
    "procedure": lambda cast: number(Procedure.objects.get_or_create(site=cast.riverside, title="Emergencies")[0]),
    "file": file,
    "patient": lambda cast: number(chart(cast)),
    "emergency read": emergency_read,
    "contact": lambda cast: number(chart(cast).contacts.get()),
    "enrolment": lambda cast: number(chart(cast).enrolments.get()),
    "screening": lambda cast: number(chart(cast).screenings.get()),
    "medicine": lambda cast: number(chart(cast).medicines.get()),
    "trial": lambda cast: number(chart(cast).antidepressant_trials.first()),
    "limits": lambda cast: number(patients.StandingParametersFactory(patient=chart(cast), set_by=cast.prescriber)),
    "scale": lambda cast: {**number(chart(cast)), "scale": "phq-9"},
    "score": lambda cast: number(scored(chart(cast), by=cast.nurse)),
    "benefit review": lambda cast: number(reviewed(chart(cast).courses.get(), by=cast.prescriber)),
    "course": lambda cast: number(chart(cast).courses.get()),
    "order": lambda cast: number(chart(cast).courses.get().orders.get()),
    "spoken order": lambda cast: number(patients.OrderFactory(course=chart(cast).courses.get(), is_spoken=True, taken_by=cast.nurse)),
    "intake": lambda cast: number(intakes.IntakeFactory(patient=chart(cast), owner=cast.desk)),
    "intake step": lambda cast: number(intakes.StepFactory(intake=intakes.IntakeFactory(patient=chart(cast), owner=cast.desk))),
    "authorisation": lambda cast: number(intakes.AuthorisationFactory(patient=chart(cast), recorded_by=cast.desk)),
    "move": lambda cast: number(intakes.TransferFactory(patient=chart(cast), owner=cast.desk)),
    "session": lambda cast: number(monitoring(cast)),
    "booked session": lambda cast: number(at_state(Status.BOOKED, cast)),
    "missed session": lambda cast: number(at_state(Status.MISSED, cast)),
    "device": lambda cast: number(monitoring(cast).device_uses.first()),
    "offer": offer,
    "check": lambda cast: number(monitoring(cast).observations.first()),
    "round": fact(Round),
    "event": fact(SessionEvent, kind="clinically_ready"),
    "alert": alert,
    "emergency": emergency,
    "adverse event": lambda cast: number(serious(cast, monitoring(cast))),
    "departure": fact(Departure, kind="left", condition="Awake"),
    "safety call": safety_call,
    "owed form": lambda cast: number(forms.owed(cast)),
    "sent form": sent_form,
    "receipt": receipt,
    "failed message": failed_message,
    "message kind": lambda cast: {"kind": "day_before"},
    "wish": wish,
    "finding": finding,
    "text": inbound_text,
    "undeliverable": undeliverable,
    "blank": lambda cast: number(blank(cast)),
    # After the sessions: they take the newest policy there is.
    "policy": lambda cast: number(SitePolicy.objects.create(site=cast.riverside, effective_on=date(2027, 1, 1), recorded_at=NOW)),
    "day": lambda cast: {"day": "2026-06-12"},
    "export": export,
    "measure": lambda cast: {"code": MEASURES[0].code},
}
