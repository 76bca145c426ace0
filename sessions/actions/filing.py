"""Sending a monitoring form, and proving that it arrived or saying that it failed (PMF-5)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import Refused, refuse
from clinic.models import Attachment, User
from sessions.actions.confirming import locked_form
from sessions.actions.facts import out_of_date
from sessions.models import FormSend, MonitoringForm
from sessions.rules.form import outcome_findings, send_findings
from sessions.states import FormStatus


@transaction.atomic
def send_form(form: MonitoringForm, *, method: str, sent_at: datetime, client_key: UUID, by: User, now: datetime) -> FormSend:
    """Record that a person sent it by portal or fax (PMF-7); `sent_at` may be earlier than now. Raises Refused (PMF-5)."""
    row = locked_form(form)
    earlier = FormSend.objects.filter(client_key=client_key).first()
    if earlier is not None and earlier.form_id != row.pk:
        raise out_of_date()
    if earlier is not None:
        return earlier
    found = send_findings(status=row.status, completed_at=row.completed_at, sent_at=sent_at, now=now)
    if found:
        raise Refused(found)
    send = FormSend.objects.create(site=row.site, form=row, method=method, sent_at=sent_at, sent_by=by, recorded_at=now, client_key=client_key)
    set_status(row, FormStatus.SENT, by=by, now=now, action="form.sent", changes={"send": send.pk, "method": method})
    return send


@transaction.atomic
def prove_send(send: FormSend, *, proof: str, proof_file: Attachment | None, by: User, now: datetime) -> MonitoringForm:
    """A confirmation number or a fax receipt files the form; its notices are resolved (PMF-5). Raises Refused without any proof."""
    row = locked_form(send.form)
    send = FormSend.objects.select_for_update().get(pk=send.pk)
    proof = proof.strip()
    if send.outcome == FormSend.Outcome.PROVEN and send.proof == proof and proof_file is None:
        return row
    found = outcome_findings(outcome=send.outcome)
    if found:
        raise Refused(found)
    if not proof and proof_file is None:
        raise refuse("PMF-5", "“Sent” is not “filed”: give the confirmation number or the receipt.", code="PMF-5.proof", field="proof")
    end(send, FormSend.Outcome.PROVEN, by=by, now=now, proof=proof, proof_file=proof_file)
    row.filed_at = now
    row.save(update_fields=["filed_at"])
    set_status(row, FormStatus.FILED, by=by, now=now, action="form.filed", changes={"send": send.pk, "with_file": proof_file is not None})
    resolve_notices(row.site, "form_due", row, "Filed, with proof.", now)
    return row


@transaction.atomic
def fail_send(send: FormSend, *, failure: str, by: User, now: datetime) -> MonitoringForm:
    """A send that failed returns the form to complete: it has to go out again (PMF-5)."""
    row = locked_form(send.form)
    send = FormSend.objects.select_for_update().get(pk=send.pk)
    failure = failure.strip()
    if send.outcome == FormSend.Outcome.FAILED and send.failure == failure:
        return row
    found = outcome_findings(outcome=send.outcome)
    if found:
        raise Refused(found)
    if not failure:
        raise refuse("PMF-5", "Say what went wrong.", code="PMF-5.failure", field="failure")
    end(send, FormSend.Outcome.FAILED, by=by, now=now, failure=failure)
    set_status(row, FormStatus.COMPLETE, by=by, now=now, action="form.send_failed", changes={"send": send.pk})
    return row


def end(send: FormSend, outcome: str, *, by: User, now: datetime, **fields: object) -> None:
    values = {"outcome": outcome, "outcome_at": now, "outcome_by": by, **fields}
    for name, value in values.items():
        setattr(send, name, value)
    send.save(update_fields=list(values))


def set_status(form: MonitoringForm, status: str, *, by: User, now: datetime, action: str, changes: dict[str, object]) -> None:
    before = form.status
    # A voided session's form stays void, whatever becomes of what had been sent.
    status = before if before == FormStatus.VOID else status
    form.status = status
    form.save(update_fields=["status"])
    audit.record(
        action=action,
        target=form,
        by=by,
        now=now,
        site=form.site,
        patient_pk=form.session.patient_id,
        changes={"status": [before, status], **changes},
    )
