"""A monitoring form becomes owed, and is no longer owed when no spray stands (PMF-1)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.models import User
from clinic.models.site import Setting
from clinic.queries import calendar_of
from sessions import definitions
from sessions.models import FormSend, MonitoringForm, TreatmentSession
from sessions.picture import Picture
from sessions.protocol import protocol_of
from sessions.rules.deadlines import Deadlines, deadlines
from sessions.states import FormStatus


@transaction.atomic
def owe_form(picture_or_session: Picture | TreatmentSession, *, by: User | None, now: datetime) -> MonitoringForm | None:
    """The form that a session owes from its first spray on (PMF-1); call it with the session locked. Calling again has no effect.

    None where none is owed: inpatient units and emergency departments (SET-6), or a protocol without a form.
    """
    session = picture_or_session.session if isinstance(picture_or_session, Picture) else picture_or_session
    if session.setting != Setting.OUTPATIENT or not protocol_of(session.protocol_code, session.protocol_version).owes_form:
        return None
    last = session.forms.order_by("revision").last()
    if last is None:
        form = MonitoringForm.objects.create(**first_revision(session, now))
    elif last.status == FormStatus.VOID and last.completed_at is None:
        last.status = FormStatus.OWED
        last.save(update_fields=["status"])
        form = last
    else:
        return last
    audit.record(action="form.owed", target=form, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"due_on": form.due_on})
    return form


def first_revision(session: TreatmentSession, now: datetime) -> dict[str, object]:
    """The fields of a session's first form: version and deadlines of its day (PMF-4, PMF-5)."""
    definition = definitions.in_force_on(session.treatment_on)
    limits = deadlines_of(session, session.treatment_on)
    return {
        "site": session.site,
        "session": session,
        "definition_code": definition.code,
        "definition_sha256": definition.sha256,
        "treatment_on": session.treatment_on,
        "due_on": limits.due_on,
        "staffed_due_on": limits.staffed_due_on,
        "owed_at": now,
    }


def deadlines_of(session: TreatmentSession, day_0: date) -> Deadlines:
    """Both deadlines of a form that counts from that day of the site (PMF-5)."""
    days = protocol_of(session.protocol_code, session.protocol_version).form_days
    return deadlines(day_0, days, calendar_of(session.site, day_0, day_0 + timedelta(days=days)))


@transaction.atomic
def withdraw_form(session: TreatmentSession, *, by: User | None, now: datetime) -> None:
    """The only spray was undone, or never was: what nobody has confirmed is void (DOS-2). Call it with the session locked."""
    for form in session.forms.filter(status=FormStatus.OWED, completed_at__isnull=True):
        form.status = FormStatus.VOID
        form.save(update_fields=["status"])
        audit.record(
            action="form.void",
            target=form,
            by=by,
            now=now,
            site=session.site,
            patient_pk=session.patient_id,
            changes={"status": [FormStatus.OWED, FormStatus.VOID]},
        )


def void_forms(session: TreatmentSession, *, by: User, now: datetime) -> bool:
    """Every form of a session that is voided becomes void; whether one has gone to the REMS. Call it with the session locked."""
    sends = FormSend.objects.filter(form__session=session).exclude(outcome=FormSend.Outcome.FAILED)
    for form in session.forms.exclude(status=FormStatus.VOID).order_by("revision"):
        before, form.status = form.status, FormStatus.VOID
        form.save(update_fields=["status"])
        resolve_notices(session.site, "form_due", form, "The session was voided.", now)
        audit.record(
            action="form.void",
            target=form,
            by=by,
            now=now,
            site=session.site,
            patient_pk=session.patient_id,
            changes={"status": [before, FormStatus.VOID]},
        )
    return sends.exists()
