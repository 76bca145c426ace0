"""What a self-audit reads: the site's own shortfalls, the open findings with their last verdict, who stands for the site."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from clinic.models import AuthorizedRepresentative, Certification, Site, Training
from clinic.queries import equipment_on, members_of
from clinic.queries.procedures import standings_of
from clinic.roles import Role
from clinic.rules.standing import CertificationEvent, Standing, TrainingSpan, device_standing, is_certified, training_standing
from reports.models import AuditFinding, FindingCheck, SelfAudit
from reports.rules.self_audit import Age, Short, age_of

# Who prescribes, dispenses or administers is trained (SET-3).
TRAINED = (Role.PRESCRIBER, Role.MONITOR)
EQUIPMENT_WORDS = {Standing.NONE: "was never checked", Standing.FAILED: "failed its last check", Standing.LAPSED: "is overdue for its check"}
# What the measures of visits are called by their question, the site's own findings are called here.
OF_THE_SITE = {
    "site_certified": "Is the site certified in the REMS?",
    "site_representative": "Does somebody stand for the site before the REMS?",
    "site_trained": "Is everybody who gives devices trained?",
    "site_equipment": "Is every device in use checked?",
    "site_procedures": "Has everybody signed the procedures?",
}


def site_shortfalls(site: Site, today: date) -> list[Short]:
    """SET-1, SET-3, SET-4, SET-5 as they stand today; a key names the lapse, so that the next one is a new finding. A few queries."""
    return [*certification(site, today), *representative(site, today), *training(site, today), *equipment(site, today), *procedures(site, today)]


def certification(site: Site, today: date) -> Iterator[Short]:
    events = [CertificationEvent(*row) for row in Certification.objects.filter(site=site).values_list("happened_on", "pk", "kind")]
    if not is_certified(events, today):
        last = max((event for event in events if event.happened_on <= today), default=None)
        yield Short(f"site_certified:{last.order if last else 0}", "site_certified", "SET-1", None, "The site is not certified in the REMS.")


def representative(site: Site, today: date) -> Iterator[Short]:
    if representative_of(site, today) is None:
        yield Short("site_representative", "site_representative", "SET-5", None, "No authorized representative is on record.")


def representative_of(site: Site, today: date) -> AuthorizedRepresentative | None:
    return AuthorizedRepresentative.objects.filter(site=site, from_on__lte=today).order_by("-from_on", "-pk").first()


def training(site: Site, today: date) -> Iterator[Short]:
    spans: dict[int, list[TrainingSpan]] = defaultdict(list)
    rows = Training.objects.filter(site=site, kind=Training.Kind.REMS, completed_on__lte=today)
    for pk, completed_on, expires_on in rows.values_list("membership_id", "completed_on", "expires_on"):
        spans[pk].append(TrainingSpan(completed_on, expires_on))
    for member in members_of(site).filter(role__in=TRAINED):
        done = spans[member.pk]
        if not training_standing(done, today).is_good:
            last = max((span.expires_on for span in done if span.expires_on), default=None)
            words = f"lapsed on {last.day} {last:%b %Y}" if last else "is not on record"
            yield Short(f"site_trained:{member.pk}:{last or ''}", "site_trained", "SET-3", None, f"{member.user}: the REMS training {words}.")


def equipment(site: Site, today: date) -> Iterator[Short]:
    for row, state in equipment_on(site, today):
        words = EQUIPMENT_WORDS.get(device_standing(state, today))
        if words is not None:
            yield Short(f"site_equipment:{row.pk}:{state.checked_on or ''}", "site_equipment", "SET-4", None, f"{row} {words}.")


def procedures(site: Site, today: date) -> Iterator[Short]:
    for one in standings_of(site, today=today):
        if one.is_late(today):
            count, version = len(one.in_force.missing), one.in_force.version
            words = f"{version}: {count} member{'s have' if count > 1 else ' has'} not signed it."
            yield Short(f"site_procedures:{version.pk}", "site_procedures", "SET-3", None, words)


def last_audit(site: Site) -> SelfAudit | None:
    return SelfAudit.objects.filter(site=site).order_by("-week_on").first()


def open_findings(site: Site) -> QuerySet[AuditFinding]:
    """Oldest first, each with `last_verdict`, the last that the rules said of it."""
    said = FindingCheck.objects.filter(finding=OuterRef("pk")).order_by("-checked_at", "-pk")
    rows = AuditFinding.objects.filter(site=site, closed_at__isnull=True).annotate(last_verdict=Subquery(said.values("verdict")[:1]))
    return rows.select_related("session__patient", "owner").order_by("found_on", "pk")


def closed_findings(site: Site) -> QuerySet[AuditFinding]:
    rows = AuditFinding.objects.filter(site=site, closed_at__isnull=False)
    return rows.select_related("session__patient", "owner", "closed_by").order_by("-closed_at", "-pk")


def settled_keys(site: Site, first: date) -> set[str]:
    """Keys that are open, or were answered for by a person or by what came after: they aren't found again."""
    settled = Q(closed_at__isnull=True) | Q(closed_how__in=(AuditFinding.Closing.KEPT, AuditFinding.Closing.REASON))
    near = Q(session__isnull=True) | Q(session__treatment_on__gte=first)
    return set(AuditFinding.objects.filter(settled, near, site=site).values_list("key", flat=True))


def age(finding: AuditFinding, today: date) -> Age:
    last = getattr(finding, "last_verdict", "") or ""
    return age_of(found_on=finding.found_on, due_on=finding.due_on, recheck=finding.recheck_on, last=last, today=today)


def unsent_digests(now: datetime, *, since: datetime, tried_before: datetime, most: int) -> QuerySet[SelfAudit]:
    rows = SelfAudit.objects.filter(digest_sent_at__isnull=True, ran_at__gte=since, ran_at__lte=now, digest_tries__lt=most)
    waited = Q(digest_tried_at__isnull=True) | Q(digest_tried_at__lt=tried_before)
    return rows.filter(waited, site__is_archived=False).select_related("site").order_by("ran_at", "pk")
