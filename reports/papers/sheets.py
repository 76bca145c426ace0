"""The binder's data as CSV, one file a kind of fact; written row by row, so that no length fills the memory."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reports.papers.words import Clock, name, observer, who
from reports.queries.binder.house import HousePapers
from reports.queries.binder.sessions import SessionPapers
from reports.sheets import harmless

Line = tuple[str, dict[str, Any]]


class Sheets:
    """`add` for each session; the head of each file is the names of its first line, which every line shares.

    Texts stand in quotes: neither a semicolon nor a line's end within one begins a new cell.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock, self.exits = folder, clock, ExitStack()
        self.writers: dict[str, Any] = {}

    def __enter__(self) -> "Sheets":
        return self

    def __exit__(self, *about: object) -> None:
        self.exits.close()

    def write(self, lines: Iterable[Line]) -> None:
        for sheet, line in lines:
            if sheet not in self.writers:
                out = self.exits.enter_context((self.folder / f"{sheet}.csv").open("w", encoding="utf-8", newline=""))
                self.writers[sheet] = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
                self.writers[sheet].writerow(line)
            self.writers[sheet].writerow([self.cell(value) for value in line.values()])

    def cell(self, value: object) -> object:
        if isinstance(value, datetime):
            return self.clock.iso(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bool):
            return "yes" if value else "no"
        return harmless(value)  # type: ignore[arg-type]

    def add(self, one: SessionPapers) -> None:
        self.write(session_lines(one))

    def add_house(self, house: HousePapers) -> None:
        self.write(house_lines(house))


def session_lines(one: SessionPapers) -> Iterator[Line]:
    picture, session, papers = one.picture, one.session, one.papers
    uid = {"session": str(session.uid)}
    yield "sessions", uid | {
        "number": one.number, "day": session.treatment_on, "mrn": session.patient.mrn, "patient": str(session.patient.uid), "status": session.status,
        "reason": session.status_reason, "setting": session.setting, "chair": session.chair.name, "protocol": session.protocol_code,
        "protocol_version": session.protocol_version, "planned_mg": session.planned_dose_mg, "given_mg": picture.given_mg, "arrived_at": session.arrived_at,
        "first_device_at": picture.first_device_at, "last_device_at": picture.last_device_at, "gate_opens_at": picture.gate_opens_at,
        "ended_at": picture.ended_at, "is_early": papers.discharge is not None and papers.discharge.is_early, "order": session.order_id,
    }  # fmt: skip
    for check in picture.observations:
        yield "checks", uid | {
            "id": check.pk, "observed_at": check.observed_at, "recorded_at": check.recorded_at, "seen_by": observer(check), "recorded_by": who(check),
            "kind": check.kind, "planned_minute": check.planned_minute, "systolic": check.systolic, "diastolic": check.diastolic, "pulse": check.pulse,
            "spo2": check.spo2, "breaths": check.breaths, "breathing": check.breathing, "sedation": check.sedation, "dissociation": check.dissociation,
            "cadss": check.cadss, "nausea": check.nausea, "urgent_signs": " ".join(check.urgent_signs),
            "not_obtained": "; ".join(f"{field}: {why}" for field, why in sorted(check.not_obtained.items())), "note": check.note, "supersedes": check.supersedes_id,
        }  # fmt: skip
    for device in picture.devices:
        yield "devices", uid | {
            "id": device.pk, "number": device.number, "observed_at": device.observed_at, "recorded_at": device.recorded_at, "watched_by": observer(device),
            "recorded_by": who(device), "route": device.route, "lot": device.lot, "expires_on": device.expires_on, "sprays": device.sprays,
            "indicator_ok": device.indicator_ok, "failed": device.has_failed, "label_checked": device.label_checked, "supersedes": device.supersedes_id,
        }  # fmt: skip
    for entry in one.entries:
        yield (
            "timeline",
            uid | {"at": entry["at"], "what": entry["title"], "details": entry["text"], "who": str(entry["by"]), "minutes_late": entry["late"]},
        )
    yield from judged_lines(one, uid)
    yield from paper_lines(one, uid)


