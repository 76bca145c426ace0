"""Certification, training and equipment as they stand on a day (SET-1, SET-3, SET-4)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.findings import Finding
from clinic.models import Certification, Equipment, EquipmentCheck, Membership, Site, Training
from clinic.rules.opening import day_bounds, local_day
from clinic.rules.standing import (
    CertificationEvent,
    DeviceState,
    Standing,
    TrainingSpan,
    equipment_findings,
    is_certified,
    training_standing,
)


def certified_on(site: Site, day: date) -> bool:
    """Whether the site is certified on a day (SET-1)."""
    events = Certification.objects.filter(site=site, happened_on__lte=day).values_list("happened_on", "pk", "kind")
    return is_certified([CertificationEvent(*event) for event in events], day)


def training_standings(site: Site, day: date, memberships: Iterable[Membership] | None = None) -> dict[int, Standing]:
    """Membership pk → how their REMS training stands on a day (SET-3), in one query; who isn't in it has none on record."""
    trainings = Training.objects.filter(site=site, kind=Training.Kind.REMS)
    if memberships is not None:
        trainings = trainings.filter(membership__in=[membership.pk for membership in memberships])
    spans: dict[int, list[TrainingSpan]] = defaultdict(list)
    for pk, completed_on, expires_on in trainings.values_list("membership_id", "completed_on", "expires_on"):
        spans[pk].append(TrainingSpan(completed_on, expires_on))
    return {pk: training_standing(listed, day) for pk, listed in spans.items()}


def training_valid(membership: Membership, day: date) -> bool:
    """Whether a member's REMS training counts on a day (SET-3); lapsed is a decision, not a block."""
    spans = Training.objects.filter(membership=membership, kind=Training.Kind.REMS).values_list("completed_on", "expires_on")
    return training_standing([TrainingSpan(*span) for span in spans], day).is_good


def equipment_on(site: Site, day: date) -> list[tuple[Equipment, DeviceState]]:
    """Each device in use with its last check up to the end of a day."""
    return [(device, state_of(device, site)) for device in with_last_check(site, day).filter(is_active=True)]


def with_last_check(site: Site, day: date) -> QuerySet[Equipment]:
    """Equipment with `last_checked_at` and `last_was_good` as they stood at the end of a day."""
    last = EquipmentCheck.objects.filter(equipment=OuterRef("pk"), checked_at__lt=day_bounds(day, site.zone)[1]).order_by("-checked_at", "-pk")
    return (
        Equipment.objects.filter(site=site)
        .annotate(last_checked_at=Subquery(last.values("checked_at")[:1]), last_was_good=Subquery(last.values("is_good")[:1]))
        .order_by("kind", "label", "pk")
    )


def state_of(device: Any, site: Site) -> DeviceState:
    """The plain value that the rules ask for, of a row of `with_last_check`."""
    checked_on = local_day(device.last_checked_at, site.zone) if device.last_checked_at else None
    return DeviceState(device.kind, str(device), device.check_every_days, checked_on, bool(device.last_was_good))


def equipment_problems(site: Site, day: date) -> list[Finding]:
    """SET-4 on a day: a block without a good oximeter or cuff, a note for each device that isn't good."""
    return equipment_findings([state for _, state in equipment_on(site, day)], day)
