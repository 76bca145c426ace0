"""Write a procedure's versions, sign that one works by it, take it out of use (SET-3)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import Membership, Procedure, ProcedureSignOff, ProcedureVersion, Signature, Site, User
from clinic.queries import today_at
from clinic.rules.procedures import RULE, sign_findings, version_findings
from clinic.signatures import IdentityProof, sign
from clinic.signed_content import SIGN_OFF_KIND, SIGN_OFF_SCHEMA


@transaction.atomic
def write_procedure(site: Site, *, title: str, text: str, effective_on: date, client_key: UUID, by: User, now: datetime) -> ProcedureVersion:
    """A new procedure with its first version. Raises Refused for a title that the site has already."""
    row = locked_site(site)
    if earlier := earlier_version(row, client_key):
        return earlier
    if Procedure.objects.filter(site=row, title__iexact=title).exists():
        raise refuse(RULE, "The site has a procedure of this title: write a new version of that one.", field="title")
    return kept(Procedure.objects.create(site=row, title=title), 1, text, effective_on, "", client_key, by, now)


@transaction.atomic
def write_version(
    procedure: Procedure, *, text: str, effective_on: date, reason: str, client_key: UUID, by: User, now: datetime
) -> ProcedureVersion:  # fmt: skip
    """The next version; everybody signs anew. Raises Refused for a day before the last one's, and where it is out of use."""
    site = locked_site(procedure.site)
    if earlier := earlier_version(site, client_key):
        return earlier
    row = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    last = newest_of(row)
    last_on = last.effective_on if last is not None else None
    stop_on(version_findings(effective_on=effective_on, last_on=last_on, is_retired=row.retired_at is not None))
    return kept(row, last.number + 1 if last is not None else 1, text, effective_on, reason, client_key, by, now)


def earlier_version(site: Site, client_key: UUID) -> ProcedureVersion | None:
    row = ProcedureVersion.objects.filter(client_key=client_key).select_related("procedure").first()
    if row is not None and row.site_id != site.pk:
        raise refuse(RULE, "Load the page again.", code="client_key")
    return row


def newest_of(procedure: Procedure) -> ProcedureVersion | None:
    return ProcedureVersion.objects.standing().filter(procedure=procedure).order_by("-number").first()


def to_sign(procedure: Procedure, today: date) -> dict[int, ProcedureVersion]:
    """By number: the version in force and the newest, which may be yet to come."""
    rows = list(ProcedureVersion.objects.standing().filter(procedure=procedure).order_by("number"))
    in_force = [row for row in rows if row.effective_on <= today]
    return {row.number: row for row in (*rows[-1:], *in_force[-1:])}


def kept(
    procedure: Procedure, number: int, text: str, effective_on: date, reason: str, client_key: UUID, by: User, now: datetime
) -> ProcedureVersion:  # fmt: skip
    row = ProcedureVersion.objects.create(
        site_id=procedure.site_id, procedure=procedure, number=number, text=text, effective_on=effective_on, reason=reason,
        observed_at=now, recorded_at=now, recorded_by=by, client_key=client_key,
    )  # fmt: skip
    changes = {"procedure": procedure.pk, "number": number, "effective_on": str(effective_on)}
    audit.record(action="procedure.written", target=row, by=by, now=now, site=procedure.site, changes=changes)
    return row


@transaction.atomic
def sign_off(membership: Membership, *, procedure: Procedure, number: int, client_key: UUID, proof: IdentityProof, now: datetime) -> ProcedureSignOff:
    """That this member has read the version in force, or the one to come, and works by it; once. Raises Refused where another text stands by now."""
    site = locked_site(membership.site)
    row = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    versions = to_sign(row, today_at(site, now))
    stop_on(sign_findings(number=number, to_sign=versions.keys(), is_retired=row.retired_at is not None))
    version = versions[number]
    earlier = ProcedureSignOff.objects.filter(version=version, membership=membership).first()
    if earlier is not None:
        return earlier
    done = ProcedureSignOff.objects.create(
        site=site, version=version, membership=membership, observed_at=now, recorded_at=now, recorded_by=proof.user, client_key=client_key
    )
    sign(
        site=site, membership=membership, proof=proof, meaning=Signature.Meaning.PROCEDURE, target_kind=SIGN_OFF_KIND, target_pk=done.pk,
        schema=SIGN_OFF_SCHEMA, now=now,
    )  # fmt: skip
    audit.record(action="procedure.signed", target=done, by=proof.user, now=now, site=site, changes={"procedure": row.pk, "number": number})
    return done


@transaction.atomic
def retire_procedure(procedure: Procedure, *, by: User, now: datetime) -> Procedure:
    """Nobody need sign it any more; its versions and their signatures stay."""
    site = locked_site(procedure.site)
    row = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    if row.retired_at is None:
        row.retired_at, row.retired_by = now, by
        row.save(update_fields=["retired_at", "retired_by"])
        audit.record(action="procedure.retired", target=row, by=by, now=now, site=site)
    return row