def judged_lines(one: SessionPapers, uid: dict[str, Any]) -> Iterator[Line]:
    """Decisions, breaches, alerts, corrections, presence, training."""
    picture = one.picture
    for row in picture.overrides:
        yield "decisions", uid | {"rule": row.rule, "gate": row.gate, "finding": row.text, "reason": row.reason, "decided_at": row.decided_at, "decided_by": name(row.decided_by)}  # fmt: skip
    for breach in picture.breaches:
        yield "breaches", uid | {"rule": breach.rule, "what": breach.text, "happened_at": breach.happened_at, "until": None}
    for gap in one.absences:
        if gap.is_breach:
            yield "breaches", uid | {"rule": "SET-2", "what": "no prescriber on site", "happened_at": gap.gap.starts_at, "until": gap.gap.ends_at}
    for alert in picture.alerts:
        yield "alerts", uid | {"tier": alert.tier, "what": alert.text, "raised_at": alert.raised_at, "acknowledged_at": alert.acknowledged_at, "closed_at": alert.closed_at, "closed_how": alert.closed_how}  # fmt: skip
    for old in one.replaced:
        yield "corrections", uid | {"at": old["at"], "what": old["title"], "details": old["text"], "by": name(old["by"]), "became": old["was"], "reason": old["reason"], "changed_at": old["changed_at"], "changed_by": name(old["changed_by"])}  # fmt: skip
    for stay in one.stays:
        yield "presence", uid | {"who": name(stay.membership.user), "is_prescriber": stay.is_prescriber, "came_at": stay.came_at, "left_at": stay.left_at, "lapses_at": stay.lapses_at, "is_proof": not stay.awaits_word}  # fmt: skip
    for worker in one.workers:
        done = worker.training
        yield "training_on_the_day", uid | {"who": worker.name, "place": worker.place, "did": worker.did, "training": worker.words, "completed_on": done.completed_on if done else None, "valid_until": done.expires_on if done else None}  # fmt: skip


def paper_lines(one: SessionPapers, uid: dict[str, Any]) -> Iterator[Line]:
    """Forms, sends, the order, enrolment, calls, events, signatures."""
    papers, order = one.papers, one.session.order
    for form in papers.forms:
        yield "forms", uid | {"revision": form.revision, "status": form.status, "definition": form.definition_code, "definition_sha256": form.definition_sha256, "due_on": form.due_on, "confirmed_at": form.completed_at, "confirmed_by": name(form.completed_by), "filed_at": form.filed_at, "reason": form.reason}  # fmt: skip
    for send in papers.sends:
        kept = send.proof_file
        yield "sends", uid | {"revision": send.form.revision, "way": send.method, "sent_at": send.sent_at, "sent_by": name(send.sent_by), "outcome": send.outcome, "proof": send.proof, "proof_file_sha256": kept.sha256 if kept else "", "failure": send.failure}  # fmt: skip
    if order is not None:
        yield "orders", uid | {"order": order.pk, "dose_mg": order.dose_mg, "sessions": order.sessions, "from": order.valid_from_on, "until": order.valid_until_on, "ordered_at": order.ordered_at, "signed_at": order.signed_at, "is_spoken": order.is_spoken}  # fmt: skip
    for row in papers.enrolments:
        yield "enrolments", uid | {"submitted_on": row.submitted_on, "way": row.method, "patient_signed_on": row.patient_signed_on, "prescriber_signed_on": row.prescriber_signed_on, "rems_id": row.rems_id, "proof": row.proof_note}  # fmt: skip
    for check in one.picture.predose_checks:
        yield "verifications", uid | {"verified_at": check.observed_at, "by": who(check), "how": str(check.answers.get("enrolment", ""))}
    for call in papers.calls:
        tries = [row for row in papers.attempts if row.call_id == call.pk]
        yield "safety_calls", uid | {"why": call.why, "due_at": call.due_at, "tries": len(tries), "closed_at": call.closed_at, "closed_by": name(call.closed_by), "closed_how": call.closed_how}  # fmt: skip
    for event in papers.events:
        yield "adverse_events", uid | {"case": str(event.case), "kind": event.kind, "is_serious": event.is_serious, "began_at": event.observed_at, "ended_at": event.ended_at, "narrative": event.narrative}  # fmt: skip
    for report in papers.reports:
        yield "event_reports", uid | {"case": str(report.case), "way": report.way, "to": report.to, "at": report.observed_at, "by": who(report), "number": report.number, "spoke_with": report.spoke_with, "reference": report.reference}  # fmt: skip
    for one_signed in papers.signed:
        row_signed = one_signed.signature
        yield "signatures", uid | {"under": one_signed.under, "who": row_signed.printed_name, "credential": row_signed.credential, "meaning": row_signed.meaning, "signed_at": row_signed.signed_at, "sha256": row_signed.content_sha256, "holds": not one_signed.broken, "why_not": one_signed.broken}  # fmt: skip


