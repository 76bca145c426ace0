"""What must hold whatever the rules say: an independent, deliberately naive reading of the raw rows. It imports nothing of the rooms' rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.machine.snapshot import Snapshot, facts, kept, loaded, moment

# OUT-1, word by word: what must be answered, and which answers let the patient go.
READY = {
    "alert": {"yes"}, "dissociation": {"yes"}, "breathing": {"yes"}, "pressure": {"yes"}, "nausea": {"yes"}, "moves": {"yes"},
    "suicide_risk": {"not_worse", "plan", "prescriber"}, "way_home": {"here", "walked", "handed"}, "driving": {"yes"}, "sheet": {"yes"},
}  # fmt: skip
NO_STAMP = ("booked",)
ENDED = ("discharged", "left", "transferred", "voided", "cancelled", "missed")


# --- the two hours -----------------------------------------------------------------------------------------------------
def policy_of(shot: Snapshot, session: Any) -> Any:
    """The version that arrival fixed, else the newest of the session's day (design.md, "Versioned by effective date")."""
    if session.policy_id is not None:
        return shot.tables["sitepolicy"][session.policy_id]
    mine = sorted((row for row in shot.rows("sitepolicy") if row.site_id == session.site_id), key=lambda row: row.effective_on)
    begun = [row for row in mine if row.effective_on <= session.treatment_on]
    return begun[-1] if begun else mine[0]


def minimum_watch(shot: Snapshot, session: Any) -> timedelta:
    """MON-1, PAT-8: the site's minimum, or this patient's longer one."""
    minutes = policy_of(shot, session).minimum_watch_minutes
    own = None
    for row in sorted(shot.rows("standingparameters"), key=lambda row: (row.from_on, row.id)):
        if row.patient_id == session.patient_id and row.ended_at is None and row.from_on <= session.treatment_on <= row.until_on:
            own = row
    return timedelta(minutes=max(minutes, (own.minimum_watch_minutes or 0) if own is not None else 0))


def sprayed(shot: Snapshot, session: Any) -> list[Any]:
    return [row for row in shot.standing("deviceuse", session.id) if row.sprays > 0]


def counted(shot: Snapshot, session: Any, row: Any) -> datetime:
    """From when a device counts for the gate: its own time; a first entry over the late-entry minutes from its writing,
    until a second person has vouched for it; and one person's correction shortens no such wait (OUT-4)."""
    own, written = moment(row.observed_at), moment(row.recorded_at)
    if any(one.device_id == row.id for one in shot.rows("deviceconfirmation")):
        return own
    old = shot.tables["deviceuse"].get(row.supersedes_id)
    if old is None or not old.sprays:
        late = timedelta(minutes=policy_of(shot, session).late_entry_minutes)
        return written if written - own > late else own
    before = counted(shot, session, old)
    return max(own, before) if before > moment(old.observed_at) else own


def opens_at(shot: Snapshot, session: Any) -> datetime | None:
    """MON-2: two hours after the device that the site counts from; None without a spray."""
    given = [counted(shot, session, row) for row in sprayed(shot, session)]
    if not given:
        return None
    start = min(given) if policy_of(shot, session).gate_anchor == "first_device" else max(given)
    return start + minimum_watch(shot, session)


# --- the gate of the discharge -------------------------------------------------------------------------------------------
def shut(shot: Snapshot, session: Any, now: datetime) -> set[str]:
    """Why this patient may not leave by what is recorded: words, none when the gate is open (MON-1, MON-3, MON-6, OUT-1)."""
    reasons = set()
    opens = opens_at(shot, session)
    if opens is None or now < opens:
        reasons.add("time")
    given = [moment(row.observed_at) for row in sprayed(shot, session)]
    checks = [row for row in shot.standing("observation", session.id) if given and moment(row.observed_at) >= min(given)]
    for field, good in (("sedation", 5), ("dissociation", "none"), ("breathing", "normal")):
        values = [getattr(row, field) for row in checks if getattr(row, field) not in (None, "")]
        if values and values[-1] != good:
            reasons.add(field)
    fresh = timedelta(minutes=policy_of(shot, session).final_check_minutes)
    if not checks or now - moment(checks[-1].observed_at) > fresh:
        reasons.add("final check")
    if any(row.closed_at is None for row in shot.of("alert", session.id)):
        reasons.add("alert")
    return reasons | not_ready(shot, session, now, fresh)


