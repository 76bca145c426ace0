"""What a session rests on: decisions, breaches, signatures, presence, training, form, order, enrolment, equipment, calls, events."""

from reports.papers.paper import Cell, Paper
from reports.papers.type import ALARM, MONO, QUIET, STRONG
from reports.papers.words import NONE, Clock, day, name, who
from reports.queries.binder.house import HousePapers
from reports.queries.binder.sessions import SessionPapers
from sessions.rules.questions import ENROLMENT

ASKED = dict(ENROLMENT.choices)


def decisions(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """What a prescriber decided against a warning; early leaving; chairs taken over."""
    rows = [
        (
            Cell(row.rule, STRONG),
            clock.time(row.decided_at, one.session.treatment_on),
            row.get_gate_display(),
            row.text,
            row.reason,
            name(row.decided_by),
        )
        for row in one.picture.overrides
    ]
    discharge = one.papers.discharge
    if discharge is not None and discharge.is_early:
        rows.append((Cell("OUT-3", STRONG), clock.time(discharge.discharged_at, one.session.treatment_on), "Discharge", "Left early", discharge.early_reason, f"{name(discharge.discharged_by)}, {name(discharge.second_signer)}"))  # fmt: skip
    rows += [
        (Cell("SET-3", STRONG), clock.time(row.taken_at, one.session.treatment_on), "Watch", f"Chair of {name(row.owner)} taken over", row.reason, name(row.taken_by))
        for row in one.papers.take_overs
    ]  # fmt: skip
    if rows:
        paper.heading("Decisions and overrides", beside="OUT-3 and the rules named")
        paper.table((("Rule", 5), ("Time", 5), ("Gate", 8), ("Finding", 18), ("Reason", 16), ("Who", 9)), rows)


def breaches(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Stored ones, and the gaps of presence, which are derived (SET-2)."""
    on = one.session.treatment_on
    rows = [(Cell(row.rule, ALARM), clock.time(row.happened_at, on), row.text) for row in one.picture.breaches]
    rows += [
        (Cell("SET-2", ALARM), clock.time(gap.gap.starts_at, on), f"No prescriber on site until {clock.time(gap.gap.ends_at, on)}")
        for gap in one.absences if gap.is_breach
    ]  # fmt: skip
    if rows:
        paper.heading("Breaches")
        paper.table((("Rule", 5), ("Time", 5), ("What", 50)), rows)


def signatures(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Each verified when the binder was made: the content is rendered again and its digest compared (OUT-2)."""
    paper.heading("Signatures", beside="OUT-2; verified for this binder")
    rows = []
    for one_signed in one.papers.signed:
        row = one_signed.signature
        holds = Cell(f"No longer holds: {one_signed.broken}", ALARM) if one_signed.broken else Cell("Holds: reads as it was signed", STRONG)
        credential = "" if row.credential == "none" else f", {row.credential.upper()}"
        rows.append((one_signed.under, f"{row.printed_name}{credential}", f"{row.get_meaning_display()}; {clock.full(row.signed_at)}", holds, Cell(row.content_sha256, MONO)))  # fmt: skip
    paper.table(
        (("Under", 8), ("Who", 11), ("Meaning and time", 16), ("Verification", 11), ("SHA-256 of the content", 15)), rows, "Nobody has signed."
    )


def presence(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Who was on site from the first device to the end (SET-2)."""
    if one.picture.first_device_at is None:
        return
    on = one.session.treatment_on
    paper.heading("On site from first device to end", beside="SET-2")
    rows = [
        (
            stay.membership.user.printed_name, "Prescriber" if stay.is_prescriber else stay.membership.get_role_display(), clock.time(stay.came_at, on),
            clock.time(stay.left_at, on) if stay.left_at else f"closing, {clock.time(stay.lapses_at, on)}",
            Cell("waits for their own word: no proof", ALARM) if stay.awaits_word else "own word",
        )
        for stay in one.stays
    ]  # fmt: skip
    paper.table((("Who", 16), ("As", 14), ("Came", 7), ("Left", 10), ("Proof", 13)), rows, "Nobody is on record.")
    for row in one.duty_corrections:
        before = f"before: {clock.time(row.came_before, on)} to {clock.time(row.left_before, on)}" if row.came_before else "not on record before"
        paper.text(f"{name(row.period.membership.user)} put this right {clock.full(row.recorded_at)}: {clock.time(row.came_after, on)} to {clock.time(row.left_after, on)} ({before}): {row.reason}", QUIET)  # fmt: skip


def training(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    if not one.workers:
        return
    paper.heading("Training on that day", beside="SET-3")
    rows = [
        (
            worker.name, worker.place, worker.did, Cell(worker.words, STRONG if worker.is_trained else ALARM),
            f"completed {day(worker.training.completed_on)}, {'until ' + day(worker.training.expires_on) if worker.training.expires_on else 'without end'}" if worker.training else NONE,
        )
        for worker in one.workers
    ]  # fmt: skip
    paper.table((("Who", 11), ("Place", 12), ("Did", 16), ("REMS training", 9), ("On record", 14)), rows)


def form(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Each revision, the definition in force, and each sending with its proof (PMF-1, PMF-4, PMF-5)."""
    if not one.papers.forms and one.picture.first_device_at is None:
        return
    paper.heading("Monitoring form", beside="PMF-1, PMF-4, PMF-5")
    for row in one.papers.forms:
        filed = f"filed {clock.full(row.filed_at)}" if row.filed_at else "not filed"
        paper.text(f"Revision {row.revision}: {row.get_status_display().lower()}; due {day(row.due_on)} (last staffed day {day(row.staffed_due_on)}); {filed}", after=0)  # fmt: skip
        confirmed = f"Confirmed {clock.full(row.completed_at)} by {name(row.completed_by)}. " if row.completed_at else ""
        paper.text(f"{confirmed}Form {row.definition_code}, definition SHA-256 {row.definition_sha256}{'. Corrected: ' + row.reason if row.reason else ''}", QUIET)  # fmt: skip
    rows = [
        (
            str(send.form.revision), send.get_method_display(), f"{clock.full(send.sent_at)}, {name(send.sent_by)}", send.get_outcome_display(),
            proof_of(send) or send.failure or NONE,
        )
        for send in one.papers.sends
    ]  # fmt: skip
    paper.table((("Rev.", 4), ("Way", 8), ("Sent", 20), ("Outcome", 10), ("Proof, or what went wrong", 22)), rows, "Nothing was sent.")


def proof_of(send: object) -> str:
    """The number, and the digest of the paper that was kept."""
    kept = getattr(send, "proof_file", None)
    paper = f"file {kept.file_name}, SHA-256 {kept.sha256}" if kept is not None else ""
    return "; ".join(part for part in (getattr(send, "proof", ""), paper) if part)


def order(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    row = one.session.order
    paper.heading("Order", beside="DOS-8")
    if row is None:
        paper.text("No order is on record.", QUIET)
        return
    signed = f"signed {clock.full(row.signed_at)}" if row.signed_at else "not signed"
    spoken = "; spoken and read back" if row.is_spoken else ""
    other = f"; other dose: {row.other_dose_reason}" if row.other_dose_reason else ""
    paper.text(f"{row.dose_mg} mg for {row.sessions} session{'s' if row.sessions != 1 else ''}, {day(row.valid_from_on)} to {day(row.valid_until_on)}; ordered {clock.full(row.ordered_at)}; {signed}{spoken}{other}")  # fmt: skip


def enrolment(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """The enrolment before this day, and each verification in this session (PAT-1)."""
    paper.heading("Enrolment and its verification", beside="PAT-1")
    for row in one.papers.enrolments[-1:]:
        paper.text(f"Submitted {day(row.submitted_on)} by {row.get_method_display()}; patient signed {day(row.patient_signed_on)}, prescriber {day(row.prescriber_signed_on)}; REMS id {row.rems_id or 'not known'}; proof {row.proof_note or 'none on record'}; entered by {who(row)}")  # fmt: skip
    if not one.papers.enrolments:
        paper.text("None was submitted by this day." if one.session.setting == "outpatient" else "None: not an outpatient session (SET-6).", QUIET)
    told = [check for check in one.picture.predose_checks if check.answers.get("enrolment")]
    for check in told:
        paper.text(f"Verified at {clock.time(check.observed_at, one.session.treatment_on)} by {who(check)}: {str(ASKED.get(check.answers['enrolment']) or check.answers['enrolment']).lower()}", after=0)  # fmt: skip
    if not told:
        paper.text("No verification is on record for this session.", QUIET)


def equipment(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    if one.picture.first_device_at is None:
        return
    paper.heading("Equipment and its last check", beside="SET-4")
    rows = [
        (
            str(row.equipment), f"{clock.full(row.check.checked_at)}, {name(row.check.recorded_by)}" if row.check else "never",
            Cell(str(row.standing), STRONG if row.standing.is_good else ALARM), row.check.note if row.check else "",
        )
        for row in house.equipment_on(one.session.treatment_on)
    ]  # fmt: skip
    paper.table((("Equipment", 18), ("Last check up to that day", 22), ("Standing", 9), ("Note", 13)), rows)


def safety_calls(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    if not one.papers.calls:
        return
    paper.heading("Safety calls", beside="MSG-7, OUT-3")
    for call in one.papers.calls:
        ended = f"closed {clock.full(call.closed_at)} by {name(call.closed_by)}: {call.closed_how}" if call.closed_at else "open"
        paper.text(f"{call.get_why_display()}: due {clock.full(call.due_at)}; {ended}", after=0)
        for row in one.papers.attempts:
            if row.call_id == call.pk:
                paper.text(f"{clock.full(row.observed_at)}, {who(row)}: {'reached' if row.was_reached else 'not reached'}{'; ' + row.note if row.note else ''}", QUIET, indent=14, after=0)  # fmt: skip


def serious_events(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    """Adverse events of the session, and how each serious one reached the REMS or the maker (PMF-6)."""
    if not one.papers.events:
        return
    paper.heading("Adverse events and their reports", beside="PMF-6")
    for event in one.papers.events:
        serious = f"serious ({', '.join(event.criteria)})" if event.is_serious else "not serious"
        paper.text(f"{event.kind}: {serious}; began {clock.full(event.observed_at)}; ended {clock.full(event.ended_at)}; {event.outcome or 'outcome not known'}", after=0)  # fmt: skip
        paper.text(event.narrative, QUIET, indent=14, after=0)
        for row in one.papers.reports:
            if row.case == event.case:
                to = f"phoned to {row.get_to_display()}, {row.number}; spoke with {row.spoke_with or NONE}; their reference {row.reference or NONE}" if row.way == "phone" else f"on the monitoring form, revision {row.form.revision if row.form else NONE}"  # fmt: skip
                paper.text(f"{clock.full(row.observed_at)}, {who(row)}: {to}", indent=14, after=0)


def addenda(paper: Paper, one: SessionPapers, house: HousePapers, clock: Clock) -> None:
    if not one.papers.addenda:
        return
    paper.heading("Addenda", beside="OUT-2")
    for row in one.papers.addenda:
        paper.text(f"{clock.full(row.recorded_at)}, {who(row)}, about {clock.full(row.observed_at)}{' (' + row.reason + ')' if row.reason else ''}", STRONG, after=0)  # fmt: skip
        paper.text(row.text, indent=14)
