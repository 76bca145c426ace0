"""The packet for the dark day on paper: the schedule, then each patient's head and sheet, a blank sheet, and how to go on."""

import io
from collections.abc import Sequence

from patients.models import Contact, StandingParameters
from reports.models import DowntimePacket
from reports.papers.paper import INNER, LEFT, RIGHT, WIDTH, Paper
from reports.papers.type import INK, LABEL, LINE, QUIET, SMALL, STRONG, ink, printable, width_of
from reports.papers.words import Clock, day
from reports.queries.downtime import Packet, Visit
from sessions.queries.sheets import Sheet

ROW = 18.0
CODE = 62.0
SAFE = "Locked, with patients' data. Shred what was printed once it is typed in."
HOW_TO_GO_ON = (
    "Emergency: call 911 first, give the address on this page, then call the prescriber.",
    "Write on the sheets: real clock times, and your name beside each check. Two identifiers before each device.",
    "The two hours count from the last device (MON-2). Nobody is discharged before them, screens or no screens.",
    "When the screens are back: open each flowsheet by its code and type in what the paper says, with the times of the paper.",
)
CHECK_HEADS = ("When", "Seen at", "Pressure", "Pulse", "SpO2 %", "Breathing", "MOAA/S", "Dissoc.", "Nausea", "By")
CHECK_SHARES = (12, 8, 12, 7, 7, 11, 8, 9, 8, 14)
DEVICE_HEADS = ("No.", "Given at", "Sprays", "Dots before/after", "Lot", "Expiry", "Watched by")
DEVICE_SHARES = (6, 12, 12, 18, 16, 14, 22)


def written(packet: Packet) -> tuple[bytes, int]:
    """The PDF in clear, and its number of pages."""
    target, clock = io.BytesIO(), Clock(packet.site.zone)
    told = f"as known on {clock.full(packet.now)}"
    paper = Paper(target, title=f"Downtime packet, {day(packet.day)}", head=(f"{packet.site.name}: {day(packet.day)}", told), foot=SAFE)
    paper.canvas.setSubject("Paper for the day the screens are dark")
    cover(paper, packet, clock)
    for visit in packet.visits:
        paper.new_page()
        head_of(paper, visit, clock)
        grid_of(paper, visit.sheet, clock, known_at=clock.time(packet.now))
    paper.new_page()
    paper.title("Patient ______________________________", "Born ______________   Chair _________   Date ___________   Dose _________")
    grid_of(paper, packet.blank, clock, known_at="")
    pages = paper.page
    paper.finish()
    return target.getvalue(), pages


def cover(paper: Paper, packet: Packet, clock: Clock) -> None:
    paper.is_bare = False
    made = "made each hour" if packet.kind == DowntimePacket.Kind.TODAY else "made the evening before"
    paper.title("Downtime packet", f"{packet.site.name}, {day(packet.day)}; {made}, as known on {clock.full(packet.now)}")
    paper.facts([("Emergency: 911. This address", f"{packet.site.name}, {packet.site.address}"), ("Our phone", packet.site.phone)])
    people = [(f"Prescriber ({one.get_credential_display()})", f"{one.user.printed_name} {one.user.phone}".strip()) for one in packet.prescribers]
    if packet.representative is not None:
        people.append(("Authorized representative", f"{packet.representative.name} {packet.representative.phone}".strip()))
    paper.facts(people)
    paper.heading("Schedule")
    paper.table(
        (("Time", 9), ("Chair", 12), ("Patient", 26), ("Born", 14), ("Dose", 8), ("State", 14), ("Way home", 24)),
        [
            (clock.time(one.session.starts_at, packet.day), str(one.session.chair), str(one.patient), f"{one.patient.birth_on:%d %b %Y}", f"{one.session.planned_dose_mg} mg", one.session.get_status_display(), one.way_home or "-")
            for one in packet.visits
        ],
        empty="Nobody is booked for this day.",
    )  # fmt: skip
    paper.heading("Until the screens are back")
    for line in HOW_TO_GO_ON:
        paper.text(line)