def not_ready(shot: Snapshot, session: Any, now: datetime, fresh: timedelta) -> set[str]:
    """OUT-1: each item answered, well, and just now; "the prescriber saw them" only where a prescriber wrote so, "handed over" only to somebody."""
    rows = shot.standing("readinesscheck", session.id)
    if not rows or now - moment(rows[-1].observed_at) > fresh:
        return {"readiness"}
    answers = loaded(rows[-1].answers)
    reasons = {f"item {item}" for item, good in READY.items() if answers.get(item) not in good}
    saw = any(row.finding == "PRE-4.suicide" for row in shot.of("override", session.id))
    if answers.get("suicide_risk") == "prescriber" and not saw:
        reasons.add("item suicide_risk")
    taker = answers.get("taken_name", "") if answers.get("taken_by") == "other" else answers.get("taken_by", "")
    if answers.get("way_home") == "handed" and not taker:
        reasons.add("item way_home")
    return reasons


# --- one step ----------------------------------------------------------------------------------------------------------------
def faults(before: Snapshot, after: Snapshot, *, by: int | None, now: datetime) -> list[str]:
    """Everything that one accepted step did wrong."""
    found = [*kept_faults(before, after), *trail_faults(before, after)]
    for pk, session in after.tables["treatmentsession"].items():
        old = before.tables["treatmentsession"].get(pk)
        found += [f"session {pk}: {text}" for text in session_faults(before, after, old, session, now)]
        if old is not None:
            found += [f"session {pk}: {text}" for text in second_person_faults(before, after, old, session, by, now)]
    return found


def session_faults(before: Snapshot, after: Snapshot, old: Any, session: Any, now: datetime) -> list[str]:
    return [
        *stamp_faults(before, after, old, session, now), *watch_faults(after, session), *discharge_faults(before, after, old, session, now), *form_faults(after, session),
    ]  # fmt: skip


def watch_faults(shot: Snapshot, session: Any) -> list[str]:
    """Whoever has had a spray is watched, or has gone (DOS-2)."""
    is_watched = session.status in ("dosing", "monitoring", "discharged", "left", "transferred", "voided")
    return [] if is_watched or not sprayed(shot, session) else [f"a spray stands, and the session is {session.status}"]


def discharge_faults(before: Snapshot, after: Snapshot, old: Any, session: Any, now: datetime) -> list[str]:
    """No discharge is accepted while its gate, by what was recorded at that moment, is shut, except by OUT-3."""
    if old is None or session.status != "discharged" or old.status == "discharged":
        return []
    reasons = shut(before, session, now)
    if reasons and not has_two_signatures(after, session):
        return [f"discharged although shut: {sorted(reasons)}"]
    firm = reasons & {"alert", "final check", "readiness"}
    return [f"OUT-3 passes MON-1 and OUT-1 alone, not {sorted(firm)}"] if firm else []


def has_two_signatures(shot: Snapshot, session: Any) -> bool:
    """OUT-3: two people signed, one of them a prescriber, and somebody said why."""
    made = shot.of("discharge", session.id)
    signed = [row for row in shot.rows("signature") if made and row.target_kind == "discharge" and row.target_pk == made[0].id]
    prescribers = [row for row in signed if row.role == "prescriber" and row.credential in ("md", "do", "np", "pa")]
    return len({row.signer_id for row in signed}) >= 2 and bool(prescribers) and bool(made[0].is_early and made[0].early_reason.strip())


def stamp_faults(before: Snapshot, after: Snapshot, old: Any, session: Any, now: datetime) -> list[str]:
    """Status and its timestamp agree, and what ended stays ended."""
    found = []
    stamp = None if session.status in NO_STAMP else getattr(session, f"{session.status}_at")
    if session.status not in NO_STAMP and stamp is None:
        found.append(f"{session.status} without its time")
    if old is not None and old.status != session.status:
        # Who has gone was perhaps seen going a little earlier; what was entered again in the right session keeps its times.
        is_earlier = session.status in ("left", "transferred") or any(row.action == "session.reentered" for row in new_entries(before, after))
        # Coming back is no second arrival; the clock may have been put back since.
        is_back = old.status in ("waiting", "held") and session.status == "arrived" and stamp == old.arrived_at
        # Entered again after the clock was put back, the right session has the times of the other one, to the second.
        is_kept = is_earlier and any(getattr(row, f"{session.status}_at", None) == stamp for row in before.rows("treatmentsession"))
        if stamp is not None and not is_back and not is_kept and (moment(stamp) > now if is_earlier else moment(stamp) != now):
            found.append(f"{session.status} at {stamp}, but it is {now}")
        if old.status in ("discharged", "left", "transferred") and session.status != "voided":
            found.append(f"{old.status} became {session.status}")
    return found


def form_faults(shot: Snapshot, session: Any) -> list[str]:
    """PMF-1: every outpatient session with a spray owes a form; without a spray, or voided, none stands open."""
    forms = shot.of("monitoringform", session.id)
    standing = [row for row in forms if row.status != "void"]
    if session.status == "voided":
        return ["voided, and its form is not"] if standing else []
    if session.setting == "outpatient" and sprayed(shot, session) and not standing:
        return ["a spray stands, and no form is owed"]
    if not sprayed(shot, session) and any(row.status == "owed" and row.completed_at is None for row in standing):
        return ["no spray stands, and a form is owed"]
    return []


