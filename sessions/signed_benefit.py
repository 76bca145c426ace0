"""What a prescriber's signature under a benefit review binds, as canonical text (DOS-3). A schema, once shipped, is frozen."""

import json
from collections.abc import Collection

from sessions.models import BenefitReview
from sessions.signed_content import plain

KIND = "benefitreview"
SCHEMA = 1
_FIELDS = (
    "id", "course_id", "observed_at", "recorded_at", "recorded_by_id", "reviewed_on", "decision", "frequency", "dose_mg", "why", "answers", "concerns",
    "evidence", "supersedes_id", "reason",
)  # fmt: skip


def review_text(row: BenefitReview) -> str:
    """Schema 1: site, then the fact as JSON in ASCII with sorted keys; no name of the patient."""
    body = {name: plain(getattr(row, name)) for name in _FIELDS}
    return "\n".join([f"vigil-benefit-review {SCHEMA}", f"site {row.site.uid}", json.dumps(body, sort_keys=True)])


def render_reviews(pks: Collection[int]) -> dict[int, str]:
    """The texts of many reviews in one query; missing ones are left out."""
    return {row.pk: review_text(row) for row in BenefitReview.objects.filter(pk__in=pks).select_related("site")}


def render_review(pk: int) -> str:
    """One review's text. Raises LookupError when there is none."""
    return render_reviews([pk])[pk]
