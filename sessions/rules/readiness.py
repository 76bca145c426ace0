"""The items of readiness to leave and the gate of the discharge (OUT-1, OUT-2, MON-1, MON-3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.findings import Finding, Level

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a clinician finds about the patient. `choices` are (value, words); the values of `good` let the patient leave."""

    id: str
    label: str
    choices: tuple[tuple[str, str], ...] = (("yes", "Yes"), ("no", "No"))
    good: tuple[str, ...] = ("yes",)
    unmet: str = ""


ITEMS: tuple[Item, ...] = (
    Item("alert", "Alert and awake (MOAA/S 5)", unmet="The patient isn't fully alert."),
    Item("dissociation", "Dissociation is gone", unmet="Dissociation isn't gone."),
    Item("breathing", "Breathing and SpO₂ are acceptable", unmet="Breathing or SpO₂ isn't acceptable."),
    Item("pressure", "Pressure is acceptable or declining", unmet="Pressure isn't acceptable."),
    Item("nausea", "Nausea and dizziness are tolerable", unmet="Nausea or dizziness isn't tolerable."),
    Item("moves", "Moves as usual for them", unmet="The patient doesn't move as usual yet."),
    Item(
        "suicide_risk",
        "Suicide risk, asked again",
        choices=(("not_worse", "Not worse"), ("plan", "Safety plan in hand"), ("prescriber", "Prescriber saw them"), ("no", "Worse")),
        good=("not_worse", "plan", "prescriber"),
        unmet="Suicide risk is worse: the prescriber sees the patient first.",
    ),
    Item(
        "way_home",
        "Way home",
        choices=(("here", "Is here"), ("walked", "Walked out with them"), ("handed", "Handed over"), ("no", "Not yet")),
        good=("here", "walked", "handed"),
        unmet="The way home isn't there yet.",
    ),
    Item("driving", "Told not to drive or use machines until the next day, after restful sleep", unmet="The patient must be told not to drive."),
    Item("sheet", "Leaving sheet given", unmet="The leaving sheet must be given."),
)
# Who took the patient home, and how they were seen; kept and signed beside the items.
OTHER_TAKER = "other"
SEEN: tuple[tuple[str, str], ...] = (("known", "Seen, known to us"), ("identified", "Seen, with an ID"), ("seen", "Seen"), ("unseen", "Not seen"))
BY_ID: dict[str, Item] = {item.id: item for item in ITEMS}


