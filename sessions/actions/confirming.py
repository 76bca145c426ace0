"""Confirming a monitoring form by signature, and correcting one afterwards by a new revision (PMF-4)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import Refused
from clinic.models import Membership, Signature, User
from clinic.queries import today_at
from clinic.roles import LICENSED
from clinic.signatures import IdentityProof, sign
from sessions import definitions
from sessions.actions.adverse import report_with_form
from sessions.actions.facts import out_of_date, same_post
from sessions.actions.forms import deadlines_of
from sessions.actions.life import locked_picture
from sessions.models import FormSend, MonitoringForm
from sessions.queries.form_facts import ENDED, PARTS, facts_of
from sessions.rules.deadlines import Deadlines
from sessions.rules.form import Answer, amend_findings, answer_findings, changed_fields, confirm_findings, settled
from sessions.rules.proposals import propose
from sessions.signed_form import KIND, SCHEMA
from sessions.states import FormStatus


def locked_form(form: MonitoringForm) -> MonitoringForm:
    """The form's row as it stands now, locked until the act is over."""
    rows = MonitoringForm.objects.select_for_update(of=("self",)).select_related("session", "site")
    return rows.get(pk=form.pk)


@transaction.atomic
def confirm_form(
    form: MonitoringForm, *, answers: Mapping[str, Answer], proof: IdentityProof, membership: Membership, client_key: UUID, now: datetime
) -> MonitoringForm:
    """Store the confirmed answers with what was proposed, and sign them (PMF-4).

    Raises Refused with every field that is missing or impossible, and when the patient is still here or the signer isn't licensed.
    """
    picture = locked_picture(form.session, PARTS)
    row = locked_form(form)
    if row.confirm_key == client_key:
        return row
    if MonitoringForm.objects.filter(confirm_key=client_key).exists():
        raise out_of_date()
    definition = definitions.of_code(row.definition_code)
    licensed = frozenset(str(credential) for credential in LICENSED)
    found = confirm_findings(is_over=picture.session.status in ENDED, status=row.status, credential=membership.credential, licensed=licensed)
    found = found or answer_findings(definition, answers)
    if found:
        raise Refused(found)
    kept = settled(definition, answers)
    proposals = propose(definition, facts_of(picture, row.site))
    row.answers, row.proposals = kept, {name: asdict(proposal) for name, proposal in proposals.items() if proposal.value or proposal.evidence}
    # The text of a definition may have been mended since it became owed; what was confirmed is bound to what was shown.
    row.definition_sha256 = definition.sha256
    row.status, row.completed_at, row.completed_by, row.confirm_key = FormStatus.COMPLETE, now, proof.user, client_key
    row.save(update_fields=["answers", "proposals", "definition_sha256", "status", "completed_at", "completed_by", "confirm_key"])
    row.signature = sign(
        site=row.site, membership=membership, proof=proof, meaning=Signature.Meaning.FORM, target_kind=KIND, target_pk=row.pk, schema=SCHEMA, now=now
    )
    row.save(update_fields=["signature"])
    report_with_form(row, by=proof.user, now=now)
    changes = {"status": [FormStatus.OWED, FormStatus.COMPLETE], "changed": changed_fields(kept, proposals)}
    audit.record(action="form.confirmed", target=row, by=proof.user, now=now, site=row.site, patient_pk=row.session.patient_id, changes=changes)
    return row


@transaction.atomic
def amend_form(form: MonitoringForm, *, reason: str, client_key: UUID, by: User, now: datetime) -> MonitoringForm:
    """A correction is a new revision, owed again; the confirmed one is never changed (PMF-5).

    A revision that never went out is void and hands its deadline on: the first send stays due by day 7. One that was sent
    stays as it is and still wants its proof; its correction has days of its own `[check]`.
    """
    row = locked_form(form)
    earlier = same_post(MonitoringForm, client_key, row.session)
    if earlier is not None:
        return earlier
    has_later = MonitoringForm.objects.filter(session_id=row.session_id, revision__gt=row.revision).exists()
    found = amend_findings(status=row.status, has_later=has_later, reason=reason)
    if found:
        raise Refused(found)
    never_went_out = row.status == FormStatus.COMPLETE and not row.sends.exclude(outcome=FormSend.Outcome.FAILED).exists()
    limits = Deadlines(row.due_on, row.staffed_due_on) if never_went_out else deadlines_of(row.session, today_at(row.site, now))
    made = MonitoringForm.objects.create(
        site=row.site, session_id=row.session_id, revision=row.revision + 1, reason=reason.strip(), client_key=client_key,
        definition_code=row.definition_code, definition_sha256=row.definition_sha256, treatment_on=row.treatment_on,
        due_on=limits.due_on, staffed_due_on=limits.staffed_due_on, owed_at=now, answers=row.answers,
    )  # fmt: skip
    if never_went_out:
        row.status = FormStatus.VOID
        row.save(update_fields=["status"])
        resolve_notices(row.site, "form_due", row, "A correction takes its place.", now)
    changes = {"revision": made.revision, "due_on": made.due_on}
    audit.record(action="form.amended", target=made, by=by, now=now, site=row.site, patient_pk=row.session.patient_id, changes=changes)
    return made
