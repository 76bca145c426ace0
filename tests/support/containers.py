"""Containers by podman in a store of their own, from images made here of Debian's packages: no registry is asked. Root, Linux and Debian's mirror are needed."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.testing.system import Part, ensure

STANDINS = Path(__file__).resolve().parents[1] / "long" / "standins"
MIRROR = "http://deb.debian.org/debian"
NEEDED = {"podman": "podman", "crun": "crun", "debootstrap": "debootstrap", "nsenter": "util-linux"}
PARTS = Part("Podman", (*NEEDED.values(), "netavark", "aardvark-dns", "iptables"), lambda: all(map(shutil.which, NEEDED)))
# How this machine finds packages, lent to a build and not kept in the image.
LENT = ("/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/keyrings", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
# Not every root may raise a limit; crun then ends at the limits that podman asks for, so they stay as they are.
RUNTIME = """#!{python}
import json, os, sys
for option, value in zip(sys.argv, sys.argv[1:]):
    name = value + "/config.json" if option in ("--bundle", "-b") else value if option in ("--process", "-p") else None
    if name:
        told = json.load(open(name))
        told.get("process", told).pop("rlimits", None)
        json.dump(told, open(name, "w"))
os.execvp("crun", ["crun", *sys.argv[1:]])
"""


class NoContainers(Exception):
    """This machine can't run containers: a failure, never a skip."""


class Engine:
    """Podman whose images, containers and networks are its own, in a mount namespace that lives as long as it does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        runtime = folder / "runtime"
        runtime.write_text(RUNTIME.format(python=sys.executable))
        runtime.chmod(0o755)
        (folder / "storage.conf").write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n')
        (folder / "containers.conf").write_text(
            f'[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "ours"\n[engine.runtimes]\nours = ["{runtime}"]\n'
            f'[network]\nnetwork_config_dir = "{folder}/networks"\n'
        )
        self.environment = {**os.environ, "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf", "CONTAINERS_CONF": f"{folder}/containers.conf"}
        # crun knows version 1 and version 2 of control groups, not both at once.
        own = "if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi; echo ready; exec sleep infinity"
        self.keeper = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", own], stdout=subprocess.PIPE, text=True)
        assert self.keeper.stdout is not None
        if self.keeper.stdout.readline().strip() != "ready":
            raise NoContainers("This machine can't run containers: no mount namespace (is this root?)")

    def run(self, *command: str, cwd: Path | None = None, check: bool = True) -> str:
        """What it printed, both streams; a failure with all that was said."""
        inside = ["nsenter", "--mount", f"--target={self.keeper.pid}", f"--wd={cwd or self.folder}", *command]
        done = subprocess.run(inside, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert not check or done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}"
        return done.stdout

    def podman(self, *arguments: str, check: bool = True) -> str:
        return self.run("podman", *arguments, check=check)

    def within(self, container: str, *command: str, check: bool = True) -> str:
        return self.podman("exec", container, *command, check=check)

    def build(self, tag: str, file: Path, context: Path) -> None:
        lent = [f"--volume={path}:{path}:ro" for path in LENT if os.path.exists(path)]
        self.podman("build", "--network=host", *lent, "--tag", tag, "--file", str(file), str(context))

    def debian(self) -> None:
        """The floor of all others."""
        root = self.folder / "debian"
        self.run("debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(root), MIRROR)
        self.run("tar", "--create", "--file", f"{root}.tar", "--directory", str(root), ".")
        self.podman("import", f"{root}.tar", "localhost/debian:bookworm")
        said = self.podman("run", "--rm", "localhost/debian:bookworm", "echo", "runs", check=False)
        if said.strip() != "runs":
            raise NoContainers(f"This machine can't run containers: {said}")

    def stand_in(self, image: str, name: str) -> None:
        self.build(f"docker.io/library/{image}", STANDINS / name, STANDINS)

    def state(self, container: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.podman("inspect", container))[0]
        return found

    def end(self) -> None:
        """Everything that was made here, by its own store: no other's container is seen."""
        try:
            self.podman("rm", "--all", "--force", "--time=5", check=False)
            self.podman("volume", "rm", "--all", "--force", check=False)
            self.podman("network", "prune", "--force", check=False)
        finally:
            self.keeper.terminate()
            self.keeper.communicate(timeout=10)


@contextmanager
def containers(folder: Path) -> Iterator[Engine]:
    ensure((PARTS,))
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        raise NoContainers(f"This machine can't run containers: needed are root and {', '.join(missing) or 'nothing else'}")
    engine = Engine(folder)
    try:
        engine.debian()
        yield engine
    finally:
        engine.end()
        shutil.rmtree(folder, ignore_errors=True)


def until(holds: Callable[[], bool], seconds: float, told: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, told()[-4000:]
        time.sleep(1)


def shipped(root: Path, folder: Path) -> Path:
    """The code as it is under version control, with what isn't committed yet."""
    names: Sequence[str] = subprocess.check_output(["git", "ls-files"], cwd=root, text=True).splitlines()
    for name in names:
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return folder
