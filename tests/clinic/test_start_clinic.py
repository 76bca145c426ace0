"""The start of a real installation: production settings, a database of its own, one command; a second one is refused."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clinic import chain
from clinic.actions.start import start_clinic
from clinic.findings import Refused
from clinic.models import AuditEntry, Invitation, OpeningHours, Organisation, Site, SitePolicy, User
from clinic.tokens import token_digest
from tests.moment import NOW

ROOT = Path(__file__).resolve().parents[2]
ASKED = {
    "organisation": "North Shore Psychiatry", "site": "North Shore", "slug": "north-shore", "zone": "America/Chicago",
    "admin_email": "Ada@North.example", "admin_name": "Ada North",
}  # fmt: skip


def starting(**changed: str) -> None:
    call_command("start_clinic", **{**ASKED, **changed})


@pytest.mark.django_db
def test_one_command_makes_the_site_and_invites_its_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    starting()
    site, invitation = Site.objects.get(), Invitation.objects.get()
    assert (site.organisation.name, site.name, site.slug, site.time_zone) == (
        "North Shore Psychiatry",
        "North Shore",
        "north-shore",
        "America/Chicago",
    )
    assert SitePolicy.objects.filter(site=site).count() == 1
    assert OpeningHours.objects.filter(site=site).exists()
    assert (invitation.email, invitation.printed_name, invitation.role, invitation.site) == ("ada@north.example", "Ada North", "administrator", site)
    assert not User.objects.exists()
    token = re.search(r"http\S+/join/([\w-]+)/", capsys.readouterr().out)
    assert token is not None
    assert invitation.token_sha256 == token_digest(token[1])
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"organisation.started", "site.opened", "invitation.sent"}
    assert all(chain.verified(name).is_whole for name in chain.chains())
    assert token[1] not in " ".join(AuditEntry.objects.values_list("body", flat=True))


@pytest.mark.django_db
def test_a_second_start_is_refused_and_changes_nothing() -> None:
    starting()
    before = list(Invitation.objects.values())
    with pytest.raises(CommandError, match="started already"):
        starting(slug="another", admin_email="mallory@north.example")
    assert (Organisation.objects.count(), Site.objects.count(), list(Invitation.objects.values())) == (1, 1, before)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"zone": "Middle/Earth"}, "--zone"),
        ({"admin_email": "nobody"}, "--admin-email"),
        ({"slug": "accounts"}, "taken"),
        ({"slug": "North Shore"}, "small letters"),
        ({"public_name": "Ketamine House"}, "neutral"),
        ({"dea_number": "XX"}, "DEA number"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_made(changed: dict[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        starting(**changed)
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_the_action_takes_any_field_of_a_site() -> None:
    start = start_clinic(
        organisation="N", name="North", slug="north", zone="America/Chicago", admin_email="a@north.example", admin_name="Ada", now=NOW,
        public_name="North Wellness", address="1 Shore Road",
    )  # fmt: skip
    assert (start.site.public_name, start.site.address, start.invitation.created_at) == ("North Wellness", "1 Shore Road", NOW)
    with pytest.raises(Refused):
        start_clinic(organisation="N", name="North", slug="north2", zone="UTC", admin_email="a@north.example", admin_name="Ada", now=NOW)


def test_it_works_with_production_settings(tmp_path: Path) -> None:
    """As the README says it: a fresh process without any variable of the suite's, an empty database, migrate, start, check."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = keep | {
        "VIGIL_MODE": "production", "VIGIL_SECRET_KEY": "k3y-" + "aB3dE5gH7j" * 6, "VIGIL_ORIGIN": "https://vigil.north.example",
        "VIGIL_ALLOWED_HOSTS": "vigil.north.example", "VIGIL_SMTP_HOST": "127.0.0.1", "VIGIL_MAIL_FROM": "clinic@north.example",
        "REDIS_URL": "redis://127.0.0.1:1/0", "VIGIL_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/vigil.sqlite3",
    }  # fmt: skip

    def manage(*words: str, fails: bool = False) -> str:
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    asked = [f"--{name.replace('_', '-')}={value}" for name, value in ASKED.items()]
    assert "migrat" in manage("start_clinic", *asked, fails=True)
    manage("migrate", "--verbosity=0")
    told = manage("start_clinic", *asked)
    assert re.search(r"https://vigil\.north\.example/join/[\w-]{40,}/", told)
    assert "started already" in manage("start_clinic", *asked, fails=True)
    assert "3 entries in 2 chains: all hold" in manage("verify_audit")
    manage("check", "--database=default", "--deploy", "--fail-level=WARNING")
