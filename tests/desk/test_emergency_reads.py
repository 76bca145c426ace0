"""Break the glass: an hour of reading at another site, named, with a reason, told at once, each look noted, reviewed; no other way across."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from clinic import audit
from clinic.models import AuditEntry, Membership, Notice, Site
from clinic.queries.reviews import GUESSING
from clinic.roles import Role
from desk.queries.tasks import task_rows
from desk.tasks import tell_of_emergency_read
from patients.models import EmergencyRead, EmergencyReadReview, Patient
from patients.rules import emergency_reads as rules
from tests.cast import NOW, Cast
from tests.factories import clinic as made
from tests.factories.clinic import PASSWORD
from tests.factories.patients import PatientFactory
from tests.support.factors import asks_for_both

URL = reverse("emergency_read", args=["riverside"])
pytestmark = pytest.mark.usefixtures("still_clock")


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return PatientFactory(site=cast.hillcrest, created_by=cast.stranger, last_name="Élan-Vital", first_name="Zoë", allergies="latex")


@pytest.fixture
def their_admin(cast: Cast) -> Any:
    return made.MembershipFactory(site=cast.hillcrest, role=Role.ADMINISTRATOR, user__email="boss@hillcrest.example").user


def asked(client: Any, patient: Patient, **more: object) -> Any:
    said = {"to_site": patient.site_id, "last_name": "elan vital", "birth_on": f"{patient.birth_on:%Y-%m-%d}", "why": "Found dazed at our door"}
    return client.post(URL, {**said, "password": PASSWORD, "client_key": uuid4(), **more})


def actions_of(site: Site) -> list[str]:
    rows = AuditEntry.objects.filter(chain=f"site:{site.pk}", action__startswith="emergency_read")
    return list(rows.order_by("seq").values_list("action", flat=True))


def test_an_hour_to_read_named_told_and_noted(cast: Cast, patient: Patient, their_admin: Any, sign_in: Any, still_clock: Any) -> None:
    client, key = sign_in(cast.nurse), uuid4()
    assert "latex" not in client.get(URL).text
    for _ in range(2):
        answer = asked(client, patient, client_key=key)
        assert answer.status_code == 303, answer.context["form"].errors
    read = EmergencyRead.objects.get()
    assert (read.reader, read.from_site, read.site, read.ends_at - read.opened_at) == (cast.nurse, cast.riverside, cast.hillcrest, rules.LASTS)
    assert "Nora Nurse, RN" in read.reader_name
    for _ in range(2):
        page = client.get(URL).text
    assert "latex" in page
    assert "Found dazed at our door" in page
    # No merging: each look is an entry of the other site's trail, and the opening one of both.
    assert actions_of(cast.hillcrest) == ["emergency_read.opened", "emergency_read.looked", "emergency_read.looked"]
    assert actions_of(cast.riverside) == ["emergency_read.opened"]
    assert AuditEntry.objects.filter(action="emergency_read.looked", patient_pk=patient.pk, actor=cast.nurse).count() == 2
    notice = Notice.objects.get(kind="emergency_read")
    assert (notice.site, notice.due_at, notice.resolved_at) == (cast.hillcrest, NOW + rules.REVIEW_WITHIN, None)
    [task] = [row for row in task_rows(cast.hillcrest, NOW, Role.ADMINISTRATOR) if row["patient"] == "Emergency read"]
    assert (task["is_late"], task["url"]) == (False, reverse("emergency_read_review", args=["hillcrest", read.pk]))
    assert [row["is_late"] for row in task_rows(cast.hillcrest, NOW + timedelta(hours=73), Role.MONITOR) if row["patient"] == "Emergency read"] == [
        True
    ]
    # The chart's own pages stay shut, the glass opens nothing for a colleague, and the hour ends by itself.
    assert client.get(reverse("patient_chart", args=["hillcrest", patient.pk])).status_code == 404
    assert client.get(reverse("patient_chart", args=["riverside", patient.pk])).status_code == 404
    assert "latex" not in sign_in(cast.second_nurse).get(URL).text
    still_clock.move_to(NOW + timedelta(minutes=59))
    assert "latex" in client.get(URL).text
    still_clock.move_to(NOW + timedelta(minutes=60))
    assert "latex" not in client.get(URL, {"read": read.pk}).text


def test_the_administrators_are_written_to_in_neutral_words(cast: Cast, patient: Patient, their_admin: Any, sign_in: Any) -> None:
    asked(sign_in(cast.nurse), patient)
    assert tell_of_emergency_read(EmergencyRead.objects.get().pk) == len(mail.outbox) == 1
    [letter] = mail.outbox
    assert letter.to == [their_admin.email]
    assert not any(word in f"{letter.subject} {letter.body}" for word in ("lan-Vital", "Zo", "spray", "ketamine", "latex", "dazed"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"last_name": "Nobody"}, "last_name"), ({"birth_on": "1950-01-01"}, "last_name"), ({"why": "  "}, "why"), ({"password": "wrong"}, "password"),
        ({"to_site": ""}, "to_site"), ({"to_site": "99999999"}, "to_site"), ({"birth_on": "31.2.1999"}, "birth_on"), ({"client_key": "x"}, "client_key"),
        ({"last_name": "a\x00\u202eb"}, "last_name"),
    ],
)  # fmt: skip
def test_refused_beside_its_field_and_nothing_opens(cast: Cast, patient: Patient, sign_in: Any, more: dict[str, str], field: str) -> None:
    answer = asked(sign_in(cast.nurse), patient, **more)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not EmergencyRead.objects.exists()
    assert not Notice.objects.exists()


def test_no_site_of_ones_own_or_of_another_organisation(cast: Cast, patient: Patient, sign_in: Any) -> None:
    client = sign_in(cast.nurse)
    foreign = made.SiteFactory(organisation=made.OrganisationFactory())
    for site in (cast.riverside, foreign):
        assert "to_site" in asked(client, patient, to_site=site.pk).context["form"].errors
    assert not EmergencyRead.objects.exists()


def test_misses_are_noted_there_and_few(cast: Cast, patient: Patient, sign_in: Any, still_clock: Any) -> None:
    """The fifth is a task of the reviewers of both sites, gone when the trail as far as it is reviewed."""
    client = sign_in(cast.nurse)
    audit.record(action="duty.came", target=cast.nurse, by=cast.nurse, now=NOW, site=cast.riverside)
    for number in range(5):
        assert Notice.objects.filter(kind=GUESSING).count() == 0, number
        asked(client, patient, last_name="Guess")
    assert actions_of(cast.hillcrest) == ["emergency_read.missed"] * 5 + ["emergency_read.stopped"]
    for _ in range(2):
        assert "Call the other site" in asked(client, patient).text
    assert sorted(Notice.objects.filter(kind=GUESSING).values_list("site__slug", flat=True)) == ["hillcrest", "riverside"]
    rows = {
        role: row for role in (Role.ADMINISTRATOR, Role.MONITOR) for row in task_rows(cast.riverside, NOW, role) if row["patient"] == "Wrong tries"
    }
    review = reverse("audit_review", args=["riverside"])
    assert [(rows[role]["url"], rows[role]["is_late"]) for role in rows] == [(review, False), ("", False)]
    seen, boss = AuditEntry.objects.get(site=cast.riverside, action="emergency_read.stopped").seq, sign_in(cast.admin)
    for up_to, left in ((seen - 1, 2), (seen, 1)):
        said = {"note": "Asked Nora", "password": PASSWORD, "up_to": up_to, "client_key": uuid4()}
        assert boss.post(review, said).status_code == 303
        assert Notice.objects.filter(kind=GUESSING, resolved_at__isnull=True).count() == left
    still_clock.shift(timedelta(minutes=50))
    assert "Call the other site" in asked(client, patient).text
    assert not EmergencyRead.objects.exists()


def test_what_the_other_site_asks_of_its_own_it_asks_of_a_visitor(cast: Cast, patient: Patient, sign_in: Any) -> None:
    asks_for_both(cast.hillcrest)
    assert list(asked(sign_in(cast.nurse), patient).context["form"].errors) == ["to_site"]
    assert not EmergencyRead.objects.exists()


def test_who_left_or_lost_the_role_reads_no_more(cast: Cast, patient: Patient, sign_in: Any) -> None:
    client = sign_in(cast.nurse)
    asked(client, patient)
    Membership.objects.filter(pk=cast.of(cast.nurse).pk).update(role=Role.FRONT_DESK)
    assert client.get(URL).status_code == 403
    Membership.objects.filter(pk=cast.of(cast.nurse).pk).update(role=Role.MONITOR)
    Site.objects.filter(pk=cast.hillcrest.pk).update(is_archived=True)
    assert "latex" not in client.get(URL).text


def test_its_own_site_reviews_it_once(cast: Cast, patient: Patient, their_admin: Any, sign_in: Any) -> None:
    asked(sign_in(cast.nurse), patient)
    read = EmergencyRead.objects.get()
    url, client = reverse("emergency_read_review", args=["hillcrest", read.pk]), sign_in(their_admin)
    assert sign_in(cast.admin).get(reverse("emergency_read_review", args=["riverside", read.pk])).status_code == 404
    shown = client.get(url).text
    assert "Found dazed" in shown
    assert "Keep the review" in shown
    said = {"was_justified": "no", "note": "Called: they had seen the ambulance sheet", "password": PASSWORD, "client_key": uuid4()}
    assert client.post(url, {**said, "note": " "}).status_code == 422
    assert client.post(url, {**said, "was_justified": ""}).status_code == 422
    for _ in range(2):
        assert client.post(url, said).status_code == 303
    assert client.post(url, {**said, "client_key": uuid4()}).status_code == 422
    review = EmergencyReadReview.objects.get()
    assert (review.was_justified, review.reviewed_by) == (False, their_admin)
    assert Notice.objects.get(kind="emergency_read").resolved_at == NOW
    for page in (url, reverse("emergency_reads", args=["hillcrest"])):
        assert "It was not right" in client.get(page).text
    call_command("verify_audit", stdout=io.StringIO())


def test_what_nobody_has_reviewed_after_three_days_is_red(cast: Cast, patient: Patient, their_admin: Any, sign_in: Any, still_clock: Any) -> None:
    asked(sign_in(cast.nurse), patient)
    pages = [reverse("emergency_reads", args=["hillcrest"]), reverse("emergency_read_review", args=["hillcrest", EmergencyRead.objects.get().pk])]
    for hours, is_red in ((72, False), (0.1, True)):
        still_clock.shift(timedelta(hours=hours))
        client = sign_in(their_admin)
        assert [bool(re.search(r"v-pill-act[^>]*>.*?Overdue", client.get(page).text, re.DOTALL)) for page in pages] == [is_red, is_red]
    said = {"was_justified": "yes", "note": "Rung back", "password": PASSWORD, "client_key": uuid4()}
    assert client.post(pages[1], said).status_code == 303
    assert "Overdue" not in client.get(pages[0]).text


def test_nobody_reviews_their_own(cast: Cast, patient: Patient, sign_in: Any) -> None:
    made.MembershipFactory(site=cast.hillcrest, role=Role.ADMINISTRATOR, user=cast.nurse)
    client = sign_in(cast.nurse)
    asked(client, patient)
    url = reverse("emergency_read_review", args=["hillcrest", EmergencyRead.objects.get().pk])
    said = {"was_justified": "yes", "note": "Mine", "password": PASSWORD, "client_key": uuid4()}
    assert "Ask another administrator" in client.post(url, said).text
    assert not EmergencyReadReview.objects.exists()


def test_rules() -> None:
    assert rules.ends_at(NOW) == NOW + timedelta(hours=1)
    for hours, is_late in ((71, False), (72, False), (73, True)):
        assert rules.is_overdue(opened_at=NOW, is_reviewed=False, now=NOW + timedelta(hours=hours)) is is_late
        assert rules.is_overdue(opened_at=NOW, is_reviewed=True, now=NOW + timedelta(hours=hours)) is False
