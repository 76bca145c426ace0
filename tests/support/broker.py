"""A real broker for tests, that can be stopped, killed and started again on the same port."""

from pathlib import Path

from scripts.launcher.broker import BrokerPlan
from scripts.launcher.children import Child


class Broker:
    """`url` while it lives and afterwards: others find it again after a restart."""

    def __init__(self, folder: Path) -> None:
        self.plan = BrokerPlan(folder)
        self.log = folder / "broker.log"
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return self.plan.url

    def start(self) -> None:
        command = self.plan.command()
        with self.log.open("ab") as output:
            self.child = Child("broker", command, {}, cwd=str(self.plan.folder), output=output.fileno())
        if not self.plan.wait_until_up():
            raise RuntimeError(f"The broker didn't start:\n{self.log.read_text()}")

    def stop(self) -> None:
        """Everything it held is gone, as after a crash: it writes nothing to disk."""
        if self.child is not None:
            self.child.stop(5)
            self.child = None
