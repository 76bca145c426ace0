"""The site in the binder: certification and representatives, staff with their training, equipment, policies by version, the days."""

from reports.papers.paper import Cell, Paper
from reports.papers.type import ALARM, MONO, QUIET, STRONG
from reports.papers.words import NONE, Clock, day, name, who
from reports.queries.binder.house import HousePapers

SITE_PARTS = (("site-rems", "Certification and representatives"), ("site-staff", "Staff and training"), ("site-equipment", "Equipment"), ("site-policies", "Policies by version"), ("site-procedures", "Procedures and sign-offs by version"), ("site-days", "Opening and closing of the days"))  # fmt: skip


def certification(paper: Paper, house: HousePapers, clock: Clock) -> None:
    """The whole history up to the last day: a certification ends by an event, never by expiry (SET-1, SET-5)."""
    paper.heading("Certification", beside="SET-1")
    rows = [(Cell(day(row.happened_on), STRONG), row.get_kind_display(), row.note or NONE, f"{name(row.recorded_by)}, {clock.full(row.recorded_at)}") for row in house.certifications]  # fmt: skip
    paper.table((("On", 10), ("Event", 18), ("Note", 18), ("Recorded", 16)), rows)
    first, last = house.is_certified(house.first), house.is_certified(house.last)
    paper.text(f"Certified on the first day: {'yes' if first else 'no'}; on the last day: {'yes' if last else 'no'}.", QUIET)
    paper.heading("Authorized representatives", beside="SET-5")
    reps = [(Cell(day(row.from_on), STRONG), row.name, row.email, row.phone or NONE, f"{name(row.recorded_by)}, {clock.full(row.recorded_at)}") for row in house.representatives]  # fmt: skip
    paper.table((("From", 10), ("Who", 14), ("E-mail", 16), ("Phone", 9), ("Recorded", 14)), reps)


def staff(paper: Paper, house: HousePapers, clock: Clock) -> None:
    paper.heading("Members of the site", beside="SET-10")
    rows = [
        (Cell(name(row.user), STRONG), row.get_role_display(), row.get_credential_display(), day(row.created_at.astimezone(clock.zone).date()), day(row.ended_at.astimezone(clock.zone).date()) if row.ended_at else "member")
        for row in house.members
    ]  # fmt: skip
    paper.table((("Who", 16), ("Role", 14), ("Credential", 8), ("Since", 11), ("Until", 11)), rows)
    paper.heading("Trainings", beside="SET-3")
    trained = [
        (Cell(name(row.membership.user), STRONG), row.get_kind_display(), day(row.completed_on), day(row.expires_on) if row.expires_on else "without end", row.note or NONE, f"{name(row.recorded_by)}, {clock.full(row.recorded_at)}")
        for row in house.trainings
    ]  # fmt: skip
    paper.table((("Who", 12), ("Training", 14), ("Completed", 10), ("Valid until", 10), ("Note", 8), ("Recorded", 14)), trained)


def equipment(paper: Paper, house: HousePapers, clock: Clock) -> None:
    paper.heading("Equipment in use", beside="SET-4")
    rows = [(Cell(str(row), STRONG), "in use" if row.is_active else "no longer", f"every {row.check_every_days} days") for row in house.equipment]
    paper.table((("Equipment", 24), ("State", 10), ("To be checked", 14)), rows)
    paper.heading("Checks of equipment", beside="SET-4")
    checks = [(Cell(clock.full(row.checked_at), STRONG), str(row.equipment), Cell("good", STRONG) if row.is_good else Cell("failed", ALARM), row.note or NONE, name(row.recorded_by)) for row in house.checks]  # fmt: skip
    paper.table((("When", 14), ("Equipment", 16), ("Result", 6), ("Note", 14), ("By", 10)), checks)


def policies(paper: Paper, house: HousePapers, clock: Clock) -> None:
    """What the site had decided, by the day from which it counted: a session is judged by the version of its day."""
    for row in house.policies:
        paper.heading(f"In force from {day(row.effective_on)}", keep=90)
        paper.facts(
            (
                ("Two hours count from", row.get_gate_anchor_display()), ("Minimum watch", f"{row.minimum_watch_minutes} minutes"),
                ("Planned checks", f"{', '.join(str(minute) for minute in row.check_minutes)} from {row.get_check_anchor_display()}"),
                ("Late entry over", f"{row.late_entry_minutes} minutes"), ("Dose weighed above", f"{row.predose_systolic}/{row.predose_diastolic} mmHg"),
                ("High alert above", f"{row.high_systolic}/{row.high_diastolic} mmHg, SpO2 below {row.low_spo2} %"),
                ("Critical above", f"{row.critical_systolic}/{row.critical_diastolic} mmHg, SpO2 below {row.critical_spo2} %, MOAA/S {row.critical_moaas}"),
                ("May sign a discharge", ", ".join(str(one).upper() for one in row.signing_credentials)),
                ("Recorded", f"{clock.full(row.recorded_at)}, {name(row.recorded_by)}{': ' + row.reason if row.reason else ''}"),
            ),
            columns=3,
        )  # fmt: skip
    if not house.policies:
        paper.text("None on record.", QUIET)


def procedures(paper: Paper, house: HousePapers, clock: Clock) -> None:
    """The text as it was signed, and who signed it: each verified when the binder was made (SET-3)."""
    for row in house.procedures:
        paper.heading(str(row), keep=90, beside="SET-3")
        reason = f"; changed: {row.reason}" if row.reason else ""
        retired = f"; out of use since {clock.full(row.procedure.retired_at)}" if row.procedure.retired_at else ""
        paper.text(f"In force from {day(row.effective_on)}; written {clock.full(row.recorded_at)} by {name(row.recorded_by)}{reason}{retired}", QUIET)
        for paragraph in row.text.split("\n"):
            if paragraph.strip():
                paper.text(paragraph.strip())
        signed = [
            (
                Cell(name(one.member.user), STRONG), one.member.get_role_display(), clock.full(one.signature.signed_at),
                Cell(f"No longer holds: {one.broken}", ALARM) if one.broken else Cell("Holds", STRONG), Cell(one.signature.content_sha256, MONO),
            )
            for one in house.sign_offs.get(row.pk, [])
        ]  # fmt: skip
        paper.table(
            (("Signed by", 14), ("Role", 11), ("When", 14), ("Verification", 9), ("SHA-256 of the content", 16)),
            signed,
            "Nobody has signed this version.",
        )
    if not house.procedures:
        paper.text("None on record.", QUIET)


def days(paper: Paper, house: HousePapers, clock: Clock) -> None:
    paper.heading("Opening and closing", beside="SET-4, DEV-3, PMF-1")
    rows = [
        (Cell(day(row.day), STRONG), row.get_kind_display(), f"{clock.time(row.observed_at, row.day)}, {who(row)}", f"{told(row.count_patient)} / {told(row.count_bulk)}", row.note or NONE)
        for row in house.days
    ]  # fmt: skip
    paper.table((("Day", 11), ("What", 7), ("When, who", 16), ("Counted: named / bulk", 12), ("Note", 14)), rows)


def told(count: int | None) -> str:
    return NONE if count is None else str(count)


DRAW = dict(zip((key for key, _ in SITE_PARTS), (certification, staff, equipment, policies, procedures, days), strict=True))
