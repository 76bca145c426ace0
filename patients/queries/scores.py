"""Scores of a patient, and positive suicide items that no clinician has answered yet: derived from the rows, whatever became of a notice."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Site
from patients.models import Assessment, Patient, RiskAnswer

RISK_NOTICE = "suicide_item"
# More than anybody scores on a day.
MOST_OF_A_DAY = 8


def with_answered(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Each with `is_answered`: a clinician has said what was done about it."""
    return rows.annotate(is_answered=Exists(RiskAnswer.objects.standing().filter(case=OuterRef("case"))))


def scores_of(patient: Patient) -> list[Assessment]:
    """Every standing score of a patient, the newest first, each with `is_answered`: one query."""
    rows = with_answered(Assessment.objects.standing().filter(patient=patient))
    return list(rows.select_related("recorded_by", "observed_by"))


def open_risks(site: Site | OuterRef) -> QuerySet[Assessment]:
    """Standing scores of a site with a positive suicide item that nobody has answered, the oldest first."""
    rows = with_answered(Assessment.objects.standing().filter(site=site, is_suicide_positive=True))
    return rows.filter(is_answered=False).select_related("patient").order_by("recorded_at", "pk")  # type: ignore[misc]


def answers_of(assessment: Assessment) -> list[RiskAnswer]:
    return list(RiskAnswer.objects.standing().filter(case=assessment.case).select_related("recorded_by"))


def last_suicide_answer(patient_pk: int) -> tuple[date, bool] | None:
    """The newest day on which a scale asked about suicide, and whether any answer of that day was positive; None: never asked."""
    rows = Assessment.objects.standing().filter(patient_id=patient_pk, is_suicide_positive__isnull=False)
    newest = list(rows.order_by("-observed_on", "-pk").values_list("observed_on", "is_suicide_positive")[:MOST_OF_A_DAY])
    if not newest:
        return None
    last_on = newest[0][0]
    return last_on, any(is_positive for on, is_positive in newest if on == last_on)


def scored_within(patient_pks: Collection[int], first: date, last: date) -> set[int]:
    """Those of these patients with a complete score in the days given: who has a baseline, asked of many at once."""
    rows = Assessment.objects.standing().filter(patient_id__in=patient_pks, total__isnull=False, observed_on__range=(first, last))
    return set(rows.values_list("patient_id", flat=True))
