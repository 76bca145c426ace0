"""One readable log: every line says who speaks."""

import sys

COLOURS = {"vigil": "1", "broker": "35", "web": "36", "worker": "32", "beat": "33", "setup": "34"}
WIDTH = 6
# Redis warns of forks that write snapshots; ours writes none.
NOISE = ("Memory overcommit",)


def line(name: str, text: str) -> None:
    label = f"{name:<{WIDTH}}"
    if sys.stdout.isatty():
        label = f"\x1b[{COLOURS.get(name, '0')}m{label}\x1b[0m"
    try:
        print(f"{label} | {text}", flush=True)
    except (BrokenPipeError, ValueError):
        # Nobody reads the log any more (`make run | head`): the clinic goes on.
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115


class Lines:
    """Turns a stream of bytes into whole lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = b""

    def feed(self, data: bytes) -> None:
        *whole, self.rest = (self.rest + data).split(b"\n")
        for one in whole:
            self.say(one)

    def close(self) -> None:
        if self.rest:
            self.say(self.rest)
        self.rest = b""

    def say(self, one: bytes) -> None:
        text = one.decode("utf-8", "replace").rstrip()
        if text and not any(noise in text for noise in NOISE):
            line(self.name, text)
