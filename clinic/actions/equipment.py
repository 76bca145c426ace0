"""Oximeters, cuffs and kits, and their checks (SET-4)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.actions.writing import locked_site, write
from clinic.findings import refuse
from clinic.models import Equipment, EquipmentCheck, Site, User


@transaction.atomic
def add_equipment(site: Site, *, kind: str, label: str, check_every_days: int, by: User, now: datetime) -> Equipment:
    """A device of the site; it counts once it has been checked. Raises Refused for a second one of the same id."""
    row = locked_site(site)
    refuse_second_label(row, label)
    device = Equipment.objects.create(site=row, kind=kind, label=label, check_every_days=check_every_days)
    changes = {"kind": kind, "label": label, "check_every_days": check_every_days}
    audit.record(action="equipment.added", target=device, by=by, now=now, site=row, changes=changes)
    return device


@transaction.atomic
def change_equipment(
    device: Equipment, *, label: str, check_every_days: int, is_active: bool, opened: Mapping[str, str] | None = None, by: User, now: datetime
) -> Equipment:
    """Change a device's id or interval, take it out of use or back into it; its checks stay. Raises Changed for what another changed meanwhile."""
    site = locked_site(device.site)
    row = Equipment.objects.select_for_update(of=("self",)).get(pk=device.pk)
    values = merged(row, {"label": label, "check_every_days": check_every_days, "is_active": is_active}, opened)
    refuse_second_label(site, values["label"], row.pk)
    changed = write(row, values)
    if changed:
        audit.record(action="equipment.changed", target=row, by=by, now=now, site=site, changes=changed)
    return row


def refuse_second_label(site: Site, label: str, own_pk: int = 0) -> None:
    if Equipment.objects.filter(site=site, label__iexact=label).exclude(pk=own_pk).exists():
        raise refuse("SET-4", "This site already has equipment with that id.", field="label")


@transaction.atomic
def record_equipment_check(
    device: Equipment, *, checked_at: datetime, is_good: bool, note: str, client_key: UUID | None = None, by: User, now: datetime
) -> EquipmentCheck:
    """Add a check (SET-4); a bad one must say what is wrong."""
    if checked_at > now:
        raise refuse("SET-4", "This moment hasn't come yet.", field="checked_at")
    if not is_good and not note:
        raise refuse("SET-4", "Say what is wrong with it.", field="note")
    row = Equipment.objects.select_for_update(of=("self",)).select_related("site").get(pk=device.pk)
    if client_key is not None and (earlier := EquipmentCheck.objects.filter(client_key=client_key, equipment=row).first()):
        return earlier
    check = EquipmentCheck.objects.create(
        site=row.site, equipment=row, checked_at=checked_at, is_good=is_good, note=note, recorded_at=now, recorded_by=by, client_key=client_key
    )
    changes = {"equipment": row.pk, "checked_at": checked_at, "is_good": is_good}
    audit.record(action="equipment.checked", target=check, by=by, now=now, site=row.site, changes=changes)
    return check
