"""Break the glass: open a chart of another site in an emergency, for an hour, loudly; and the review by its own site (SET-10)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from clinic import audit, scope
from clinic.actions.guessing import raise_guessing
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import Refused, refuse
from clinic.identity import take_a_try
from clinic.models import Membership, Site
from clinic.signatures import IdentityProof
from patients.models import EmergencyRead, EmergencyReadReview
from patients.queries.emergency_reads import NOTICE, other_sites, person_at
from patients.rules import emergency_reads as rules

RULE = "SET-10"
MOST_MISSES, FORGOTTEN_AFTER = 5, 3600  # of one person, seconds
TEXT = "A chart was opened from another site in an emergency. Say whether that was right."
STOPPED_THERE = (
    "Somebody of another site searched five times for a chart here in an emergency and found none. Look at the trail, and sign its review."
)
STOPPED_HERE = "Somebody here searched five times for a chart of another site in an emergency and found none. Look at the trail, and sign its review."
NOBODY = "No chart with this last name and birth date is at that site. Each try is noted there."


@dataclass(frozen=True)
class Wanted:
    """Whose chart, and why."""

    site: Site
    last_name: str
    birth_on: date
    reason: str


def open_chart(membership: Membership, wanted: Wanted, *, proof: IdentityProof, client_key: UUID, now: datetime) -> EmergencyRead:
    """Sixty minutes of reading, named and with a reason, and a notice at the chart's own site in the same transaction.

    Raises Refused for a site of another organisation, without a reason, and for nobody found: that is an entry of that site's trail, and after
    five misses in an hour nobody is looked for, and the reviewers of both sites are told. A repeated key returns the earlier row.
    """
    earlier = EmergencyRead.objects.filter(client_key=client_key, reader=proof.user).first()
    if earlier is not None:
        return earlier
    if proof.user.pk != membership.user_id:
        raise refuse(RULE, "Only the person who is signed in opens a chart here.")
    if not other_sites(membership.site).filter(pk=wanted.site.pk).exists():
        raise refuse(RULE, "Choose another site of your organisation.", field="to_site")
    if not wanted.reason.strip():
        raise refuse(RULE, "Say what the emergency is.", field="why")
    misses = f"emergency-read:{proof.user.pk}"
    # One of the few tries is taken before anything is looked at: many posts at once have no more of them.
    number = take_a_try(misses, MOST_MISSES, FORGOTTEN_AFTER)
    if number is None:
        raise refuse(RULE, "Five were not found within the hour. Call the other site.", code="SET-10.misses", field="last_name")
    with scope.also(wanted.site.pk):
        found = person_at(wanted.site, last_name=wanted.last_name, birth_on=wanted.birth_on)
        if len(found) != 1:
            raise missed(membership, wanted, len(found), is_last=number == MOST_MISSES - 1, now=now)
        cache.delete(f"{misses}:{number}")
        return opened(membership, wanted, found[0].pk, client_key=client_key, now=now)


@transaction.atomic
def missed(membership: Membership, wanted: Wanted, how_many: int, *, is_last: bool, now: datetime) -> Refused:
    """The miss counts, and the other site has it in its trail; of the last of them the reviewers of both sites are told."""
    audit.record(action="emergency_read.missed", target=membership.site, by=membership.user, now=now, site=wanted.site, changes={"found": how_many})
    for site, words in ((wanted.site, STOPPED_THERE), (membership.site, STOPPED_HERE)) if is_last else ():
        raise_guessing(site, membership.user, "emergency_read.stopped", words, now=now, by=membership.user)
    text = NOBODY if not how_many else "Several people there have this last name and birth date. Call the other site."
    return refuse(RULE, text, code="SET-10.nobody", field="last_name")


@transaction.atomic
def opened(membership: Membership, wanted: Wanted, patient_pk: int, *, client_key: UUID, now: datetime) -> EmergencyRead:
    told = {
        "site": wanted.site, "patient_id": patient_pk, "reader": membership.user, "reader_name": printed(membership), "from_site": membership.site,
        "reason": wanted.reason.strip()[:300], "opened_at": now, "ends_at": rules.ends_at(now),
    }  # fmt: skip
    row, is_new = EmergencyRead.objects.get_or_create(client_key=client_key, defaults=told)
    if not is_new:
        return row
    raise_notice(wanted.site, NOTICE, RULE, row, TEXT, now, due_at=rules.review_due_at(now))
    changes = {"from_site": membership.site_id, "ends_at": row.ends_at}
    for site in (wanted.site, membership.site):
        audit.record(action="emergency_read.opened", target=row, by=membership.user, now=now, site=site, patient_pk=patient_pk, changes=changes)
    return row


def printed(membership: Membership) -> str:
    credential = membership.get_credential_display() if membership.credential != "none" else ""
    return ", ".join(part for part in (str(membership.user), credential, membership.get_role_display()) if part)[:140]


def note_read(read: EmergencyRead, *, now: datetime) -> None:
    """Each look is an entry of the chart's site, without the merging of ordinary reads."""
    audit.record(action="emergency_read.looked", target=read, by=read.reader, now=now, site=read.site, patient_pk=read.patient_id)


@transaction.atomic
def review_read(read: EmergencyRead, *, was_justified: bool, note: str, client_key: UUID, proof: IdentityProof, now: datetime) -> EmergencyReadReview:
    """Its own site says whether it was right; once. Raises Refused for the reader themselves, and without words."""
    row = EmergencyRead.objects.select_for_update(of=("self",)).select_related("site").get(pk=read.pk)
    earlier = EmergencyReadReview.objects.filter(emergency_read=row).first()
    if earlier is not None and earlier.client_key == client_key:
        return earlier
    if earlier is not None:
        raise refuse(RULE, "Somebody has reviewed it already.")
    if row.reader_id == proof.user.pk:
        raise refuse(RULE, "Nobody reviews their own reading. Ask another administrator.")
    if not note.strip():
        raise refuse(RULE, "Say what you found, in a few words.", field="note")
    made = EmergencyReadReview.objects.create(
        site=row.site, emergency_read=row, was_justified=was_justified, note=note.strip()[:500], reviewed_at=now, reviewed_by=proof.user,
        client_key=client_key,
    )  # fmt: skip
    resolve_notices(row.site, NOTICE, row, "Reviewed.", now)
    changes = {"was_justified": was_justified}
    audit.record(action="emergency_read.reviewed", target=row, by=proof.user, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return made
