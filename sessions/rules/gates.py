"""What stands between a patient and the dose: the gates of clearing and of starting, over plain values (SET, PAT, PRE, DOS-9)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.findings import Finding, Level
from sessions.rules.forecast import Forecast, LatestStart, forecast_findings, latest_findings
from sessions.rules.predose_vitals import Limits, Vitals, pressure_findings, state_findings
from sessions.rules.questions import CONTRAINDICATIONS, MEDICINES, NOTHING, Question

FASTING = timedelta(hours=2)  # PRE-1. Source: PI
DRY = timedelta(minutes=30)  # PRE-1
NASAL = timedelta(hours=1)  # PRE-1


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """Everything a gate looks at, as it stood at `at`. `clock` writes a moment as the site's wall shows it.

    `forecast` is looked for where somebody is about to press start. `unconfirmed` names the prescribers whose presence nobody but others has told, where no other prescriber is here.
    """

    at: datetime
    clock: Callable[[datetime], str]
    is_certified: bool
    has_prescriber: bool
    has_monitor: bool
    untrained: tuple[str, ...]
    equipment: tuple[Finding, ...]
    chart: tuple[Finding, ...]
    is_dosed_today: bool
    is_course_over: bool
    identified_at: datetime | None
    dose_identified_at: datetime | None
    reset_at: datetime | None
    alike: tuple[str, ...]
    answers: Mapping[str, object]
    unasked: tuple[Question, ...]
    vitals: Vitals | None
    limits: Limits
    way_home: str
    latest_starts: tuple[LatestStart, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    repeat_at: datetime | None = None
    monitors: int = 1
    forecast: Forecast | None = None


def clear_findings(facts: GateFacts) -> list[Finding]:
    """May this patient be cleared for dosing? Blocks first, then decisions, then notes."""
    found = [
        *setting_findings(facts),
        *facts.chart,
        *identity_findings(facts),
        *round_findings(facts),
        *vitals_findings(facts),
        *way_home_findings(facts),
        *time_findings(facts),
    ]
    return sorted(_once(found), key=lambda finding: -finding.level)


def start_findings(facts: GateFacts) -> list[Finding]:
    """May the first device be given now? All gates again, and identity at the chair (PRE-5, PRE-6)."""
    found = [*clear_findings(facts), *dose_identity_findings(facts)]
    if facts.forecast is not None:
        found += forecast_findings(facts.forecast, facts.clock)
    return sorted(_once(found), key=lambda finding: -finding.level)


def setting_findings(facts: GateFacts) -> list[Finding]:
    """The site and its people (SET-1…SET-4)."""
    found = []
    if not facts.is_certified:
        found.append(Finding("SET-1", Level.BLOCK, "This site is not certified by the REMS today.", code="SET-1.certified"))
    if not facts.has_prescriber:
        found.append(Finding("SET-2", Level.BLOCK, "No prescriber is on site.", code="SET-2.prescriber", field="duty"))
    elif facts.unconfirmed:
        text = f"The presence of {' and '.join(facts.unconfirmed)} isn't confirmed by themselves yet: it is no proof until then."
        found.append(Finding("SET-2", Level.NOTE, text, code="SET-2.unconfirmed", field="duty"))
    if not facts.has_monitor:
        found.append(Finding("SET-3", Level.BLOCK, "Nobody licensed to monitor is on site.", code="SET-3.monitor", field="duty"))
    found += [
        Finding("SET-3", Level.DECISION, f"{name} has no valid REMS training.", code=f"SET-3.training.{name}"[:60], field="staff")
        for name in facts.untrained
    ]
    return [*found, *facts.equipment]


def identity_findings(facts: GateFacts) -> list[Finding]:
    """Two identifiers, spoken again after a wait; name-alikes of the day are flagged (PRE-5, PRE-6)."""
    found = []
    if not _is_fresh(facts.identified_at, facts.reset_at):
        found.append(Finding("PRE-5", Level.BLOCK, "Ask for name and date of birth.", code="PRE-5.identity", field="identity"))
    if facts.alike:
        found.append(Finding("PRE-5", Level.NOTE, f"A similar name is here today: {'; '.join(facts.alike)}.", code="PRE-5.alike"))
    return found


def dose_identity_findings(facts: GateFacts) -> list[Finding]:
    """Two identifiers at the chair, right before the first device (PRE-5)."""
    if _is_fresh(facts.dose_identified_at, facts.reset_at):
        return []
    return [Finding("PRE-5", Level.BLOCK, "Ask for name and date of birth at the chair.", code="PRE-5.dose", field="identity")]


def round_findings(facts: GateFacts) -> list[Finding]:
    """The questions of this visit (PRE-1, PRE-4, PAT-1, PAT-3, PAT-6); what hasn't been asked blocks."""
    if facts.unasked:
        count = len(facts.unasked)
        text = "One question is still to be asked." if count == 1 else f"{count} questions are still to be asked."
        return [Finding("PRE-4", Level.BLOCK, text, code="PRE-4.unasked", field="round"), *_answer_findings(facts)]
    return _answer_findings(facts)


def _answer_findings(facts: GateFacts) -> list[Finding]:
    return [*_fasting_findings(facts), *_safety_findings(facts.answers), *_medicine_findings(facts.answers)]