def head_of(paper: Paper, visit: Visit, clock: Clock) -> None:
    """Who it is, whom to call, what was ordered, and this patient's limits."""
    patient, session, chart = visit.patient, visit.session, visit.chart
    code(paper, visit.sheet.address)
    paper.title(
        str(patient),
        f"Born {day(patient.birth_on)} · MRN {patient.mrn} · {session.chair} · {clock.time(session.starts_at)} · {session.planned_dose_mg} mg planned",
    )
    paper.y -= 16  # below the code
    limits = visit.picture.limits
    orders = "; ".join(
        f"{order.dose_mg} mg × {order.sessions} until {order.valid_until_on:%d %b}{'' if order.signed_at else ' (spoken, not yet signed)'}"
        for order in chart.orders_now
    )
    paper.facts(
        [
            ("Allergies", patient.allergies or "Nobody has asked"),
            ("Course", f"{visit.position.own_words.capitalize()} ({session.course.get_indication_display()})" if visit.position else "-"),
            ("Orders in force", orders or "NONE for this day"),
            ("Way home", visit.way_home or "-"),
            ("Alert above / below", f"high {limits.high_systolic}/{limits.high_diastolic}, critical {limits.critical_systolic}/{limits.critical_diastolic}; SpO2 {limits.low_spo2} %, critical {limits.critical_spo2} %; MOAA/S {limits.critical_moaas}"),
            ("Limits of their own", own_limits(chart.standing_now)),
            ("Phone", str(patient.phone or "-")), ("Contacts", "; ".join(contact_words(contact) for contact in chart.contacts) or "-"),
            ("Medicines", "; ".join(f"{medicine.name} {medicine.dose}".strip() for medicine in chart.medicines_now) or "-"),
            ("REMS enrolment", chart.enrolment.rems_id if chart.enrolment is not None and chart.enrolment.rems_id else "-"),
        ]
    )  # fmt: skip


def contact_words(contact: Contact) -> str:
    who = f"{contact.name} ({contact.relation})" if contact.relation else contact.name
    return f"{contact.get_kind_display()}: {who} {contact.phone or ''}".strip()


def own_limits(row: StandingParameters | None) -> str:
    if row is None:
        return "None"
    named = ("predose_systolic", "predose_diastolic", "high_systolic", "high_diastolic", "low_spo2", "minimum_watch_minutes")
    told = [f"{getattr(row._meta.get_field(name), 'verbose_name', name)} {getattr(row, name)}" for name in named if getattr(row, name) is not None]
    return f"{'; '.join(told)}; until {row.until_on:%d %b %Y}: {row.reason}"


def grid_of(paper: Paper, sheet: Sheet, clock: Clock, *, known_at: str) -> None:
    """The sheet of the app, in the same order: devices, checks, ready to leave."""
    if sheet.session is None:
        code(paper, sheet.address)
    paper.heading("Devices", beside="DOS-2", keep=60)
    grid(paper, DEVICE_HEADS, DEVICE_SHARES, [device_row(row, clock) for row in sheet.devices])
    opens = f"not before {clock.time(sheet.gate_opens_at)} (as known at {known_at})" if sheet.gate_opens_at else "not before ________"
    paper.text(f"Rest {sheet.rest_minutes} min after each device. The two hours: {sheet.minimum_minutes} min after the last device: {opens}.", STRONG)
    paper.heading("Checks", beside="MON-3", keep=60)
    grid(paper, CHECK_HEADS, CHECK_SHARES, [check_row(check, clock) for check in sheet.checks])
    paper.text(
        "Urgent sign? Call the prescriber and 911: chest pain, breathlessness, sudden severe headache, change of sight, seizure, reduced consciousness, weakness.",
        STRONG,
    )
    paper.heading("Ready to leave?", beside="OUT-1", keep=80)
    readiness(paper, [f"{item.label}: {'  '.join(f'[  ] {words}' for _, words in item.choices)}" for item in sheet.items])
    paper.y -= 8
    paper.text("Left at ________   Licensed provider, name and signature ______________________________   Typed in by, at ________________", QUIET)


