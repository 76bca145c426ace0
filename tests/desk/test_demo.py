"""The demonstration clinic: every state today, a valid chain and signatures, and a renewal that only adds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clinic.models import Notice, Site, User
from clinic.queries.reviews import GUESSING
from desk.demo import live
from patients.models import EmergencyRead, MessageConsent, Order
from reminders.models import InboundText, OutboxMessage, Undeliverable
from reminders.queries.inbound import TEXT_WAITING
from sessions.models import CoursePlan, DeviceUse, Discharge, HelpCall, MonitoringForm, MoveWish, SafetyCall, TreatmentSession
from sessions.queries.next_step import NEXT_NOTICE
from sessions.queries.redraw import lines_of
from sessions.rules.next_step import KEEP
from sessions.states import PRESENT, FormStatus, Status
from tests.cast import NOW

LIVE = {Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.CLEARED, Status.DOSING, Status.MONITORING, Status.HELD, Status.MISSED, Status.CANCELLED}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demonstration_stands_verifies_and_renews(still_clock) -> None:
    call_command("seed_demo", verbosity=0)
    sites = set(Site.objects.values_list("slug", flat=True))
    today = TreatmentSession.objects.filter(booked_at__gt=NOW - timedelta(days=2))
    assert sites == {"riverside", "hillcrest"}
    assert set(today.values_list("status", flat=True)) >= LIVE | {Status.DISCHARGED, Status.LEFT}
    assert User.objects.filter(email="nurse@demo.example").exists()
    assert Discharge.objects.filter(is_early=True).count() == SafetyCall.objects.filter(closed_at=None).count() == 1
    assert Order.objects.filter(is_spoken=True, signed_at=None).exists()
    assert DeviceUse.objects.filter(counts_from__isnull=False, confirmation__isnull=True, session__status=Status.MONITORING).count() == 1
    assert 0 < TreatmentSession.objects.filter(status=Status.DISCHARGED, overrides__finding="DOS-5.interval").count() < 60
    assert HelpCall.objects.filter(answered_at__isnull=False).exists()
    assert CoursePlan.objects.count() == 2
    waiting = Notice.objects.filter(kind=NEXT_NOTICE, resolved_at=None).values("target_pk")
    missed = today.get(status=Status.MISSED, pk__in=waiting)
    assert lines_of(missed, KEEP, NOW)
    forms = MonitoringForm.objects.exclude(status=FormStatus.FILED)
    assert set(forms.values_list("status", flat=True)) == {FormStatus.OWED, FormStatus.COMPLETE, FormStatus.SENT}
    assert {"sent", "failed", "unknown"} <= set(OutboxMessage.objects.values_list("status", flat=True))
    assert min(days := set(forms.values_list("due_on", flat=True))) < NOW.date() in days
    assert set(InboundText.objects.values_list("kind", flat=True)) == {"unknown", "stop"}
    assert Notice.objects.filter(kind=TEXT_WAITING, resolved_at=None).count() == MoveWish.objects.filter(answer="").count() == 1
    assert set(MessageConsent.objects.values_list("answer", flat=True)) == {"no", "given", "express"}
    told = Notice.objects.get(kind=GUESSING, resolved_at=None)
    assert (Undeliverable.objects.exists(), EmergencyRead.objects.get(review=None).site.slug, told.site.slug) == (True, "riverside", "riverside")
    assert 0 < share_not_ready() < 0.1
    call_command("verify_audit", verbosity=0)
    call_command("verify_signatures", verbosity=0)

    assert live.renew(now=NOW + timedelta(minutes=5)) == 0
    before = TreatmentSession.objects.count()
    # The next day at the same hour: what was booked for it makes way.
    assert live.renew(now=NOW + timedelta(days=1)) > 0
    assert TreatmentSession.objects.count() > before
    # Midnight of one site, then of the other, and an evening.
    for at in (datetime(2026, 6, 14, 4, 10, tzinfo=UTC), datetime(2026, 6, 16, 6, 10, tzinfo=UTC), datetime(2026, 6, 18, 1, 40, tzinfo=UTC)):
        assert live.renew(now=at) > 0
    old = TreatmentSession.objects.filter(ends_at__lt=NOW + timedelta(hours=12), status__in=PRESENT)
    assert not old.exists()
    call_command("verify_audit", verbosity=0)


def share_not_ready() -> float:
    """Of the filed forms those that say more than two hours: 3.5 % (LIT)."""
    filed = MonitoringForm.objects.filter(status=FormStatus.FILED)
    return sum(int(form.answers["ready_minutes"]) > 120 for form in filed) / len(filed)


@pytest.mark.django_db
def test_production_refuses_it(settings) -> None:
    settings.VIGIL_DEMONSTRATION_LOGINS = False
    with pytest.raises(CommandError):
        call_command("seed_demo")
