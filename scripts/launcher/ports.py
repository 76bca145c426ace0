"""Free TCP ports on this machine."""

import socket


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def wanted_or_next(host: str, wanted: int) -> int:
    """The wanted port, else the first free one of the twenty after it, else any."""
    for port in range(wanted, min(wanted + 21, 65536)):
        if is_free(host, port):
            return port
    return free_port(host)