def _fasting_findings(facts: GateFacts) -> list[Finding]:
    """No food for 2 h, no liquid for 30 min, nasal sprays 1 h before (PRE-1)."""
    found = []
    for name, wait, said in (("last_food", FASTING, "Ate"), ("last_drink", DRY, "Drank"), ("last_nasal", NASAL, "Used a nasal spray")):
        answer = facts.answers.get(name)
        if not isinstance(answer, str) or answer == NOTHING:
            continue
        was_at = datetime.fromisoformat(answer)
        if facts.at < was_at + wait:
            text = f"{said} at {facts.clock(was_at)}: wait until {facts.clock(was_at + wait)}."
            found.append(Finding("PRE-1", Level.DECISION, text, code=f"PRE-1.{name}.{was_at:%d%H%M}", field="round"))
    return found


def _safety_findings(answers: Mapping[str, object]) -> list[Finding]:
    found = []
    named = dict(CONTRAINDICATIONS.choices)
    for name in _picks(answers, CONTRAINDICATIONS.id):
        text = f"Contraindicated: {named.get(name, name).lower()}."
        found.append(Finding("PAT-3", Level.BLOCK, text, code=f"PAT-3.today.{name}"[:60], field="round"))
    if answers.get("enrolment") == "not_enrolled":
        found.append(Finding("PAT-1", Level.BLOCK, "The REMS does not list this patient as enrolled.", code="PAT-1.today", field="round"))
    if answers.get("enrolment") == "down":
        found.append(Finding("PAT-1", Level.DECISION, "Enrolment could not be verified today.", code="PAT-1.down", field="round"))
    if answers.get("pregnancy") in ("yes", "unsure"):
        text = "Pregnant or breast-feeding: not recommended." if answers["pregnancy"] == "yes" else "Pregnancy is not ruled out."
        found.append(Finding("PRE-4", Level.DECISION, text, code=f"PRE-4.pregnancy.{answers['pregnancy']}", field="round"))
    if answers.get("suicide_risk") == "positive":
        found.append(Finding("PRE-4", Level.NOTE, "Suicide-risk screen positive: call the prescriber now.", code="PRE-4.suicide", field="round"))
    if answers.get("event_since") == "yes":
        found.append(Finding("PMF-6", Level.NOTE, "Something serious happened since the last session: record it for the form.", code="PMF-6.since"))
    return found


def _medicine_findings(answers: Mapping[str, object]) -> list[Finding]:
    named = dict(MEDICINES.choices)
    taken = [named.get(name, name).lower() for name in _picks(answers, MEDICINES.id)]
    if not taken:
        return []
    return [Finding("PAT-6", Level.NOTE, f"Taken since yesterday: {', '.join(taken)}. Watch more closely.", code="PAT-6.today", field="round")]


def vitals_findings(facts: GateFacts) -> list[Finding]:
    """Pressure, SpO₂, breathing, alertness: there, fresh, and within limits (PRE-2). The keys name the reading: a new one is decided anew."""
    vitals = facts.vitals
    if vitals is None:
        return [Finding("PRE-2", Level.BLOCK, "Take the vitals before the dose.", code="PRE-2.missing", field="vitals")]
    found = []
    if facts.at - vitals.observed_at > facts.limits.max_age:
        minutes = int(facts.limits.max_age.total_seconds() // 60)
        text = f"The vitals are of {facts.clock(vitals.observed_at)}: more than {minutes} minutes old."
        again = int((facts.at - vitals.observed_at) / facts.limits.max_age)  # a decision holds no longer than fresh vitals would (PRE-6)
        code = f"PRE-2.stale.{vitals.pk}" + (f".{again}" if again > 1 else "")
        found.append(Finding("PRE-2", Level.DECISION, text, code=code, field="vitals"))
    if vitals.missing:
        text = f"Not obtained before the dose: {', '.join(vitals.missing)}."
        found.append(Finding("PRE-2", Level.DECISION, text, code=f"PRE-2.not_obtained.{vitals.pk}", field="vitals"))
    return [*found, *pressure_findings(vitals, facts.limits), *state_findings(vitals, facts.limits)]


def way_home_findings(facts: GateFacts) -> list[Finding]:
    """A way home is known before the dose (PRE-3)."""
    if facts.way_home:
        return []
    return [Finding("PRE-3", Level.DECISION, "No way home is known.", code="PRE-3.way_home", field="way_home")]


def time_findings(facts: GateFacts) -> list[Finding]:
    """Twice on one day never (DOS-7); past the latest start a prescriber decides (DOS-9)."""
    found = []
    if facts.is_dosed_today:
        found.append(Finding("DOS-7", Level.BLOCK, "Already dosed today. Never two dosed sessions on one day.", code="DOS-7.same_day"))
    if facts.is_course_over:
        found.append(Finding("DOS-5", Level.DECISION, "The course of this session has ended.", code="DOS-5.course_over", field="course"))
    return [*found, *latest_findings(facts.latest_starts, at=facts.at, clock=facts.clock)]


def _is_fresh(moment: datetime | None, reset_at: datetime | None) -> bool:
    return moment is not None and (reset_at is None or moment >= reset_at)


def _picks(answers: Mapping[str, object], name: str) -> list[str]:
    value = answers.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Each key once: chart and visit may say the same thing."""
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.key, finding)
    return list(seen.values())
