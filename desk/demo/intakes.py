"""The demonstration's intakes: patients on their way in, each in another step; authorisations nearly used; one who moves away."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from desk.demo.charts import ALL_NO, Chart, at_noon
from desk.demo.house import House
from patients.actions.transfers import plan_move
from patients.models import AntidepressantTrial, Authorisation, Consent, Intake, IntakeFact, Patient, Screening
from patients.rules.consent import CONSENT_TEXTS
from patients.rules.names import folded_name

# first name, last name, days since the referral, how many steps are done, what else
COMING: tuple[tuple[str, str, int, int, dict[str, Any]], ...] = (
    ("Juniper", "Lark", 9, 1, {}),
    ("Heath", "Nightjar", 6, 2, {"origin": "transfer", "earlier_sessions": 6, "first": 21, "last": 3}),
    ("Saffron", "Pipit", 12, 3, {}),
    ("Alder", "Goldcrest", 15, 4, {}),
    ("Marigold", "Fulmar", 20, 6, {}),
    ("Linden", "Whimbrel", 30, 2, {"dropped": "payer"}),
)
PAYER = "Fable Health Plan"
NUMBER = 7000


def write(house: House, made: list[Chart], today: date) -> None:
    """The people of COMING, then what stands about some of those under treatment."""
    for number, (first, last, days, done, more) in enumerate(COMING, start=1):
        patient = Patient.objects.create(
            site=house.site, mrn=f"{house.site.slug[:1].upper()}{NUMBER + number}", first_name=first, last_name=last,
            name_folded=folded_name(last, first), birth_on=date(1980 + number, 3, number), sex="female", phone=f"+151855509{number:02}",
            created_at=at_noon(house, today - timedelta(days=days)), created_by=house.of_role("front_desk")[0].user,
        )  # fmt: skip
        coming(house, patient, number, today - timedelta(days=days), done, more, today)
    treated = [chart for chart in made if chart.treatment.dosed and not chart.treatment.is_over]
    for number, chart in enumerate(treated[-8:]):
        authorise(house, chart, number, today)
    owner = house.of_role("front_desk")[0].user
    plan_move(
        treated[0].patient, to_setting="Otherwood Clinic, Sampleville", moves_on=today + timedelta(days=9), owner=owner,
        client_key=UUID(int=NUMBER), by=owner, now=at_noon(house, today - timedelta(days=1)),
    )  # fmt: skip


def coming(house: House, patient: Patient, number: int, since: date, done: int, more: dict[str, Any], today: date) -> None:
    """One intake with its first `done` steps, three days apart."""
    owner = house.of_role("front_desk" if number % 2 else "monitor")[0].user
    earlier = {"earlier_sessions": more["earlier_sessions"], "earlier_last_dose_mg": 84} if "earlier_sessions" in more else {}
    if earlier:
        earlier |= {f"earlier_{word}_on": today - timedelta(days=int(str(more[word]))) for word in ("first", "last")}
    is_dropped = "dropped" in more
    intake = Intake.objects.create(
        site=house.site, patient=patient, origin=more.get("origin", "referral"), referred_by="Dr Fable", referred_on=since, owner=owner,
        opened_at=at_noon(house, since), opened_by=owner, client_key=UUID(int=NUMBER + number), status="dropped" if is_dropped else "open",
        closed_at=at_noon(house, today - timedelta(days=2)) if is_dropped else None, **earlier,
    )  # fmt: skip
    for place in range(1, done):
        STEPS[place](house, intake, since + timedelta(days=3 * place))
    if is_dropped:
        record(house, intake, today - timedelta(days=2), "dropped", drop_reason=more["dropped"], note="Asked twice")


def fact(house: House, day: date) -> dict[str, object]:
    at = at_noon(house, day)
    return {"site": house.site, "observed_at": at, "recorded_at": at, "recorded_by": house.of_role("prescriber")[0].user}


def record(house: House, intake: Intake, day: date, kind: str, **more: object) -> None:
    IntakeFact.objects.create(**fact(house, day), intake=intake, kind=kind, **more)


def evaluated(house: House, intake: Intake, day: date) -> None:
    record(house, intake, day, "evaluated", observed_by=house.of_role("prescriber")[0].user)
    Screening.objects.create(**fact(house, day), patient=intake.patient, answers=dict(ALL_NO))


def pdmp(house: House, intake: Intake, day: date) -> None:
    record(house, intake, day, "pdmp", note="Nothing unexpected")


def trials(house: House, intake: Intake, day: date) -> None:
    by = {"recorded_at": at_noon(house, day), "recorded_by": house.of_role("prescriber")[0].user}
    for drug in ("Sertraline", "Venlafaxine XR"):
        AntidepressantTrial.objects.create(site=house.site, patient=intake.patient, drug=drug, weeks=9, outcome="none", **by)


def authorised(house: House, intake: Intake, day: date) -> None:
    grant(house, intake.patient, intake.pk, day, granted=8, from_on=day, until_on=day + timedelta(days=120))


def consented(house: House, intake: Intake, day: date) -> None:
    dates = {"patient_signed_on": day, "clinician_signed_on": day}
    Consent.objects.create(**fact(house, day), patient=intake.patient, text_version=CONSENT_TEXTS[-1].version, medication_guide_given=True, **dates)


STEPS = {1: evaluated, 2: pdmp, 3: trials, 4: authorised, 5: consented}


def grant(house: House, patient: Patient, number: int, day: date, *, granted: int, from_on: date, until_on: date) -> None:
    told = {"payer": PAYER, "number": f"FHP-{NUMBER + number}", "sessions_granted": granted, "from_on": from_on, "until_on": until_on}
    Authorisation.objects.create(**fact(house, day), patient=patient, **told)


def authorise(house: House, chart: Chart, number: int, today: date) -> None:
    """From the last month on; every third ends within the days that are looked ahead, every fourth is nearly used."""
    from_on = max(chart.treatment.started_on, today - timedelta(days=28))
    used = sum(visit.day >= from_on for visit in chart.treatment.dosed)
    granted = max(1, used + (0 if number % 4 == 1 else 8))
    grant(
        house,
        chart.patient,
        100 + number,
        min(from_on, today),
        granted=granted,
        from_on=from_on,
        until_on=today + timedelta(days=6 if number % 3 == 0 else 90),
    )
