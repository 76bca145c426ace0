"""The board: every chair, every open session whatever its day, arrivals, done, forms owed; in a dozen queries whatever the history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.addresses import address
from clinic.models import Chair, Site
from clinic.queries.opening import today_at
from clinic.rules.opening import Calendar
from desk.queries.alarms import alert_of_card, escalations
from desk.queries.board_rows import open_forms, sessions_on
from desk.queries.worries import owner_words, round_words
from patients.queries.names import name_beside
from sessions.models import Alert, TreatmentSession
from sessions.picture import Picture, bare_pictures_of
from sessions.queries.concerns import Concern, FormState, concerns, form_states, has_visits, live_offers, next_moments
from sessions.queries.due import Due, next_due
from sessions.queries.forgotten import over_at
from sessions.queries.forms import days_of
from sessions.queries.loose import Loose, read_loose
from sessions.queries.numbering import is_numbered, place_of
from sessions.queries.policies import policies_for
from sessions.queries.screening import WORDS
from sessions.queries.screens import feels_bad_since
from sessions.rules.deadlines import Urgency
from sessions.states import OPEN, PRESENT, Status

PARTS = ("devices", "observations", "alerts")
LATE_ARRIVAL = timedelta(minutes=10)
SHOWN_FORMS = 6
FORM_NOTES = {Urgency.OVERDUE: "overdue", Urgency.LATE: "overdue", Urgency.TODAY: "due_today"}


@dataclass
class Floor:
    """What the board is made of, and the next moment at which time alone changes it."""

    today: date
    cards: list[dict[str, object]]
    arrivals: list[dict[str, object]]
    done: list[dict[str, object]]
    forms: list[dict[str, object]]
    form_counts: dict[str, int]
    quiet_until: datetime
    late: int
    present: int
    concerns: list[Concern]
    loose: Loose


def sessions_on_board(site: Site, today: date) -> list[TreatmentSession]:
    """Today's sessions and everybody still in the house, whatever the day; who was held on an earlier day has gone home."""
    sessions = sorted(sessions_on(site.pk, today), key=lambda session: (session.starts_at, session.pk))
    for session in sessions:
        session.site = site
    return sessions


def seat(sessions: list[TreatmentSession], chairs: list[Chair]) -> None:
    """Give each session its chair from the chairs that are read anyway."""
    known = {chair.pk: chair for chair in chairs}
    for session in sessions:
        if session.chair_id in known:
            session.chair = known[session.chair_id]


def floor_of(site: Site, now: datetime) -> Floor:
    """Read once, derive the rest: the same clocks and states as the flowsheet and the watchman."""
    today = today_at(site, now)
    sessions = sessions_on_board(site, today)
    live = [session for session in sessions if session.status in OPEN]
    pictures = {picture.session.pk: picture for picture in bare_pictures_of(live, fixed_policies(live), PARTS)} if live else {}
    forms = open_forms(site.pk)
    loose = read_loose(site, now, *days_of(forms, [today, *(session.treatment_on for session in live)], site.zone))
    chairs = loose.chairs
    seat(sessions, chairs)
    loose.offers = live_offers(loose.offers, {session.monitor_id for session in live})
    states, calendar = form_states(forms, loose.calendar, today), loose.calendar
    dues = {pk: next_due(picture, now) for pk, picture in pictures.items()}
    cards = [
        live_card(site, pictures[session.pk], dues[session.pk], now)
        | forgotten_card(session, calendar, now)
        | owner_of_card(pictures[session.pk], loose, now)
        for session in live
    ]
    cards += free_cards(site, chairs, live, sessions, now)
    order = {chair.pk: place for place, chair in enumerate(chairs)}
    cards.sort(key=lambda card: (min(card["rank"], 2 if card.get("forgotten") else 9), order.get(card["chair_pk"], len(order)), card["key"]))  # type: ignore[arg-type]
    visits = has_visits(session.status for session in sessions if session.treatment_on == today)
    rows, counts = owed_forms(site, states)
    moments = [*next_changes(pictures.values(), dues, now), *arrival_changes(sessions, now), *closing_changes(live, calendar, now)]
    moments += next_moments(pictures.values(), loose, now)
    return Floor(
        today=today, cards=cards, arrivals=arrival_rows(site, sessions, now), done=done_rows(site, sessions), forms=rows, form_counts=counts,
        quiet_until=min([now + timedelta(minutes=3), *moments]), late=sum(bool(card["is_late"]) for card in cards),
        present=sum(session.status in PRESENT for session in live), loose=loose,
        concerns=concerns(site, now, pictures=pictures.values(), loose=loose, forms=states, has_visits=visits),
    )  # fmt: skip


