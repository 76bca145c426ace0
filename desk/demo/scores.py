"""The scores of the demonstration's past and the reviews that rest on them: falling as they do, not for everybody (LIT)."""

import math
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from clinic.audit import Act
from clinic.models import Signature, User
from clinic.seals import seal
from clinic.signatures import content_digest
from desk.demo.charts import Chart, at_noon
from desk.demo.house import House
from desk.demo.trail import act
from patients.models import Assessment, RiskAnswer
from patients.rules.scores import Scale, is_suicide_positive, total_of
from patients.scales import scales
from sessions.models import BenefitReview
from sessions.rules.benefit import NO, NOT_APPLICABLE, QUESTIONS
from sessions.signed_benefit import KIND, SCHEMA, review_text

SEEN = "Seen by the prescriber the same hour: passive thoughts, no plan; safety plan gone through, partner told."
# (how far the score falls, how often): remission, response, part of one.
DEPTHS, WEIGHTS = (0.86, 0.62, 0.3), (35, 33, 32)
LEFT_OUT = 6  # every so many patients' reviews were forgotten


def write(house: House, made: list[Chart], dice: random.Random) -> list[Act]:
    """Scores, what was done about positive items, and signed reviews; returns their audit entries."""
    treated = [chart for chart in made if chart.treatment.dosed]
    rows = Assessment.objects.bulk_create([row for chart in treated for row in scores(house, chart, dice)])
    positive = [row for row in rows if row.is_suicide_positive]
    prescriber = house.of_role("prescriber")[0]
    done = RiskAnswer.objects.bulk_create([answer(row, prescriber.user) for row in positive])
    mine: dict[int, list[Assessment]] = {}
    for row in rows:
        mine.setdefault(row.patient_id, []).append(row)
    reviews = BenefitReview.objects.bulk_create(
        [row for place, chart in enumerate(treated, start=1) for row in benefit_reviews(house, chart, mine[chart.patient.pk], place, prescriber.user)]
    )
    Signature.objects.bulk_create([seal(signature(row, prescriber.credential)) for row in reviews])
    return [
        *(entry("score.recorded", "assessment", row, {"instrument": row.instrument, "is_complete": True}) for row in rows),
        *(entry("risk.answered", "assessment", row, {"answer": row.pk}, row.assessment.patient_id) for row in done),
        *(entry("benefit.reviewed", "benefitreview", row, {"course": row.course_id, "decision": row.decision}) for row in reviews),
    ]


def entry(action: str, kind: str, row: Any, changes: dict[str, object], patient_pk: int = 0) -> Act:
    return act(action, kind, row.pk, row.recorded_by_id, row.recorded_at, patient_pk or row.patient_id, changes)


def scores(house: House, chart: Chart, dice: random.Random) -> Iterator[Assessment]:
    """A baseline before the first dose, then every second week of the induction and every fourth week after it."""
    begun = chart.treatment.dosed[0].day
    nurse, depth = house.of_role("monitor")[0].user, dice.choices(DEPTHS, weights=WEIGHTS)[0]
    base = {scale.code: round(scale.highest * dice.uniform(0.58, 0.78)) for scale in scales().values()}
    has_thoughts = dice.random() < 0.2
    for day in [begun - timedelta(days=dice.randint(1, 5)), *days_of(chart)]:
        weeks = max((day - begun).days, 0) / 7
        left = 1 - depth * (1 - math.exp(-weeks / 2.4))
        for scale in scales().values():
            total = min(scale.highest - 4, max(0, round(base[scale.code] * left + dice.uniform(-1.5, 1.5)) if weeks else base[scale.code]))
            suicide = (1 if scale.suicide_from else 2) if has_thoughts and not weeks else 0
            yield score(house, chart, scale, day, answers(scale, max(total, suicide), suicide, dice), nurse)