def readiness(paper: Paper, items: list[str]) -> None:
    """Two side by side where they fit."""
    half, waiting = INNER / 2, list(items)
    while waiting:
        some = [waiting.pop(0)]
        if waiting and max(width_of(printable(words), SMALL.font, SMALL.size) for words in (some[0], waiting[0])) < half - 6:
            some.append(waiting.pop(0))
        paper.y -= SMALL.leading + 1
        with paper.tagged("P"):
            for place, words in enumerate(some):
                paper.write(words, LEFT + place * half, paper.y, SMALL)


def device_row(row: dict[str, object], clock: Clock) -> tuple[str, ...]:
    device = row["device"]
    if device is None:
        return (str(row["number"]), "", "0 · 1 · 2", "", "", "", "")
    ok = "good" if device.indicator_ok else "NOT good"  # type: ignore[attr-defined]
    seen_by = str(device.observed_by or device.recorded_by or "")  # type: ignore[attr-defined]
    return (str(row["number"]), clock.time(device.observed_at), str(device.sprays), ok, device.lot, f"{device.expires_on or ''}", seen_by)  # type: ignore[attr-defined]


def check_row(check: dict[str, object], clock: Clock) -> tuple[str, ...]:
    minute, row = check["minute"], check["row"]
    due = f"  {clock.time(check['due_at'])}" if check["due_at"] else ""  # type: ignore[arg-type]
    when = "" if minute is None else ("Before" if minute == 0 else f"{minute} min{due}")
    if row is None:
        return (when, "", "       /", "", "", "N  S  L", "", "", "", "")
    read = (row.pulse, row.spo2, row.get_breathing_display(), row.sedation, row.get_dissociation_display(), row.get_nausea_display())  # type: ignore[attr-defined]
    pressure = f"{row.systolic or '-'}/{row.diastolic or '-'}"  # type: ignore[attr-defined]
    who = str(row.observed_by or row.recorded_by or "")  # type: ignore[attr-defined]
    return (when, clock.time(row.observed_at), pressure, *("" if value is None else str(value) for value in read), who)  # type: ignore[attr-defined]


def grid(paper: Paper, heads: Sequence[str], shares: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    """Boxes that a pen fits into."""
    widths = [INNER * share / sum(shares) for share in shares]
    for number, row in enumerate([tuple(heads), *rows]):
        paper.need(ROW)
        top, paper.y = paper.y, paper.y - ROW
        with paper.tagged("P"):
            x = LEFT
            for width, words in zip(widths, row, strict=True):
                paper.write(fitting(words, width), x + 3, paper.y + 6.5, LABEL if number == 0 else SMALL)
                x += width
        lines = [LEFT + sum(widths[:place]) for place in range(len(widths) + 1)]
        drawn = "".join(f"{x:.1f} {top:.1f} m {x:.1f} {paper.y:.1f} l " for x in lines)
        across = "".join(f"{LEFT:.1f} {y:.1f} m {WIDTH - RIGHT:.1f} {y:.1f} l " for y in (top, paper.y))
        paper.canvas._code.append(f"/Artifact BMC {ink(LINE)} RG 0.6 w {drawn}{across}S EMC")
    paper.y -= 4


def fitting(words: str, width: float) -> str:
    """The whole of it stands in the app; a box holds what it holds."""
    return words if len(words) * 3.9 < width else words[: int(width / 3.9)]


def code(paper: Paper, address: str) -> None:
    """The flowsheet's address, top right: who types the paper in opens it with a tablet's eye."""
    import segno

    rows = list(segno.make(address, error="m", micro=False).matrix)
    size = CODE / len(rows)
    left, top = WIDTH - RIGHT - CODE, paper.y + 6
    boxes = "".join(
        f"{left + column * size:.2f} {top - (line + 1) * size:.2f} {size + 0.02:.2f} {size + 0.02:.2f} re "
        for line, row in enumerate(rows)
        for column, dark in enumerate(row)
        if dark
    )
    paper.canvas._code.append(f"/Artifact BMC {ink(INK)} rg {boxes}f EMC")
