"""The Dockerfile and compose.yaml that are shipped, built and run from nothing, as docs/operating.md says. `pytest tests/long/images.py`

No registry is asked: the images below are Debian's packages under the official names (tests/long/standins). Of docker compose stands podman-compose in,
which waits for no health: the order of `depends_on` is kept here. Ports are loopback's, of an override; every other line is the shipped one.
"""

import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519

from scripts.launcher.ports import free_port
from scripts.launcher.services import ROOT
from tests.long.proxy import Browser
from tests.support.containers import Engine, containers, shipped, until
from tests.test_deploy import example

pytestmark = pytest.mark.timeout(1800)
TOOL = "podman-compose==1.6.0"
IMAGES = {"python:3.11-slim-bookworm": "python", "postgres:15-bookworm": "postgres", "redis:7-bookworm": "redis", "caddy:2.8": "caddy"}
OURS = ("web", "worker", "beat", "migrate")
WEBS, WORKERS = ("vigil_web_1", "vigil_web_2"), ("vigil_worker_1", "vigil_worker_2")
HEAD, PASSWORD = "head@lakes.example", "seven-quiet-herons-wading"
CLINIC = ["--organisation", "Lakes", "--site", "Riverside", "--slug", "riverside", "--zone", "America/New_York"]
ASK = """
import sys, urllib.error, urllib.request
told = {"Host": sys.argv[2], "Authorization": "Bearer " + sys.argv[3]}
try:
    answer = urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000" + sys.argv[1], headers=told), timeout=20)
except urllib.error.HTTPError as refused:
    answer = refused
print(answer.status, answer.read().decode())
"""
WRITE = """
import os
for place in ("/", "/app", "/app/var", "/app/static", "/etc", "/usr/local/lib", "/var", "/home", "/tmp", "/keep"):
    try:
        open(place + "/probe", "w").close()
    except OSError:
        continue
    os.remove(place + "/probe")
    print(place)
"""


