"""The site's procedures: the version to read now, who has signed it and who hasn't; three queries whatever their number."""

from dataclasses import dataclass
from datetime import date, timedelta

from clinic.models import Membership, Procedure, ProcedureSignOff, ProcedureVersion, Site
from clinic.queries.people import members_of
from clinic.roles import Permission, may

# Who works here signs within a week of the day from which a version counts.
TO_SIGN = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """A procedure with its newest version, who signed that, and who of today's staff hasn't yet."""

    procedure: Procedure
    version: ProcedureVersion
    signed: list[ProcedureSignOff]
    missing: list[Membership]

    def is_mine_to_sign(self, membership: Membership) -> bool:
        return any(one.pk == membership.pk for one in self.missing)

    def is_late(self, today: date) -> bool:
        return bool(self.missing) and today > self.version.effective_on + TO_SIGN


def signers_of(site: Site) -> list[Membership]:
    """Everybody who works here: an auditor reads."""
    return [member for member in members_of(site) if may(member.role, Permission.MOVE_DUTY)]


def standings_of(site: Site, procedure: Procedure | None = None) -> list[Standing]:
    """Of those in use, by title; of one alone, in use or not."""
    versions = ProcedureVersion.objects.standing().filter(site=site).select_related("procedure", "recorded_by").order_by("procedure__title", "number")
    chosen = versions.filter(procedure=procedure) if procedure is not None else versions.filter(procedure__retired_at__isnull=True)
    newest = {row.procedure_id: row for row in chosen}
    signed: dict[int, list[ProcedureSignOff]] = {row.pk: [] for row in newest.values()}
    for row in ProcedureSignOff.objects.standing().filter(version__in=signed).select_related("membership__user").order_by("recorded_at", "pk"):
        signed[row.version_id].append(row)
    staff = signers_of(site) if newest else []
    return [standing(row, signed[row.pk], staff) for row in newest.values()]


def standing(version: ProcedureVersion, signed: list[ProcedureSignOff], staff: list[Membership]) -> Standing:
    done = {row.membership_id for row in signed}
    missing = [] if version.procedure.retired_at else [member for member in staff if member.pk not in done]
    return Standing(version.procedure, version, signed, missing)
