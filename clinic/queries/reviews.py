"""What of a site's trail was reviewed and signed for, and what is still to read."""

from dataclasses import dataclass

from django.db.models import Count

from clinic.audit import chain_of
from clinic.models import AuditEntry, AuditHead, AuditReview, Site
from clinic.sentences import sentence_of

# A task of the reviewers: somebody was stopped after five wrong tries.
GUESSING = "guessing"


@dataclass(frozen=True)
class Unreviewed:
    """The stretch behind the last review, as far as the chain goes now."""

    last: AuditReview | None
    since: int
    up_to: int

    @property
    def count(self) -> int:
        return self.up_to - self.since + 1


def last_review(site: Site) -> AuditReview | None:
    return AuditReview.objects.filter(site=site).select_related("recorded_by").order_by("-up_to_seq").first()


def unreviewed(site: Site) -> Unreviewed:
    last = last_review(site)
    head = AuditHead.objects.filter(pk=chain_of(site)).values_list("seq", flat=True).first() or 0
    return Unreviewed(last, last.up_to_seq + 1 if last is not None else 1, head)


def entry_at(site: Site, seq: int) -> AuditEntry | None:
    return AuditEntry.objects.filter(chain=chain_of(site), seq=seq).first()


def acts_between(site: Site, since: int, up_to: int) -> list[tuple[str, str, int]]:
    """(action, words, how many) of a stretch, the rarest first: what is seldom is what a reviewer looks for."""
    acts = AuditEntry.objects.filter(chain=chain_of(site), seq__gte=since, seq__lte=up_to).order_by()
    counted = acts.values_list("action").annotate(count=Count("pk")).order_by("count", "action")
    return [(action, sentence_of(action), count) for action, count in counted]
