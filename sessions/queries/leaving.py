"""The discharge's gate over what stands, which version of it a page showed, and who signed (OUT-1, OUT-2)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Value

from clinic.findings import Finding, Level
from clinic.models import Signature, Site
from patients.models import Contact
from sessions.models import IdentityCheck, PreDoseCheck, TreatmentSession
from sessions.picture import Picture
from sessions.queries.screening import prescriber_has_seen
from sessions.rules.readiness import OTHER_TAKER, SEEN, LastSeen, discharge_findings, hand_off

# The task that a prescriber reads and signs how a patient went (OUT-3).
UNSIGNED = "departure_unsigned"


def last_seen(picture: Picture) -> LastSeen:
    """The last value obtained, since the first device, of what must have resolved (MON-1)."""
    checks = since_dose(picture)
    return LastSeen(
        sedation=next((check.sedation for check in reversed(checks) if check.sedation is not None), None),
        dissociation=next((check.dissociation for check in reversed(checks) if check.dissociation), None),
        breathing=next((check.breathing for check in reversed(checks) if check.breathing), None),
    )


def since_dose(picture: Picture) -> list:  # type: ignore[type-arg]
    first = picture.first_device_at
    return [check for check in picture.observations if first is not None and check.observed_at >= first]


def gate_of_discharge(picture: Picture, now: datetime) -> list[Finding]:
    """Every reason why this patient may not leave yet; the same answer for the page and for the act."""
    checks = since_dose(picture)
    newest = picture.readiness_checks[-1] if picture.readiness_checks else None
    return discharge_findings(
        now=now,
        opens_at=picture.gate_opens_at,
        seen=last_seen(picture),
        last_check_at=checks[-1].observed_at if checks else None,
        final_max_age=picture.clock_policy.final_max_age,
        answers=newest.answers if newest is not None else {},
        answered_at=newest.observed_at if newest is not None else None,
        open_alerts=[alert.text for alert in picture.open_alerts],
        prescriber_saw=prescriber_has_seen(picture),
    )


def before_the_dose(session_pk: int) -> list[tuple[str, int]]:
    """Asked here: the page of the watch leaves these parts of the picture out, and the act doesn't."""
    kinds = (("identity", IdentityCheck), ("predose", PreDoseCheck))
    rows = [
        model._default_manager.filter(session_id=session_pk, superseded_by__isnull=True, is_withdrawn=False).order_by().values_list(Value(kind), "pk")
        for kind, model in kinds
    ]
    return sorted(rows[0].union(rows[1]))


def version_of(picture: Picture) -> str:
    """Names what a discharge's signature would bind: the facts that stand, none of which can change without becoming another row (OUT-2)."""
    kinds = (picture.devices, picture.observations, picture.rounds, picture.events, picture.readiness_checks)
    seconds = [device.pk for device in picture.devices if getattr(device, "confirmed_at", None) is not None]
    told = [*([row.pk for row in rows] for rows in kinds), seconds, before_the_dose(picture.session.pk)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def stale_findings(picture: Picture, shown: str | None) -> list[Finding]:
    """Nobody signs what they haven't seen. None: nobody looked at a page (a demonstration, a test of the act)."""
    if shown is None or shown == version_of(picture):
        return []
    text = "The record has changed since this page was shown. Look at it again, then sign."
    return [Finding(rule="OUT-2", level=Level.BLOCK, text=text, code="OUT-2.stale")]


def takers_of(session: TreatmentSession) -> list[Contact]:
    """Who may take the patient home, by the chart; the one of this visit first."""
    people = Contact.objects.filter(patient_id=session.patient_id, is_active=True, kind=Contact.Kind.ESCORT)
    return sorted(people, key=lambda one: (one.pk != session.escort_id, one.name, one.pk))


def hand_off_words(answers: Mapping[str, str]) -> str:
    """Who took the patient home and how they were seen, by the readiness that was signed; empty where nobody said."""
    told = hand_off(answers)
    if not told:
        return ""
    is_named = told["taken_by"] == OTHER_TAKER
    contact = None if is_named else Contact.objects.filter(pk=int(told["taken_by"])).first()
    name = told["taken_name"] if is_named else contact and contact.name
    return ", ".join(filter(None, (name or "?", dict(SEEN).get(told.get("taken_seen", ""), "").lower())))


def signatures_under(site: Site, target_kind: str, target_pk: int) -> list[Signature]:
    """In the order of signing: leaving early has two (OUT-3)."""
    return list(Signature.objects.filter(site=site, target_kind=target_kind, target_pk=target_pk).order_by("signed_at", "pk"))


def printed(signature: Signature) -> dict[str, object]:
    """A signature as components/_signature prints it."""
    return {
        "printed_name": signature.printed_name,
        "credential": signature.credential.upper(),
        "meaning": signature.get_meaning_display(),
        "signed_at": signature.signed_at,
        "sha256": signature.content_sha256,
    }
