"""The site's details, certification, representative, chairs, hours, closures, equipment: actions and pages."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from clinic.actions import equipment, furniture
from clinic.actions.site import change_details, change_representative, open_site, record_certification
from clinic.findings import Refused
from clinic.models import AuditEntry, Chair, Closure, Notice, Site
from clinic.queries import calendar_of, certified_on, closing_at, equipment_problems, policy_on
from clinic.rules.opening import Span
from tests.cast import NOW, TODAY
from tests.clinic.helpers import arguments
from tests.factories.clinic import ClosureFactory

DETAILS = {
    "name": "Riverside", "public_name": "Riverside Wellness", "address": "1 River Road", "phone": "+1 518 555 0100",
    "time_zone": "America/New_York", "default_setting": "outpatient", "rems_number": "R-1", "dea_number": "AB1234563",
}  # fmt: skip


@pytest.fixture
def by(cast):
    return {"by": cast.admin, "now": NOW}


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def post(client, name, data=None, *args):
    return client.post(reverse(name, args=["riverside", *args]), data or {})


def test_a_new_site_may_work_at_once(cast):
    site = open_site(cast.organisation, slug="lakeside", by=None, now=NOW, **DETAILS)
    assert policy_on(site, TODAY).minimum_watch_minutes == 120
    assert closing_at(site, TODAY) == NOW + timedelta(hours=7)
    assert actions() == ["site.opened"]


@pytest.mark.parametrize("slug", ["accounts", "join", "healthz", "static", "v", "Lake Side"])
def test_words_of_pages_are_taken(cast, slug):
    with pytest.raises(Refused):
        open_site(cast.organisation, slug=slug, by=None, now=NOW, **DETAILS)
    assert Site.objects.count() == 2


def test_details(cast, riverside, by):
    change_details(riverside, **by, **{**DETAILS, "time_zone": "America/Chicago"})
    assert Site.objects.get(pk=riverside.pk).time_zone == "America/Chicago"
    change_details(riverside, **by, **{**DETAILS, "time_zone": "America/Chicago"})
    assert actions() == ["site.changed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"public_name": "Spravato Center"}, "tells what is treated"),
        ({"dea_number": "AB1234560"}, "not a DEA number"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"name": "a\x00b"}, "letters, digits and punctuation"),
        ({"name": "a\x07b"}, "letters, digits and punctuation"),
        ({"name": "x" * 201}, "at most 200"),
        ({"phone": ""}, "required"),
    ],
)
def test_bad_details_stand_beside_their_field(cast, sign_in, change, words):
    response = post(sign_in(cast.admin), "site_details", {**DETAILS, **change})
    assert response.status_code == 422
    assert words in response.text
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["مركز النهر", "Río 🌊 Clinic", "  Two   Rivers "])
def test_names_of_all_kinds(cast, sign_in, name):
    assert post(sign_in(cast.admin), "site_details", {**DETAILS, "name": name}).status_code == 303
    assert Site.objects.get(slug="riverside").name == " ".join(name.split())


def test_a_new_representative_opens_the_task_and_recertifying_closes_it(cast, riverside, by):
    change_representative(riverside, name="ada admin", email="a@b.example", phone="", from_on=TODAY, **by)
    assert not Notice.objects.exists()
    change_representative(riverside, name="Berta Bold", email="b@b.example", phone="", from_on=TODAY, **by)
    notice = Notice.objects.get()
    assert (notice.kind, notice.rule, notice.owner, notice.due_at > NOW) == ("recertify", "SET-5", cast.admin, True)
    record_certification(riverside, kind="recertified", happened_on=TODAY, review_on=None, note="", **by)
    notice.refresh_from_db()
    assert notice.resolved_at == NOW
    with pytest.raises(Refused, match="from a later day"):
        change_representative(riverside, name="C", email="c@b.example", phone="", from_on=TODAY - timedelta(days=1), **by)


def test_certification_ends(cast, riverside, sign_in):
    client = sign_in(cast.admin)
    assert post(client, "certification", {"kind": "ended", "happened_on": str(TODAY)}).status_code == 303
    assert not certified_on(riverside, TODAY)
    assert "isn’t certified" in client.get(reverse("site_settings", args=["riverside"])).text
    assert post(client, "certification", {"kind": "ended", "happened_on": str(TODAY)}).status_code == 422


def test_the_representative_by_the_page(cast, sign_in):
    client = sign_in(cast.admin)
    data = {"name": "Berta Bold", "email": "b@b.example", "from_on": str(TODAY)}
    assert post(client, "representative", data).status_code == 303
    assert "must re-certify" in client.get(reverse("representative", args=["riverside"])).text
    assert post(client, "representative", {**data, "email": "nothing", "from_on": "0001-01-01"}).status_code == 422


def test_chairs(cast, riverside, sign_in, by):
    client = sign_in(cast.admin)
    assert post(client, "chairs", {"name": "Chair 9", "position": "9"}).status_code == 303
    assert post(client, "chairs", {"name": "chair 9", "position": "9"}).status_code == 422
    chair = Chair.objects.get(site=riverside, name="Chair 9")
    assert post(client, "chair", {"name": "Chair 9", "position": "1"}, chair.pk).status_code == 303
    assert post(client, "chair", {"name": "Chair 1", "position": "1"}, chair.pk).status_code == 422
    chair.refresh_from_db()
    assert (chair.is_active, chair.position) == (False, 1)
    furniture.change_chair(chair, name="Chair 9", position=1, is_active=False, **by)
    assert actions() == ["chair.added", "chair.changed"]


def week(**change):
    return {f"{edge}_{day}_1": hour for day in range(5) for edge, hour in (("opens", "08:00"), ("closes", "18:00"))} | change


def test_the_week(cast, riverside, sign_in):
    client = sign_in(cast.admin)
    assert post(client, "opening_hours", week()).status_code == 303
    assert actions() == []
    assert post(client, "opening_hours", week(closes_2_1="12:00", opens_2_2="13:00", closes_2_2="20:30", monitors_2_2="2")).status_code == 303
    assert list(riverside.opening_hours.filter(weekday=2).values_list("monitors", flat=True)) == [None, 2]
    assert closing_at(riverside, TODAY) == NOW + timedelta(hours=10, minutes=30)
    assert actions() == ["hours.changed"]
    assert 'value="20:30"' in client.get(reverse("opening_hours", args=["riverside"])).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_0_1": ""}, "Give both times"),
        ({"closes_0_1": "07:00"}, "must close after"),
        ({"opens_0_2": "17:00", "closes_0_2": "19:00"}, "run into each other"),
        ({"opens_0_1": "late"}, "Enter a valid time"),
    ],
)
def test_bad_weeks(cast, riverside, sign_in, change, words):
    response = post(sign_in(cast.admin), "opening_hours", week(**change))
    assert response.status_code == 422
    assert words in response.text
    assert riverside.opening_hours.count() == 5


def test_hours_that_end_before_they_begin(riverside, by):
    with pytest.raises(Refused, match="close after"):
        furniture.set_opening_hours(riverside, [Span(0, time(9), time(9))], **by)


def test_closures(cast, riverside, sign_in):
    client = sign_in(cast.admin)
    assert post(client, "closures", {"first": "2026-07-01", "last": "2026-07-03", "reason": "Holidays"}).status_code == 303
    assert post(client, "closures", {"first": "2026-07-03", "last": "2026-07-04", "reason": "More"}).status_code == 303
    assert calendar_of(riverside, date(2026, 7, 1), date(2026, 7, 9)).closed == {date(2026, 7, day) for day in (1, 2, 3, 4)}
    assert Closure.objects.get(closed_on=date(2026, 7, 3)).reason == "Holidays"
    for data in (
        {"first": "2026-07-03"},
        {"first": "2026-07-09", "last": "2026-07-01"},
        {"first": "2026-01-01", "last": "2026-12-31"},
        {"first": "99999-01-01"},
    ):
        assert post(client, "closures", {"reason": "Again", **data}).status_code == 422
    assert actions() == ["closure.added", "closure.added"]
    assert post(client, "closures", {"first": "2026-07-06", "closes_at": "14:00", "reason": "A nurse is ill"}).status_code == 303
    closes_at = calendar_of(riverside, date(2026, 7, 6), date(2026, 7, 6)).closing_at(date(2026, 7, 6))
    assert closes_at == datetime(2026, 7, 6, 18, 0, tzinfo=UTC)
    assert post(client, "closures", {"first": "2026-07-06", "closes_at": "16:00", "reason": "Later"}).status_code == 422


def test_opening_a_day_again(cast, riverside, sign_in, by):
    client, coming, past = sign_in(cast.admin), ClosureFactory(site=riverside), ClosureFactory(site=riverside, closed_on=TODAY - timedelta(days=1))
    assert post(client, "remove_closure", None, coming.pk).status_code == 303
    assert post(client, "remove_closure", None, past.pk).status_code == 422
    assert list(riverside.closures.all()) == [past]
    furniture.remove_closure(coming, **by)
    assert actions() == ["closure.removed"]


def test_equipment(cast, riverside, sign_in):
    client = sign_in(cast.admin)
    assert post(client, "equipment", {"kind": "oximeter", "label": "OX-2", "check_every_days": "90"}).status_code == 303
    assert post(client, "equipment", {"kind": "oximeter", "label": "ox-2", "check_every_days": "90"}).status_code == 422
    device = riverside.equipment.get(label="OX-2")
    assert "never checked" in client.get(reverse("equipment", args=["riverside"])).text
    assert post(client, "equipment_check", {"checked_at": "2026-06-10T09:00", "is_good": "yes"}, device.pk).status_code == 303
    assert device.checks.get().checked_at == NOW - timedelta(hours=1)
    assert post(client, "equipment_check", {"checked_at": "2026-06-10T10:01", "is_good": "yes"}, device.pk).status_code == 422
    assert post(client, "equipment_check", {"checked_at": "2026-06-10T09:00", "is_good": "no"}, device.pk).status_code == 422
    assert post(client, "equipment_check", {"checked_at": "0001-01-02T09:00", "is_good": "yes"}, device.pk).status_code == 422
    assert post(client, "equipment_item", {"label": "OX-1", "check_every_days": "90"}, device.pk).status_code == 422
    assert post(client, "equipment_item", {"label": "OX-3", "check_every_days": "90"}, device.pk).status_code == 303
    assert actions() == ["equipment.added", "equipment.checked", "equipment.changed"]


def test_equipment_out_of_use_counts_no_more(riverside, by):
    device = riverside.equipment.get(label="OX-1")
    equipment.change_equipment(device, label="OX-1", check_every_days=365, is_active=False, **by)
    equipment.change_equipment(device, label="OX-1", check_every_days=365, is_active=False, **by)
    assert [finding.code for finding in equipment_problems(riverside, TODAY)] == ["SET-4.oximeter"]
    assert actions() == ["equipment.changed"]


JUNK = ["\x00", "‮" + "ا" * 50, "🧪" * 400, "9" * 400, "0000-00-00", "-1", "' OR 1=1 --", "<script>", "NaN", "1e400", "\ud7ff"]


@pytest.mark.parametrize(
    "name", ["invite", "site_details", "certification", "representative", "chairs", "opening_hours", "closures", "equipment", "new_policy"]
)
def test_junk_is_refused_and_never_an_error(cast, sign_in, name):
    client = sign_in(cast.admin)
    fields = client.get(reverse(name, args=["riverside"])).context["form"].fields
    answers = {junk: post(client, name, dict.fromkeys(fields, junk)).status_code for junk in JUNK}
    assert answers == dict.fromkeys(JUNK, 422)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("change_member", ("role", "credential")),
        ("record_training", ("kind", "completed_on", "expires_on", "note")),
        ("equipment_check", ("checked_at", "is_good", "note")),
    ],
)
def test_junk_about_a_row(cast, sign_in, name, fields):
    client, place = sign_in(cast.admin), arguments(cast, name)
    answers = {junk: client.post(reverse(name, args=place), dict.fromkeys(fields, junk)).status_code for junk in JUNK}
    assert answers == dict.fromkeys(JUNK, 422)


def test_a_key_beyond_all_keys_is_not_there(cast, sign_in):
    assert sign_in(cast.admin).get("/riverside/staff/99999999999999999999999/").status_code == 404