def owner_of_card(picture: Picture, loose: Loose, now: datetime) -> dict[str, object]:
    return {"owner": owner_words(picture.session, loose), "round": round_words(picture, now)}


def fixed_policies(live: list[TreatmentSession]) -> dict:  # type: ignore[type-arg]
    """The policy that arrival fixed came with its session; the rest (a device without an arrival) are asked in one query."""
    known = {session.pk: session.policy for session in live if session.policy_id is not None}
    rest = [session for session in live if session.policy_id is None]
    return {**known, **(policies_for(rest) if rest else {})}


def live_card(site: Site, picture: Picture, due: Due | None, now: datetime) -> dict[str, object]:
    """One patient in the house: phase, both clocks, what is due next, the loudest open alert."""
    session = picture.session
    is_late = due is not None and due.is_late
    alert = alert_of_card(picture, now)
    rest = picture.rest_ends_at if session.status == Status.DOSING else None
    screen = WORDS if getattr(session, "needs_prescriber", False) else ""
    help_asked_at, seen_at = getattr(session, "help_asked_at", None), last_seen_at(picture)
    feels_bad_at = feels_bad_since(session, seen_at)
    return {
        "key": f"s{session.pk}", "chair_pk": session.chair_id, "chair": session.chair.name, "phase": session.status, "patient": session.patient.short_name,
        "url": address("flowsheet", site.slug, session.pk), "about": about(picture), "first_device_at": picture.first_device_at,
        "gate_opens_at": picture.gate_opens_at, "rest_ends_at": rest if rest and rest > now else None, "next_due_at": due.at if due else None, "next_due_label": due.label if due else "",
        **alert, "is_late": is_late, "note": waiting_note(session), "second": second_note(picture), "seen_at": seen_at,
        "help_asked_at": help_asked_at, "feels_bad_at": feels_bad_at, "help_url": address("help_answer", site.slug, session.pk) if help_asked_at else "",
        "rank": rank(alert, is_late or help_asked_at is not None, bool(screen or feels_bad_at)), "screen": screen, "starts_at": session.starts_at,
    }  # fmt: skip


def rank(alert: dict[str, object], is_late: bool, is_asked_for: bool) -> int:
    """What must be read first: an unanswered call for the prescriber, then a call for help and what is late, then other alerts, a positive screen, a patient who feels bad."""
    if alert["alert_level"] == Alert.Tier.CRITICAL and not alert["is_acknowledged"]:
        return 0
    if is_late:
        return 1
    return 2 if alert["alert_pk"] or is_asked_for else 3


def about(picture: Picture) -> str:
    """The dose, and which session of the course it is: "84 mg given · session 7, week 3, induction"."""
    session = picture.session
    dose = f"{session.planned_dose_mg} mg"
    if session.status == Status.DOSING:
        dose = f"{picture.given_mg} of {dose} given"
    elif picture.devices:
        dose = f"{picture.given_mg} mg given"
    return f"{dose} · {place_of(session).own_words}" if is_numbered(session) else dose


def last_seen_at(picture: Picture) -> datetime | None:
    last_round_at = getattr(picture.session, "last_round_at", None)
    seen = [*([last_round_at] if last_round_at else []), *(row.observed_at for row in picture.observations)]
    first = picture.first_device_at
    return max(seen) if seen and first is not None else None


def waiting_note(session: TreatmentSession) -> str:
    if session.status in (Status.WAITING, Status.HELD):
        return session.status_reason
    return {Status.ARRIVED: "Pre-dose questions and vitals next", Status.CLEARED: "Ready to start"}.get(session.status, "")  # type: ignore[call-overload, no-any-return]


def second_note(picture: Picture) -> str:
    """A device written down late waits for a second person, and the gate with it (OUT-4)."""
    waiting = picture.awaiting_second
    return f"Device {waiting[0].number} waits for a second person" if waiting else ""


def free_cards(
    site: Site, chairs: list[Chair], live: list[TreatmentSession], sessions: list[TreatmentSession], now: datetime
) -> list[dict[str, object]]:
    """Chairs with nobody in them, each with who comes next."""
    taken = {session.chair_id for session in live}
    cards: list[dict[str, object]] = []
    for chair in chairs:
        if chair.pk in taken:
            continue
        coming = next((session for session in sessions if session.chair_id == chair.pk and session.status == Status.BOOKED), None)
        note = f"Next {coming.starts_at.astimezone(site.zone):%H:%M}: {coming.patient.short_name}" if coming else "Free"
        cards.append(
            {
                "key": f"c{chair.pk}",
                "chair_pk": chair.pk,
                "chair": chair.name,
                "phase": "",
                "patient": "",
                "note": note,
                "rank": 4,
                "is_late": False,
                "alert_level": "",
                "alert_pk": 0,
            }
        )
    return cards


