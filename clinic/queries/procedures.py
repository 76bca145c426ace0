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
    """A procedure with its newest version, who signed that, and who of today's staff hasn't yet; `before`: the same of the one in force until then."""

    procedure: Procedure
    version: ProcedureVersion
    signed: list[ProcedureSignOff]
    missing: list[Membership]
    before: "Standing | None" = None

    @property
    def in_force(self) -> "Standing":
        """What counts today; of one whose first version is yet to come, that."""
        return self.before or self

    @property
    def is_signed(self) -> bool:
        return not self.missing and not self.in_force.missing

    def mine_to_sign(self, membership: Membership) -> "Standing | None":
        """What is in force comes first."""
        return next((one for one in (self.in_force, self) if any(member.pk == membership.pk for member in one.missing)), None)

    def is_late(self, today: date) -> bool:
        """Of what is in force: a version that is yet to come excuses nobody."""
        return bool(self.in_force.missing) and today > self.in_force.version.effective_on + TO_SIGN


def signers_of(site: Site) -> list[Membership]:
    """Everybody who works here: an auditor reads."""
    return [member for member in members_of(site) if may(member.role, Permission.MOVE_DUTY)]


def standings_of(site: Site, procedure: Procedure | None = None, *, today: date) -> list[Standing]:
    """Of those in use, by title; of one alone, in use or not."""
    versions = ProcedureVersion.objects.standing().filter(site=site).select_related("procedure", "recorded_by").order_by("procedure__title", "number")
    chosen = list(versions.filter(procedure=procedure) if procedure is not None else versions.filter(procedure__retired_at__isnull=True))
    newest = {row.procedure_id: row for row in chosen}
    in_force = {row.procedure_id: row for row in chosen if row.effective_on <= today}
    signed: dict[int, list[ProcedureSignOff]] = {row.pk: [] for row in (*newest.values(), *in_force.values())}
    for row in ProcedureSignOff.objects.standing().filter(version__in=signed).select_related("membership__user").order_by("recorded_at", "pk"):
        signed[row.version_id].append(row)
    staff = signers_of(site) if newest else []
    old = {pk: standing(row, signed[row.pk], staff) for pk, row in in_force.items() if row.pk != newest[pk].pk}
    return [standing(row, signed[row.pk], staff, old.get(pk)) for pk, row in newest.items()]


def standing(version: ProcedureVersion, signed: list[ProcedureSignOff], staff: list[Membership], before: Standing | None = None) -> Standing:
    done = {row.membership_id for row in signed}
    missing = [] if version.procedure.retired_at else [member for member in staff if member.pk not in done]
    return Standing(version.procedure, version, signed, missing, before)