def house_lines(house: HousePapers) -> Iterator[Line]:
    for event in house.certifications:
        yield "site_certification", {"on": event.happened_on, "kind": event.kind, "note": event.note, "recorded_at": event.recorded_at, "recorded_by": name(event.recorded_by)}  # fmt: skip
    for person in house.representatives:
        yield "site_representatives", {"from": person.from_on, "name": person.name, "email": person.email, "recorded_at": person.recorded_at}
    for member in house.members:
        yield "site_members", {"who": name(member.user), "role": member.role, "credential": member.credential, "since": member.created_at, "until": member.ended_at}  # fmt: skip
    for training in house.trainings:
        yield "site_trainings", {"who": name(training.membership.user), "kind": training.kind, "completed_on": training.completed_on, "valid_until": training.expires_on, "recorded_at": training.recorded_at}  # fmt: skip
    for check in house.checks:
        yield "site_equipment_checks", {"equipment": str(check.equipment), "checked_at": check.checked_at, "is_good": check.is_good, "note": check.note, "by": name(check.recorded_by)}  # fmt: skip
    for policy in house.policies:
        yield "site_policies", {"from": policy.effective_on, "gate_anchor": policy.gate_anchor, "minimum_watch_minutes": policy.minimum_watch_minutes, "check_minutes": " ".join(map(str, policy.check_minutes)), "check_anchor": policy.check_anchor, "reason": policy.reason}  # fmt: skip
    yield from procedure_lines(house)
    for stay in house.stays:
        yield "site_presence", {"who": name(stay.membership.user), "is_prescriber": stay.is_prescriber, "came_at": stay.came_at, "left_at": stay.left_at, "lapses_at": stay.lapses_at, "is_proof": not stay.awaits_word}  # fmt: skip
    for day in house.days:
        yield "site_days", {"day": day.day, "kind": day.kind, "at": day.observed_at, "by": who(day), "count_patient": day.count_patient, "count_bulk": day.count_bulk, "note": day.note}  # fmt: skip


def procedure_lines(house: HousePapers) -> Iterator[Line]:
    for version in house.procedures:
        yield "site_procedures", {"procedure": version.procedure.title, "version": version.number, "from": version.effective_on, "text": version.text, "changed": version.reason, "recorded_at": version.recorded_at, "recorded_by": name(version.recorded_by)}  # fmt: skip
        for one in house.sign_offs.get(version.pk, []):
            yield "site_sign_offs", {"procedure": version.procedure.title, "version": version.number, "who": name(one.member.user), "role": one.member.role, "signed_at": one.signature.signed_at, "sha256": one.signature.content_sha256, "holds": not one.broken}  # fmt: skip