def arrival_rows(site: Site, sessions: list[TreatmentSession], now: datetime) -> list[dict[str, object]]:
    """Who is still to come today."""
    rows = []
    for session in sessions:
        if session.status != Status.BOOKED:
            continue
        late = int((now - session.starts_at).total_seconds()) // 60
        note = f"{late} min late" if now - session.starts_at > LATE_ARRIVAL else session.chair.name
        rows.append(
            {
                "at": session.starts_at,
                "patient": session.patient.short_name,
                "url": address("flowsheet", site.slug, session.pk),
                "phase": session.status,
                "note": note,
                "said": said_words(session),
                "is_red": session.has_red_answer,  # type: ignore[attr-defined]
            }
        )
    return rows


def said_words(session: TreatmentSession) -> str:
    """What the patient said by their link, the most pressing first."""
    if session.has_red_answer:  # type: ignore[attr-defined]
        return "Answer to look at"
    if session.has_wish:  # type: ignore[attr-defined]
        return "Asks for another time"
    return "Confirmed" if session.confirmed_at else "Not confirmed"


def done_rows(site: Site, sessions: list[TreatmentSession]) -> list[dict[str, object]]:
    """Whoever has gone today, the last one first."""
    rows = []
    for session in sessions:
        at = session.discharged_at or session.left_at or session.transferred_at
        if session.status in (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED) and at is not None:
            url = address("flowsheet", site.slug, session.pk)
            rows.append({"at": at, "patient": session.patient.short_name, "url": url, "phase": session.status, "note": ""})
    return sorted(rows, key=lambda row: row["at"], reverse=True)  # type: ignore[arg-type, return-value]


def forgotten_card(session: TreatmentSession, calendar: Calendar, now: datetime) -> dict[str, object]:
    """What a card says of a session that is open past its day's closing (PMF-1), until somebody has said why."""
    since = over_at(session, calendar)
    if session.status not in PRESENT or now <= since or getattr(session, "explained", False):
        return {"forgotten": ""}
    return {"forgotten": f"Still open after closing ({since.astimezone(calendar.zone):%d %b, %H:%M})"}


def closing_changes(live: Iterable[TreatmentSession], calendar: Calendar, now: datetime) -> list[datetime]:
    moments = [over_at(session, calendar) for session in live]
    return [moment for moment in moments if moment > now]


def owed_forms(site: Site, states: list[FormState]) -> tuple[list[dict[str, object]], dict[str, int]]:
    """Open forms, the most pressing first, and how many are due today or overdue."""
    rows: list[dict[str, object]] = []
    for form, limits, how in states[:SHOWN_FORMS]:
        last_day = limits.staffed_due_on
        rows.append(
            {
                "patient": name_beside(form),
                "url": f"{address('flowsheet', site.slug, form.session_id)}?step=form",
                "state": FORM_NOTES.get(how, form.status),
                "note": f"{last_day.day} {last_day:%b}",
            }
        )
    counted = [how for _, _, how in states]
    overdue = counted.count(Urgency.OVERDUE) + counted.count(Urgency.LATE)
    return rows, {"total": len(states), "today": counted.count(Urgency.TODAY), "overdue": overdue}


def next_changes(pictures: Iterable[Picture], dues: dict[int, Due | None], now: datetime) -> list[datetime]:
    """When time alone changes a card: a check falls due or late, a rest ends, the gate opens, a repeat is due."""
    moments: list[datetime | None] = []
    for picture in pictures:
        grace = picture.clock_policy.grace
        for check in picture.planned_checks(now):
            moments += [check.due_at - grace, check.due_at, check.due_at + grace]
        due = dues[picture.session.pk]
        moments += [picture.gate_opens_at, picture.rest_ends_at, due.at if due else None, due.at + grace if due else None, *escalations(picture)]
    return [moment for moment in moments if moment is not None and moment > now]


def arrival_changes(sessions: Iterable[TreatmentSession], now: datetime) -> list[datetime]:
    limits = [session.starts_at + LATE_ARRIVAL for session in sessions if session.status == Status.BOOKED]
    return [moment for moment in limits if moment > now]
