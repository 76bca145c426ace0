"""A session of the binder on paper: what happened, in order, and all that it rests on."""

from collections.abc import Callable
from datetime import timedelta

from reports.papers import session_proofs as proofs
from reports.papers.paper import Cell, Paper
from reports.papers.type import ALARM, QUIET, STRONG
from reports.papers.words import Clock, day, n_o, name, observer, who
from reports.queries.binder.house import HousePapers
from reports.queries.binder.sessions import SessionPapers
from sessions.models import Observation
from sessions.queries.timeline import kit_words
from sessions.rules.clocks import CheckState
from sessions.rules.watch import minutes_late
from sessions.states import Status

SHORT = (Status.BOOKED, Status.CANCELLED, Status.MISSED)
Part = Callable[[Paper, SessionPapers, HousePapers, Clock], None]


def key_of(one: SessionPapers) -> str:
    return f"session-{one.session.uid}"


def heading_of(one: SessionPapers) -> str:
    return f"{one.number}. {day(one.session.treatment_on)}: {one.session.patient}"


def session_pages(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """All of one session; what has no content is named, so that nothing seems to be left out."""
    head(paper, one, clock)
    for part in brief_parts(one) if one.session.status in SHORT and not one.entries else PARTS:
        part(paper, one, house, clock)


def brief_parts(one: SessionPapers) -> tuple[Part, ...]:
    """A visit that never began has orders and calls at most."""
    return (proofs.order, *((proofs.safety_calls,) if one.papers.calls else ()))


def head(paper: Paper, one: SessionPapers, clock: Clock) -> None:
    session, picture = one.session, one.picture
    patient = session.patient
    state = f"{session.get_status_display()}{': ' + session.status_reason if session.status_reason else ''}"
    paper.title(heading_of(one), f"{state} · Session {session.uid}")
    paper.y -= 2
    first, gate = picture.first_device_at, picture.gate_opens_at
    given = f"{picture.given_mg} mg of {session.planned_dose_mg} mg planned" if picture.devices else f"none; {session.planned_dose_mg} mg planned"
    on = session.treatment_on
    paper.facts(
        (
            ("Patient", str(patient)), ("Born", day(patient.birth_on)), ("MRN", patient.mrn),
            ("Chair", session.chair.name), ("Setting", session.get_setting_display()), ("Indication", session.course.get_indication_display()),
            ("Dose given", given), ("First device", clock.time(first, on)), ("Two hours over", clock.time(gate, on)),
            ("Arrived", clock.time(session.arrived_at, on)), ("Ended", clock.time(picture.ended_at, on)), ("Monitor", name(session.monitor)),
            ("Prescriber of the course", name(session.course.prescriber)), ("Protocol", f"{session.protocol_code}, version {session.protocol_version}"), ("Way home", session.get_way_home_display()),
        ),
        columns=3,
    )  # fmt: skip
    if session.status == Status.VOIDED:
        paper.warning(f"Voided: {session.status_reason}. It is counted nowhere and kept for the record.")


def checks(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Every check that stands, and those that nobody took in their place (MON-3, MON-7)."""
    picture, first = one.picture, one.picture.first_device_at
    paper.heading("Checks", beside="MON-3, MON-4, MON-7")
    late_after = timedelta(minutes=picture.policy.late_entry_minutes)
    rows = [(row.observed_at, check_row(row, one, clock, late_after)) for row in picture.observations]
    if first is not None and picture.ended_at is not None:
        missed = [check for check in picture.planned_checks(picture.ended_at) if check.state is CheckState.MISSED]
        rows += [
            (check.due_at, (Cell(clock.time(check.due_at), STRONG), str(check.minute), Cell("nobody took this planned check", ALARM), *[""] * 6))
            for check in missed
        ]
    columns = (
        ("Time", 5),
        ("Min", 4),
        ("Kind", 13),
        ("Pressure", 7),
        ("Pulse", 5),
        ("SpO2", 5),
        ("MOAA/S", 6),
        ("Dissociation", 9),
        ("Seen by, notes", 17),
    )
    paper.table(columns, [row for _, row in sorted(rows, key=lambda pair: pair[0])])


def check_row(row: Observation, one: SessionPapers, clock: Clock, late_after: timedelta) -> tuple[str | Cell, ...]:
    first = one.picture.first_device_at
    minute = str(round((row.observed_at - first).total_seconds() / 60)) if first is not None else ""
    late = minutes_late(observed_at=row.observed_at, recorded_at=row.recorded_at, late_after=late_after)
    missing = f"not obtained: {', '.join(f'{field} ({why})' for field, why in sorted(row.not_obtained.items()))}" if row.not_obtained else ""
    signs = f"urgent: {', '.join(sign.replace('_', ' ') for sign in row.urgent_signs)}" if row.urgent_signs else ""
    notes = [
        observer(row),
        f"written {late} min later by {who(row)}" if late else "",
        missing,
        signs,
        row.note,
        "corrected" if row.supersedes_id else "",
    ]
    kind = f"{row.planned_minute}-minute check" if row.kind == "planned" else row.get_kind_display()
    pressure = f"{row.systolic}/{row.diastolic}" if row.systolic and row.diastolic else "n/o"
    return (
        Cell(clock.time(row.observed_at, one.session.treatment_on), STRONG), minute, kind, pressure, n_o(row.pulse), n_o(row.spo2), n_o(row.sedation),
        row.get_dissociation_display() or "n/o", Cell("; ".join(part for part in notes if part), QUIET),
    )  # fmt: skip


def devices(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Each device with its observer (SET-9)."""
    paper.heading("Devices", beside="DOS-1, DOS-2, DEV-1, SET-9")
    rows = [
        (
            str(row.number), Cell(clock.time(row.observed_at, one.session.treatment_on), STRONG), str(row.sprays), row.get_route_display(), kit_words(row),
            f"{observer(row)}{'; written by ' + who(row) if row.observed_by_id not in (None, row.recorded_by_id) else ''}",
            ", ".join(device_notes(row)) or "as it should be",
        )
        for row in one.picture.devices
    ]  # fmt: skip
    paper.table(
        (("No.", 3), ("Time", 5), ("Sprays", 5), ("Route", 12), ("Lot and expiry", 20), ("Watched by", 12), ("Notes", 11)),
        rows,
        "No device was used.",
    )


def device_notes(row: object) -> list[str]:
    second = getattr(row, "confirmed_by", None)
    notes = {
        "indicator not as it should be": not getattr(row, "indicator_ok", True),
        "failed": getattr(row, "has_failed", False),
        "label checked": getattr(row, "label_checked", False),
    }
    return [word for word, is_so in notes.items() if is_so] + ([f"time confirmed by {name(second)}"] if second is not None else [])


def timeline(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    paper.heading("Timeline", beside="every entry that stands, by the time that it tells")
    rows = [
        (
            Cell(clock.time(entry["at"], one.session.treatment_on), STRONG), Cell(entry["title"], ALARM if entry["tone"] == "act" else STRONG), entry["text"],
            Cell(f"{entry['by']}{'; ' if entry['by'] and entry['late'] else ''}{'written ' + str(entry['late']) + ' min later' if entry['late'] else ''}", QUIET),
        )
        for entry in one.entries
    ]  # fmt: skip
    paper.table((("Time", 5), ("What", 23), ("Details", 20), ("Who", 12)), rows)


def replaced(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """What corrections took the place of: nothing is ever erased (MON-7)."""
    if not one.replaced:
        return
    paper.heading("Corrected and taken back", beside="MON-7")
    rows = [
        (
            Cell(clock.time(row["at"], one.session.treatment_on), STRONG), f"{row['title']}{': ' + row['text'] if row['text'] else ''}", name(row["by"]),
            f"{row['was']} {clock.full(row['changed_at'])} by {name(row['changed_by'])}: {row['reason']}",
        )
        for row in one.replaced
    ]  # fmt: skip
    paper.table((("Time", 5), ("As first written", 20), ("By", 11), ("What became of it", 24)), rows)


PARTS: tuple[Part, ...] = (
    checks, devices, timeline, replaced, proofs.decisions, proofs.breaches, proofs.signatures, proofs.presence, proofs.training, proofs.form,
    proofs.order, proofs.enrolment, proofs.equipment, proofs.safety_calls, proofs.serious_events, proofs.addenda,
)  # fmt: skip