def hand_off(answers: Mapping[str, str]) -> dict[str, str]:
    """The words about who took the patient that hold together: `taken_by` is a contact's key or “other”, with the name then.

    A name alone is somebody else's: what was typed isn't lost because nothing was chosen beside it.
    """
    by, name, seen = (str(answers.get(key, "")).strip() for key in ("taken_by", "taken_name", "taken_seen"))
    by = by or (OTHER_TAKER if name else "")
    kept = {"taken_by": by} if (by.isascii() and by.isdigit() and len(by) < 19) or (by == OTHER_TAKER and name) else {}
    if not kept:
        return {}
    if by == OTHER_TAKER:
        kept["taken_name"] = name[:120]
    return kept | ({"taken_seen": seen} if seen in dict(SEEN) else {})


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The last value obtained of what must have resolved (MON-1); None where none was obtained."""

    sedation: int | None = None
    dissociation: str | None = None
    breathing: str | None = None


def answer_findings(answers: Mapping[str, str], *, prescriber_saw: bool = False) -> list[Finding]:
    """OUT-1 item by item: what is unanswered and what isn't met. Both block; OUT-3 alone passes an unmet item.

    `prescriber_saw`: a prescriber has written in this session that they saw the patient; the answer that says so rests on it.
    """
    findings = []
    for item in ITEMS:
        answer = answers.get(item.id)
        if answer is None or answer not in dict(item.choices):
            findings.append(Finding("OUT-1", Level.BLOCK, f"Not answered: {item.label}.", code=f"OUT-1.{item.id}.open", field=item.id))
        elif answer not in item.good:
            findings.append(Finding("OUT-1", Level.BLOCK, item.unmet, code=f"OUT-1.{item.id}", field=item.id))
    if answers.get("way_home") == "handed" and not hand_off(answers):
        findings.append(Finding("OUT-1", Level.BLOCK, "Handed over: say to whom.", code="OUT-1.way_home.who", field="taken_by"))
    if answers.get("suicide_risk") == "prescriber" and not prescriber_saw:
        text = "“Prescriber saw them”: no prescriber has written that yet. A prescriber presses “I have seen the patient” first."
        findings.append(Finding("OUT-1", Level.BLOCK, text, code="OUT-1.suicide_risk.seen", field="suicide_risk"))
    return findings


def fresh_findings(*, answered_at: datetime, max_age: timedelta, now: datetime) -> list[Finding]:
    """OUT-1: ready means ready now. Answers as old as a stale final check (MON-3) say nothing about leaving."""
    if now - answered_at <= max_age:
        return []
    minutes = int((now - answered_at).total_seconds()) // 60
    return [Finding("OUT-1", Level.BLOCK, f"Readiness was answered {minutes} min ago. Ask again.", code="OUT-1.old", field="readiness")]


def served_findings(*, opens_at: datetime | None, now: datetime) -> list[Finding]:
    """MON-1, MON-2: the minimum watch, from the device that the site counts from. `opens_at` None: no device was used."""
    if opens_at is None:
        return [Finding("MON-1", Level.BLOCK, "No device was used, so there is no watch to end: hold the session instead.", code="MON-1.no_device")]
    if now >= opens_at:
        return []
    minutes = -(-int((opens_at - now).total_seconds()) // 60)
    text = f"The two hours aren't over: {minutes} min to go. Leaving earlier needs a prescriber's second signature (OUT-3)."
    return [Finding("MON-1", Level.BLOCK, text, code="MON-1.time")]


def resolved_findings(seen: LastSeen) -> list[Finding]:
    """MON-1: sedation, dissociation and respiratory depression have resolved, by the last values that were obtained."""
    findings = []
    if seen.sedation is not None and seen.sedation < 5:
        text = f"The last check says MOAA/S {seen.sedation}. Check again when the patient is alert."
        findings.append(Finding("MON-1", Level.BLOCK, text, code="MON-1.sedation", field="check"))
    if seen.dissociation not in (None, "", "none"):
        text = f"The last check says {seen.dissociation} dissociation. Check again when it is gone."
        findings.append(Finding("MON-1", Level.BLOCK, text, code="MON-1.dissociation", field="check"))
    if seen.breathing not in (None, "", "normal"):
        findings.append(Finding("MON-1", Level.BLOCK, f"The last check says {seen.breathing} breathing.", code="MON-1.breathing", field="check"))
    return findings


def final_check_findings(*, last_check_at: datetime | None, max_age: timedelta, now: datetime) -> list[Finding]:
    """MON-3: a check within the last minutes before leaving. What couldn't be measured is "not obtained", with a reason."""
    if last_check_at is not None and now - last_check_at <= max_age:
        return []
    minutes = int(max_age.total_seconds()) // 60
    text = f"Take the final check: the last one is more than {minutes} min old."
    if last_check_at is None:
        text = "Take the final check: there is none since the dose."
    return [Finding("MON-3", Level.BLOCK, text, code="MON-3.final", field="check")]


def alert_findings(open_alerts: Iterable[str]) -> list[Finding]:
    """MON-6: an open alert is closed by a good repeat or a prescriber's note before the patient leaves. Takes the alerts' texts."""
    text = "is still an open alert: a good repeat or a prescriber's note closes it."
    return [Finding("MON-6", Level.BLOCK, f"{alert} {text}", code="MON-6.open", field="alerts") for alert in open_alerts]


def signer_findings(*, credential: str, signing_credentials: Iterable[str]) -> list[Finding]:
    """OUT-2, SET-10: a licensed provider whom the site lets sign."""
    if credential in set(signing_credentials):
        return []
    return [Finding("OUT-2", Level.BLOCK, "At this site your credential may not sign a discharge.", code="OUT-2.credential")]


def discharge_findings(
    *,
    now: datetime,
    opens_at: datetime | None,
    seen: LastSeen,
    last_check_at: datetime | None,
    final_max_age: timedelta,
    answers: Mapping[str, str],
    answered_at: datetime | None,
    open_alerts: Iterable[str],
    prescriber_saw: bool = False,
) -> list[Finding]:
    """The gate of the discharge: every reason why the patient may not leave yet (MON-1, MON-3, MON-6, OUT-1).

    `answers` is the newest readiness by item id and `answered_at` its time, None when nobody has answered. Times are aware;
    nothing is read from a clock.
    """
    findings = served_findings(opens_at=opens_at, now=now)
    findings += resolved_findings(seen)
    findings += final_check_findings(last_check_at=last_check_at, max_age=final_max_age, now=now)
    findings += alert_findings(open_alerts)
    if answered_at is None:
        return [*findings, Finding("OUT-1", Level.BLOCK, "Readiness to leave hasn't been answered yet.", code="OUT-1.none", field="readiness")]
    return (
        findings + fresh_findings(answered_at=answered_at, max_age=final_max_age, now=now) + answer_findings(answers, prescriber_saw=prescriber_saw)
    )
