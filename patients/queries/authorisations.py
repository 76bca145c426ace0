"""Payers' authorisations and planned moves to another setting, as they stand."""

from datetime import date

from clinic.models import Site
from patients.models import Authorisation, Patient, TransferOut

TELL_OF_MOVE = "tell_of_move"


def authorisations_of(patient: Patient) -> list[Authorisation]:
    """Those that stand, the latest to end first."""
    return list(Authorisation.objects.standing().filter(patient=patient).select_related("recorded_by"))


def in_force(rows: list[Authorisation], on: date) -> Authorisation | None:
    """The one that covers a day: of several the one that ends first, since it is used first."""
    return min((row for row in rows if row.from_on <= on <= row.until_on), key=lambda row: (row.until_on, row.pk), default=None)


def transfers_of(patient: Patient) -> list[TransferOut]:
    return list(TransferOut.objects.filter(patient=patient).select_related("owner", "told_by", "cancelled_by"))


def untold_transfers(site: Site) -> list[TransferOut]:
    """Moves of which the REMS doesn't know yet (SET-8), the next to move first."""
    rows = TransferOut.objects.filter(site=site, told_at__isnull=True, cancelled_at__isnull=True)
    return list(rows.select_related("patient", "owner").order_by("moves_on", "pk"))