def second_person_faults(before: Snapshot, after: Snapshot, old: Any, session: Any, by: int | None, now: datetime) -> list[str]:
    """OUT-4: by one person's word the gate never opens earlier than it stood; a first entry opens it no earlier than one of now, less the late minutes."""
    if session.status == "voided":
        is_fresh = old.status != "voided" and bool(before.standing("deviceuse", session.id))
        return ["devices were voided by one person's word"] if is_fresh and session.void_second_id in (None, by) else []
    new = [row for row in after.of("deviceuse", session.id) if row.id not in before.tables["deviceuse"]]
    if not new and after.of("deviceconfirmation", session.id) == before.of("deviceconfirmation", session.id):
        return []  # a prescriber's own limits (PAT-8), not a device
    was, becomes = opens_at(before, old), opens_at(after, session)
    entry = now - timedelta(minutes=policy_of(after, session).late_entry_minutes) + minimum_watch(after, session)
    is_first_entry = all(row.supersedes_id is None for row in new)
    least = min(was or entry, entry) if is_first_entry else (was or entry)
    if (becomes is not None and becomes >= least) or (was is None and becomes is None):
        return []
    if has_second(before, after, session, by) or (new and all(is_undo(before, row, by) for row in new)):
        return []
    return [f"the gate moved from {was} to {becomes} by one person's word"]


def has_second(before: Snapshot, after: Snapshot, session: Any, by: int | None) -> bool:
    """Somebody else has vouched for it in this step: for the device's time, or that it was given to this patient and no other."""
    made = [row for row in after.of("deviceconfirmation", session.id) if row.id not in before.tables["deviceconfirmation"]]
    if any(row.second_id != after.tables["deviceuse"][row.device_id].recorded_by_id for row in made):
        return True
    wrong = [row for row in after.rows("treatmentsession") if row.replaced_by_id == session.id and before.session(row.id).status != "voided"]
    return any(row.void_second_id not in (None, by) for row in wrong)


def is_undo(before: Snapshot, row: Any, by: int | None) -> bool:
    """Not an undo within 60 s by the same person; a correction is no slip that could be undone."""
    if not row.is_withdrawn:
        return False
    undone = before.tables["deviceuse"][row.supersedes_id]
    if undone.supersedes_id is not None:
        return False
    gap = moment(row.recorded_at) - moment(undone.recorded_at)
    return undone.recorded_by_id == by == row.recorded_by_id and timedelta(0) <= gap <= timedelta(seconds=60)


# --- what is kept ----------------------------------------------------------------------------------------------------------------
def new_entries(before: Snapshot, after: Snapshot) -> list[Any]:
    return [row for pk, row in after.tables["auditentry"].items() if pk not in before.tables["auditentry"]]


def kept_faults(before: Snapshot, after: Snapshot) -> list[str]:
    """Every fact is kept: no row goes, no value changes, and each can be reached."""
    found = []
    for word in kept():
        new = after.tables[word]
        if new is before.tables[word]:
            continue
        found += [f"{word} {pk} is gone or changed" for pk, row in before.tables[word].items() if new.get(pk) != row]
    for word in (word for word in facts() if after.tables[word] is not before.tables[word]):
        found += [
            f"{word} {row.id}: {text}" for row in after.rows(word) if row.id not in before.tables[word] for text in chain_faults(after, word, row)
        ]
    return found


def chain_faults(shot: Snapshot, word: str, row: Any) -> list[str]:
    """A new fact stands, or names what it takes the place of: one row, that stood, with a reason."""
    found = [] if moment(row.observed_at) <= moment(row.recorded_at) else ["seen after it was written"]
    if row.supersedes_id is None:
        return [*found, "withdraws nothing"] if row.is_withdrawn else found
    others = [other for other in shot.rows(word) if other.supersedes_id == row.supersedes_id]
    if row.supersedes_id not in shot.tables[word]:
        found.append("supersedes what isn't there")
    if len(others) != 1:
        found.append("two rows take the place of one")
    return found if row.reason.strip() else [*found, "corrects without a reason"]


def same(before: Snapshot, after: Snapshot, word: str) -> bool:
    return after.tables[word] is before.tables[word] or after.tables[word] == before.tables[word]


def trail_faults(before: Snapshot, after: Snapshot) -> list[str]:
    """Whoever changes a session, a fact or a form leaves an entry in the audit trail (style 13)."""
    changed = [word for word in after.tables if word != "notice" and not same(before, after, word)]
    return [f"{changed} changed without an audit entry"] if changed and not new_entries(before, after) else []