def days_of(chart: Chart) -> Iterator[date]:
    begun = last = chart.treatment.dosed[0].day
    for visit in chart.treatment.dosed[1:]:
        if (visit.day - last).days >= (14 if (visit.day - begun).days < 30 else 28):
            last = visit.day
            yield last


def score(house: House, chart: Chart, scale: Scale, day: date, given: dict[str, int], nurse: User) -> Assessment:
    at = datetime.combine(day, time(8, 15), tzinfo=house.site.zone)
    return Assessment(
        site=house.site, patient=chart.patient, instrument=scale.code, version=scale.version, observed_at=at, observed_on=day, recorded_at=at,
        recorded_by=nurse, answers=given, total=total_of(scale, given),
        is_suicide_positive=is_suicide_positive(scale, given, site_from=house.policy.madrs_suicide_from),
    )  # fmt: skip


def answers(scale: Scale, total: int, suicide: int, dice: random.Random) -> dict[str, int]:
    """Answers that make the total, the suicide item as given."""
    given = {item.id: 0 for item in scale.items} | {scale.suicide_item: suicide}
    others = [item for item in scale.items if item.id != scale.suicide_item]
    for _ in range(total - suicide):
        open_ones = [item for item in others if given[item.id] < item.highest]
        if open_ones:
            given[dice.choice(open_ones).id] += 1
    return given


def answer(row: Assessment, by: User) -> RiskAnswer:
    at = row.observed_at + timedelta(minutes=25)
    return RiskAnswer(site=row.site, assessment=row, case=row.case, done=SEEN, observed_at=at, recorded_at=at, recorded_by=by)


def benefit_reviews(house: House, chart: Chart, rows: list[Assessment], place: int, by: User) -> Iterator[BenefitReview]:
    """At the end of week 4, then at the site's interval; some were forgotten and are overdue now."""
    visits = chart.treatment.dosed
    due = visits[0].day + timedelta(days=25)
    for visit in visits if place % LEFT_OUT else ():
        if visit.day < due:
            continue
        due = visit.day + timedelta(weeks=house.policy.benefit_review_weeks) - timedelta(days=3)
        yield review(house, chart, [row for row in rows if row.observed_on <= visit.day], visit.day, by)


def review(house: House, chart: Chart, rows: list[Assessment], day: date, by: User) -> BenefitReview:
    at, is_first = at_noon(house, day), (day - chart.treatment.dosed[0].day).days < 40
    pairs = {scale.code: [row for row in rows if row.instrument == scale.code] for scale in scales().values()}
    changes: dict[str, Any] = (
        {"decision": "change", "frequency": "weekly"} if is_first and chart.treatment.indication == "trd" else {"decision": "continue"}
    )
    asked = {question.id: NOT_APPLICABLE if question.may_not_apply and not chart.patient.can_be_pregnant else NO for question in QUESTIONS}
    return BenefitReview(
        site=house.site, patient=chart.patient, course=chart.course, observed_at=at, recorded_at=at, recorded_by=by, reviewed_on=day, answers=asked,
        why=words_of(pairs["phq-9"]), evidence={code: [of_scale[0].pk, of_scale[-1].pk] for code, of_scale in pairs.items()}, **changes,
    )  # fmt: skip


def words_of(rows: list[Assessment]) -> str:
    first, last = rows[0].total or 0, rows[-1].total or 0
    return f"PHQ-9 from {first} to {last}; {'clear benefit' if last * 2 <= first else 'some benefit, wished by the patient'}, well tolerated."


def signature(row: BenefitReview, credential: str) -> Signature:
    by = row.recorded_by
    assert by is not None
    return Signature(
        site=row.site, signer=by, printed_name=by.printed_name, credential=credential, role="prescriber", meaning=Signature.Meaning.DECISION,
        signed_at=row.recorded_at, target_kind=KIND, target_pk=row.pk, content_schema=SCHEMA, content_sha256=content_digest(review_text(row)),
    )  # fmt: skip
