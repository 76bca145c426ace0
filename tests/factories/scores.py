"""Scores and benefit reviews as rows: for pages, lists and doors."""

from datetime import date, datetime, time, timedelta
from typing import Any

from clinic.models import Signature, User
from clinic.rules.opening import local_day
from clinic.seals import seal
from clinic.signatures import content_digest
from patients.models import Assessment, Course, Patient
from patients.rules.scores import Scale, is_suicide_positive, total_of
from patients.scales import scale_of
from sessions.models import BenefitReview
from sessions.rules.benefit import QUESTIONS
from sessions.signed_benefit import KIND, SCHEMA, review_text
from tests.moment import NOW

ALL_NO = {question.id: "no" for question in QUESTIONS}


def answers(scale: Scale, total: int, suicide: int = 0) -> dict[str, int]:
    """Answers that make the total, the suicide item as given."""
    rest, made = total - suicide, {scale.suicide_item: suicide}
    for item in scale.items:
        if item.id != scale.suicide_item:
            made[item.id] = min(rest, item.highest)
            rest -= made[item.id]
    assert rest == 0, "that total can't be made"
    return made


def scored(patient: Patient, code: str = "phq-9", total: int = 18, *, on: date | None = None, suicide: int = 0, by: User, **more: Any) -> Assessment:
    """A score of the site's noon of a day, else of now."""
    scale, zone = scale_of(code), patient.site.zone
    given = answers(scale, total, suicide)
    at = datetime.combine(on, time(12), tzinfo=zone) if on else NOW
    return Assessment.objects.create(**{
        "site": patient.site, "patient": patient, "instrument": code, "observed_at": at, "observed_on": on or local_day(NOW, zone), "recorded_at": at,
        "recorded_by": by, "answers": given, "total": total_of(scale, given), "is_suicide_positive": is_suicide_positive(scale, given, site_from=2), **more,
    })  # fmt: skip


def reviewed(course: Course, *, days_ago: int = 0, by: User, **more: Any) -> BenefitReview:
    """A signed review with its signature."""
    at = NOW - timedelta(days=days_ago)
    review = BenefitReview.objects.create(**{
        "site": course.site, "patient": course.patient, "course": course, "observed_at": at, "recorded_at": at, "recorded_by": by,
        "reviewed_on": local_day(at, course.site.zone), "decision": "continue", "why": "Response", "answers": ALL_NO, **more,
    })  # fmt: skip
    signature = Signature(
        site=course.site, signer=by, printed_name=by.printed_name, credential="md", role="prescriber", meaning=Signature.Meaning.DECISION,
        signed_at=at, target_kind=KIND, target_pk=review.pk, content_schema=SCHEMA, content_sha256=content_digest(review_text(review)),
    )  # fmt: skip
    seal(signature).save()
    return review
