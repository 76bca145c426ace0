"""An administrator lets an auditor in for a sample; the auditor reads it, every link leads somewhere, and the end counts at once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import TODAY
from tests.e2e.crawling import Crawl
from tests.e2e.floor import Floor
from tests.factories import forms
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.e2e


def test_an_auditor_comes_reads_and_goes(floor: Floor) -> None:
    first = forms.sent(floor.cast).form.session
    second = floor.session("discharged")
    admin = floor.open_browser(floor.stack.url)
    admin.sign_in(floor.cast.admin.email, PASSWORD)
    admin.page.goto("/riverside/auditors/")
    told = {"printed_name": "Otto Auditor", "email": floor.cast.auditor.email, "purpose": "State audit", "sample_size": "1", "seed": "from a dice"}
    days = {"first_on": TODAY, "last_on": TODAY, "until_on": TODAY + timedelta(days=9)}
    for name, value in {**told, **{name: day.isoformat() for name, day in days.items()}}.items():
        admin.page.locator(f'main [name="{name}"]').fill(value)
    admin.button("Let them in").click()
    admin.sees("A random 1 of the dosed sessions")
    grant = admin.page.url

    auditor = floor.open_browser(floor.stack.url, width=820)
    auditor.sign_in(floor.cast.auditor.email, PASSWORD)
    auditor.sees("Sessions to audit")
    expect(auditor.page.locator("tbody tr")).to_have_count(1)
    auditor.link("Record").click()
    auditor.sees("Signatures")
    shown = int(auditor.page.url.split("/")[-3])
    other = ({first.pk, second.pk} - {shown}).pop()
    assert auditor.page.goto(f"/riverside/sessions/{other}/").status == 404  # type: ignore[union-attr]
    walked = Crawl(auditor.page, floor.stack.url, set())
    walked.walk(f"{floor.stack.url}/riverside/audited/")

    admin.page.reload()
    admin.sees("read a record")
    looked = Crawl(admin.page, floor.stack.url, set())
    for address in (grant, f"{floor.stack.url}/riverside/auditors/", f"{floor.stack.url}/riverside/reports/binder/"):
        looked.look(address)
    assert not (faults := walked.faults + looked.faults), "\n".join(faults)
    admin.page.goto(grant)
    admin.button("End their access now").click()
    admin.sees("Ended")
    assert auditor.page.goto("/riverside/audited/").status == 404  # type: ignore[union-attr]
