"""What a second person's word about a device binds, and the discharge that stands on it, as canonical text (OUT-4). Frozen once shipped.

A discharge since then is schema 3, an early one schema 4: before the text of schema 1 or 2 stand the devices that counted from
their entry, and who confirmed which of them. Earlier signatures are verified by their own schema.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F

from sessions.models import DeviceConfirmation, DeviceUse, Discharge, Override
from sessions.signed_content import discharge_text, facts_signed, line, plain
from sessions.signed_early import early_text

KIND = "deviceconfirmation"
SCHEMA = 1
USUAL, EARLY = 3, 4
_FIELDS = ("id", "device_id", "second_id", "observed_at", "recorded_at", "recorded_by_id")


def said(row: DeviceConfirmation) -> str:
    return f"confirmed {json.dumps({name: plain(getattr(row, name)) for name in _FIELDS}, sort_keys=True)}"


def late(device: DeviceUse) -> str:
    return f"late {json.dumps({'device': device.pk, 'counts_from': plain(device.counts_from)}, sort_keys=True)}"


def confirmation_text(row: DeviceConfirmation) -> str:
    """Schema 1: site and session, the device as it stood, from when it counted, and who vouches for its own time."""
    head = [f"vigil-device-confirmation {SCHEMA}", f"site {row.site.uid}", f"session {row.session.uid}"]
    return "\n".join([*head, line(row.device), late(row.device), said(row)])


def render_confirmations(pks: Collection[int]) -> dict[int, str]:
    """The texts of many confirmations in one query; missing ones are left out."""
    rows = DeviceConfirmation.objects.filter(pk__in=pks).select_related("site", "session", "device")
    return {row.pk: confirmation_text(row) for row in rows}


def render_confirmation(pk: int) -> str:
    """One confirmation's text. Raises LookupError when there is none."""
    return render_confirmations([pk])[pk]


def seconded_text(schema: int, text: str, facts: Iterable[Any], seconds: Iterable[DeviceConfirmation]) -> str:
    """A head of its own over the text of the schema before it."""
    devices = (fact for fact in facts if isinstance(fact, DeviceUse) and fact.counts_from)
    head = [late(device) for device in sorted(devices, key=lambda device: device.pk)]
    return "\n".join([f"vigil-discharge {schema}", *head, *(said(row) for row in seconds), text])


def seconds_signed(session_pks: Collection[int]) -> dict[int, list[DeviceConfirmation]]:
    """By session, the confirmations that stood when its discharge was signed."""
    found: dict[int, list[DeviceConfirmation]] = defaultdict(list)
    for row in DeviceConfirmation.objects.filter(session_id__in=session_pks, recorded_at__lte=F("session__discharge__recorded_at")).order_by("pk"):
        found[row.session_id].append(row)
    return found


def stood(pks: Collection[int]) -> tuple[list[Discharge], dict[int, list[Any]], dict[int, list[DeviceConfirmation]]]:
    """The discharges, the facts and the confirmations that stood when each was signed."""
    discharges = list(Discharge.objects.filter(pk__in=pks).select_related("session__patient", "site"))
    sessions = [discharge.session_id for discharge in discharges]
    return discharges, facts_signed(sessions), seconds_signed(sessions)


def render_discharges(pks: Collection[int]) -> dict[int, str]:
    """The contents of many discharges as they stood when they were signed (schema 3); missing ones are left out."""
    discharges, facts, seconds = stood(pks)
    texts = {}
    for one in discharges:
        text = discharge_text(one, one.session, one.session.patient.uid, one.site.uid, facts[one.session_id])
        texts[one.pk] = seconded_text(USUAL, text, facts[one.session_id], seconds[one.session_id])
    return texts


def render_early_discharges(pks: Collection[int]) -> dict[int, str]:
    """As above for those who left early (schema 4)."""
    discharges, facts, seconds = stood(pks)
    passed: dict[int, list[Override]] = defaultdict(list)
    for row in Override.objects.filter(discharge__in=discharges).order_by("pk"):
        passed[row.discharge_id or 0].append(row)
    texts = {}
    for one in discharges:
        text = early_text(one, passed[one.pk], facts[one.session_id])
        texts[one.pk] = seconded_text(EARLY, text, facts[one.session_id], seconds[one.session_id])
    return texts


def render_discharge(pk: int) -> str:
    """One discharge's content. Raises LookupError when there is none."""
    return render_discharges([pk])[pk]


def render_early_discharge(pk: int) -> str:
    """One early discharge's content. Raises LookupError when there is none."""
    return render_early_discharges([pk])[pk]
