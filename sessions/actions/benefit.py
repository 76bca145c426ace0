"""The benefit review: a prescriber decides whether the course goes on, and signs (DOS-3, DOS-4, PAT-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.facts import written_at
from clinic.findings import Refused, refuse
from clinic.models import Membership, Signature
from clinic.queries import today_at
from clinic.signatures import IdentityProof, sign
from patients.actions.authority import require_prescriber
from patients.actions.course import end_course
from patients.models import Course
from patients.rules.protocol import REMS_ESKETAMINE
from sessions.actions.facts import out_of_date, require_reason
from sessions.models import BenefitReview
from sessions.queries.benefit import response_of
from sessions.rules.benefit import Decision, decision_findings
from sessions.signed_benefit import KIND, SCHEMA

ENDED = "Benefit review: stopped"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A review as a prescriber posts it; `answers` by the ids of sessions.rules.benefit.QUESTIONS."""

    decision: str
    why: str
    answers: Mapping[str, str]
    frequency: str = ""
    dose_mg: int | None = None
    concerns: str = ""
    client_key: UUID
    correction: str = field(default="")

    def columns(self) -> dict[str, object]:
        return {
            "decision": self.decision, "why": self.why.strip()[:500], "answers": dict(self.answers), "frequency": self.frequency,
            "dose_mg": self.dose_mg, "concerns": self.concerns.strip()[:500],
        }  # fmt: skip

    def require_whole(self) -> None:
        found = decision_findings(
            decision=self.decision, frequency=self.frequency, dose_mg=self.dose_mg, why=self.why, answers=self.answers, concerns=self.concerns,
            usual_doses=REMS_ESKETAMINE.doses_mg,
        )  # fmt: skip
        if found:
            raise Refused(found)


@transaction.atomic
def review_benefit(
    course: Course, judged: Judged, *, supersedes: BenefitReview | None = None, proof: IdentityProof, by: Membership, now: datetime
) -> BenefitReview:
    """Keep the decision with the scores it rested on, signed. "Stop" ends the course, and its open orders with it.

    A correction names the old review and why. Raises Refused for a non-prescriber, an ended course (but to correct), and what is missing.
    A repeated key returns the earlier row.
    """
    require_prescriber(by, "DOS-3")
    row = Course.objects.select_for_update(of=("self",)).select_related("patient__site").get(pk=course.pk)
    before = BenefitReview.objects.filter(client_key=judged.client_key).first()
    if before is not None and before.course_id != row.pk:
        raise out_of_date()
    if before is not None:
        return before
    require_reviewable(row, supersedes, judged)
    judged.require_whole()
    site, today = row.patient.site, today_at(row.patient.site, now)
    observed_at = supersedes.observed_at if supersedes is not None else now
    kept = {"site": site, "patient": row.patient, "course": row, "observed_at": observed_at, "reviewed_on": today}
    if supersedes is not None:
        kept |= {
            "reviewed_on": supersedes.reviewed_on,
            "supersedes": supersedes,
            "reason": judged.correction.strip(),
        }
    evidence = response_of(row.patient, row, today).evidence
    kept |= {"recorded_at": written_at(observed_at, now), "recorded_by": by.user, "client_key": judged.client_key}
    made = BenefitReview.objects.create(**kept, **judged.columns(), evidence=evidence)
    meaning = Signature.Meaning.DECISION
    sign(site=site, membership=by, proof=proof, meaning=meaning, target_kind=KIND, target_pk=made.pk, schema=SCHEMA, now=now)
    verb = "corrected" if supersedes is not None else "reviewed"
    changes = {"course": row.pk, "decision": made.decision, "frequency": made.frequency, "dose_mg": made.dose_mg}
    audit.record(action=f"benefit.{verb}", target=made, by=by.user, now=now, site=site, patient_pk=row.patient_id, changes=changes)
    if made.decision == Decision.STOP and row.ended_at is None:
        end_course(row, reason=ENDED, by=by, now=now)
    return made


def require_reviewable(course: Course, supersedes: BenefitReview | None, judged: Judged) -> None:
    if supersedes is None and course.ended_at is not None:
        raise refuse("DOS-3", "This course has ended: there is nothing to decide.", code="DOS-3.ended")
    if supersedes is None:
        return
    require_reason(judged.correction)
    if BenefitReview.objects.filter(supersedes=supersedes).exists():
        raise refuse("MON-7", "Somebody corrected this already. Look at the chart again.", code="MON-7.stale")
