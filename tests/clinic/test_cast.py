"""The cast itself stands."""

from clinic.models import Membership


def test_one_member_of_each_role(cast, prescriber_here):
    assert Membership.objects.filter(site=cast.riverside, is_active=True).values("role").distinct().count() == 6
    assert prescriber_here.is_prescriber
    assert cast.of(cast.stranger).site == cast.hillcrest


def test_signed_in_reaches_the_site(cast, sign_in):
    assert sign_in(cast.nurse).get("/healthz").status_code == 200
