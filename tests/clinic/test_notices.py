"""A notice is raised once and resolved by the act."""

from datetime import timedelta

from clinic.actions.notices import raise_notice, resolve_notices
from clinic.models import Notice
from clinic.queries import open_notices
from tests.cast import NOW


def raised(site, target=None, **more):
    return raise_notice(site, "check_overdue", "MON-3", target or site, "A check is overdue.", NOW, **more)


def test_raising_twice_has_one_effect(riverside):
    first = raised(riverside)
    second = raised(riverside, due_at=NOW + timedelta(hours=1))
    assert first.pk == second.pk
    assert Notice.objects.get().due_at == NOW + timedelta(hours=1)


def test_discriminators_tell_two_apart(riverside):
    raised(riverside, discriminator="40")
    raised(riverside, discriminator="120")
    assert resolve_notices(riverside, "check_overdue", riverside, "Check recorded", NOW, discriminator="40") == 1
    assert [notice.discriminator for notice in open_notices(riverside)] == ["120"]
    assert resolve_notices(riverside, "check_overdue", riverside, "Check recorded", NOW) == 1
    assert not open_notices(riverside, "check_overdue").exists()


def test_a_resolved_one_may_be_raised_again(riverside):
    raised(riverside)
    resolve_notices(riverside, "check_overdue", riverside, "Check recorded", NOW)
    raised(riverside)
    assert Notice.objects.count() == 2


def test_another_sites_notice_stays(riverside, hillcrest):
    raised(hillcrest)
    assert resolve_notices(riverside, "check_overdue", hillcrest, "no", NOW) == 0
    assert open_notices(hillcrest).count() == 1


def test_the_soonest_due_comes_first(riverside):
    raised(riverside, discriminator="none")
    raised(riverside, discriminator="later", due_at=NOW + timedelta(hours=2))
    raised(riverside, discriminator="soon", due_at=NOW + timedelta(hours=1))
    assert [notice.discriminator for notice in open_notices(riverside)] == ["soon", "later", "none"]