class Installation:
    """What an operator has: a folder with compose.yaml and deploy/vigil.env, and the commands of docs/operating.md."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.port, self.plain, self.monitor = engine, free_port(), free_port(), secrets.token_hex(24)
        self.folder = shipped(ROOT, engine.folder / "code")
        self.host = f"localhost:{self.port}"
        subprocess.run([sys.executable, "-m", "venv", engine.folder / "tool"], check=True)
        subprocess.run([engine.folder / "tool/bin/pip", "install", "--quiet", TOOL], check=True)
        waits = "".join(f"  {name}: {{depends_on: !reset null}}\n" for name in OURS)
        ports = f'  proxy: {{depends_on: !reset null, ports: !override ["127.0.0.1:{self.port}:443", "127.0.0.1:{self.plain}:80"]}}\n'
        (engine.folder / "override.yaml").write_text("services:\n" + waits + ports)
        self.tell()

    def tell(self) -> None:
        told: dict[str, Any] = {name: secrets.token_hex(24) for name in ("POSTGRES_PASSWORD", "VIGIL_PAGES_PASSWORD", "REDIS_PASSWORD")}
        told |= {"VIGIL_MONITOR_TOKEN": self.monitor, "VIGIL_BACKUP_RECIPIENTS": x25519.Identity.generate().to_public()}
        told |= {"VIGIL_ORIGIN": f"https://{self.host}", "VIGIL_ALLOWED_HOSTS": "localhost", "VIGIL_DOMAIN": "localhost"}
        (self.folder / "deploy/vigil.env").write_text("".join(f"{name}={value}\n" for name, value in {**example(), **told}.items()))

    def compose(self, *arguments: str) -> str:
        files = ["-f", "compose.yaml", "-f", str(self.engine.folder / "override.yaml"), "--env-file", "deploy/vigil.env"]
        return self.engine.run(str(self.engine.folder / "tool/bin/podman-compose"), *files, *arguments, cwd=self.folder)

    def up(self, name: str, *options: str) -> None:
        self.compose("up", "--detach", "--no-build", *options, name)

    def manage(self, *arguments: str) -> str:
        return self.compose("run", "--rm", "-T", "migrate", "python", "manage.py", *arguments)

    def is_healthy(self, *names: str) -> bool:
        """By the health check that is shipped, which a manager would ask."""
        return all(self.engine.podman("healthcheck", "run", name, check=False).strip() == "" for name in names)

    def healthy(self, *names: str) -> None:
        until(lambda: self.is_healthy(*names), 60, lambda: "".join(self.engine.podman("logs", name) for name in names))

    def start(self) -> None:
        for name in ("postgres", "redis"):
            self.up(name)
        self.healthy("vigil_postgres_1", "vigil_redis_1")
        self.compose("up", "--no-build", "migrate")
        assert self.engine.podman("wait", "vigil_migrate_1").strip() == "0", self.engine.podman("logs", "vigil_migrate_1")
        self.up("web", "--scale", "web=2")
        self.up("worker", "--scale", "worker=2")
        self.up("beat")
        self.healthy(*WEBS)
        self.up("proxy")

    def ask(self, path: str, web: str = WEBS[0]) -> tuple[int, str]:
        status, _, text = self.engine.within(web, "python", "-c", ASK, path, self.host, self.monitor, check=False).partition(" ")
        return int(status) if status.isdigit() else 0, text

    def browser(self) -> Browser:
        root, place = self.engine.folder / "root.crt", "vigil_proxy_1:/data/caddy/pki/authorities/local/root.crt"
        until(lambda: not self.engine.podman("cp", place, str(root), check=False) and root.exists(), 40, lambda: "no root of the proxy's")
        found = Browser(self.port, self.plain, root)
        until(lambda: answers(found), 40, lambda: self.engine.podman("logs", "vigil_proxy_1"))
        return found


def answers(browser: Browser) -> bool:
    try:
        return browser.ask("/healthz").status == 200
    except OSError:
        return False


def join(browser: Browser, path: str, fields: dict[str, str]) -> int:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.ask(path).text)
    assert found is not None
    return browser.ask(path, {"csrfmiddlewaretoken": found[1], **fields}).status


def signed_in(browser: Browser) -> bool:
    browser.jar.clear()
    join(browser, "/accounts/login/", {"login": HEAD, "password": PASSWORD})
    return browser.ask("/accounts/sign-ins/").status == 200


@pytest.fixture(scope="module")
def clinic() -> Iterator[Installation]:
    with containers(Path(tempfile.mkdtemp(prefix="vigil-images-"))) as engine:
        for image, name in IMAGES.items():
            engine.stand_in(image, name)
        found = Installation(engine)
        engine.build("vigil:latest", found.folder / "Dockerfile", found.folder)
        found.start()
        yield found


def test_it_comes_up_from_nothing_and_the_first_administrator_signs_in_over_tls(clinic: Installation) -> None:
    browser = clinic.browser()
    said = clinic.manage("start_clinic", *CLINIC, "--admin-email", HEAD, "--admin-name", "Head Person")
    link = re.search(rf"https://{clinic.host}(/join/\S+)", said)
    assert link is not None, said
    assert join(browser, link[1], {"printed_name": "Head Person", "password": PASSWORD, "again": PASSWORD}) in (302, 303)
    assert signed_in(browser)
    assert [browser.ask(path).status for path in ("/metrics", "/readyz")] == [404, 404]


def test_it_is_ready_once_there_is_a_backup(clinic: Installation) -> None:
    until(lambda: "heartbeat: good" in clinic.ask("/readyz")[1], 60, lambda: clinic.ask("/readyz")[1])
    assert "Restored into a scratch database and checked" in clinic.manage("backup", "--verify")
    kept = clinic.engine.within(WORKERS[0], "find", "/keep/backups", "-name", "*.pgdump.age", "-user", "10001")
    assert kept.strip() != ""
    assert {clinic.ask("/readyz", web)[0] for web in WEBS} == {200}


@pytest.mark.parametrize("name", [*WEBS, *WORKERS, "vigil_beat_1"])
def test_a_container_may_nothing_and_writes_in_two_places_alone(clinic: Installation, name: str) -> None:
    assert set(clinic.engine.within(name, "python", "-c", WRITE).split()) == {"/tmp", "/keep"}
    status = dict(line.split(":\t", 1) for line in clinic.engine.within(name, "cat", "/proc/1/status").splitlines() if ":\t" in line)
    assert set(status["Uid"].split()) == {"10001"}
    assert {status[told] for told in ("CapEff", "CapPrm", "CapBnd", "CapInh")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"


def test_the_image_holds_no_secret_and_nobodys_data(clinic: Installation) -> None:
    look = "find /app ( -name *.env -o -name *.sqlite3* -o -name *.key -o -name .git -o -name deploy -o -name tests -maxdepth 1 )"
    assert clinic.engine.podman("run", "--rm", "--network=none", "vigil:latest", *look.split()).strip() == ""
    assert clinic.engine.podman("run", "--rm", "--network=none", "vigil:latest", "find", "/app/var", "-maxdepth", "1").split() == [
        "/app/var",
        "/app/var/static",
    ]


def test_webs_are_replaced_without_a_request_lost(clinic: Installation) -> None:
    """docs/operating.md, "Upgrade without downtime", 3 to 5."""
    browser, seen, over = clinic.browser(), Counter[object](), threading.Event()

    def poll() -> None:
        while not over.wait(0.05):
            try:
                seen[browser.ask("/healthz").status] += 1
            except OSError as broken:
                seen[repr(broken)] += 1

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        clinic.manage("migrate", "--no-input")
        clinic.up("web", "--no-deps", "--no-recreate", "--scale", "web=4")
        for new in ("vigil_web_3", "vigil_web_4"):
            until(lambda new=new: clinic.ask("/readyz?only=database", new)[0] == 200, 60, lambda new=new: clinic.engine.podman("logs", new))
        time.sleep(3)  # the proxy looks for webs every two seconds
        for old in WEBS:
            clinic.engine.podman("stop", "--time=20", old)
            clinic.engine.podman("rm", old)
        time.sleep(5)
    finally:
        over.set()
        poller.join()
    assert set(seen) == {200}
    assert seen[200] > 100


def test_a_stop_ends_in_order_within_its_grace_and_a_start_finds_everything(clinic: Installation) -> None:
    for name, grace in {"vigil_web_3": 20, WORKERS[0]: 100, "vigil_beat_1": 10}.items():
        since = time.monotonic()
        clinic.engine.podman("stop", f"--time={grace}", name)
        assert time.monotonic() - since < grace, name
        assert clinic.engine.state(name)["State"]["ExitCode"] == 0, clinic.engine.podman("logs", "--tail=30", name)  # type: ignore[index]
    clinic.engine.podman("rm", "--all", "--force", "--time=20")  # podman-compose forgets what was scaled
    clinic.compose("down")
    clinic.start()
    assert signed_in(clinic.browser())
    assert clinic.engine.within(WORKERS[0], "find", "/keep/backups", "-name", "*.pgdump.age").strip() != ""
    until(lambda: clinic.ask("/readyz")[0] == 200, 60, lambda: clinic.ask("/readyz")[1])


def test_this_is_the_real_thing() -> None:
    """Each image that is asked for has its stand-in, so that nothing is left out unseen."""
    asked = re.findall(r"^(?:FROM|    image:) ([\w.:-]+)$", (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    assert set(asked) == set(IMAGES)
    assert shutil.which("podman")
