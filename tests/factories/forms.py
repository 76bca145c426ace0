"""Monitoring forms at any point of their life, by rows and by actions."""

import uuid
from datetime import datetime, timedelta

from clinic.models import User
from clinic.signatures import IdentityProof
from sessions import definitions
from sessions.actions.confirming import confirm_form
from sessions.actions.filing import prove_send, send_form
from sessions.actions.forms import owe_form
from sessions.models import Discharge, FormSend, MonitoringForm, ReadinessCheck, SessionEvent, TreatmentSession
from sessions.queries.form_page import proposals_of
from sessions.rules.form import Answer
from sessions.states import FormStatus, Status
from tests.cast import NOW, Cast
from tests.factories.sessions import ObservationFactory, at_state

START = NOW - timedelta(minutes=150)


def proof_of(user: User) -> IdentityProof:
    return IdentityProof(user=user, method="password")


def finished_session(cast: Cast, *, start: datetime = START, **fields: object) -> TreatmentSession:
    """Discharged two hours and five minutes after its first device, with a reading before, at 40 minutes and at the end."""
    end = start + timedelta(minutes=125)
    session = at_state(Status.DISCHARGED, cast, first_device_at=start, now=end, **fields)
    for minutes, kind, sedation in ((40, "planned", 4), (75, "extra", 5), (120, "final", 5)):
        ObservationFactory(
            session=session, observed_at=start + timedelta(minutes=minutes), kind=kind, planned_minute=minutes if kind == "planned" else None,
            recorded_by=cast.nurse, sedation=sedation, systolic=130 - minutes // 10,
        )  # fmt: skip
    SessionEvent.objects.create(
        site=session.site, session=session, kind="clinically_ready", observed_at=start + timedelta(minutes=100), recorded_at=start + timedelta(minutes=100),
        recorded_by=cast.nurse,
    )  # fmt: skip
    ready = ReadinessCheck.objects.create(site=session.site, session=session, observed_at=end, recorded_at=end, recorded_by=cast.nurse, answers={})
    Discharge.objects.create(
        site=session.site, session=session, readiness=ready, discharged_at=end, discharged_by=cast.nurse, recorded_at=end, client_key=uuid.uuid4()
    )
    return session


def owed(cast: Cast, **fields: object) -> MonitoringForm:
    """An owed form of a finished session."""
    session = finished_session(cast, **fields)
    form = owe_form(session, by=cast.nurse, now=session.dosing_at or NOW)
    assert form is not None
    return form


def good_answers(form: MonitoringForm) -> dict[str, Answer]:
    """Every answer as proposed; what nothing proposes is "no"."""
    definition = definitions.of_code(form.definition_code)
    proposals = proposals_of(form, definition, form.site)
    return {spec.id: proposals[spec.id].value or ("no" if spec.choices and spec.choices[0].value == "yes" else "") for spec in definition.fields}


def confirmed(cast: Cast, *, now: datetime = NOW, **fields: object) -> MonitoringForm:
    form = owed(cast, **fields)
    return confirm_form(
        form, answers=good_answers(form), proof=proof_of(cast.nurse), membership=cast.of(cast.nurse), client_key=uuid.uuid4(), now=now
    )


def sent(cast: Cast, *, now: datetime = NOW, **fields: object) -> FormSend:
    return send_form(confirmed(cast, now=now, **fields), method="fax", sent_at=now, client_key=uuid.uuid4(), by=cast.desk, now=now)


def filed(cast: Cast, *, now: datetime = NOW, **fields: object) -> MonitoringForm:
    return prove_send(sent(cast, now=now, **fields), proof="FAX-123", proof_file=None, by=cast.desk, now=now)


def at_form_status(status: str, cast: Cast, **fields: object) -> MonitoringForm:
    """A form in any state but void."""
    if status == FormStatus.SENT:
        return sent(cast, **fields).form
    return {FormStatus.OWED: owed, FormStatus.COMPLETE: confirmed, FormStatus.FILED: filed}[FormStatus(status)](cast, **fields)
