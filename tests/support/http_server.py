"""The API of a made-up store over a real socket: granian in a process of its own."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(port: int, factory: str = "tests.support.api:served_with_quotes") -> "subprocess.Popen[bytes]":
    """Started and ready: a SIGTERM that comes earlier is lost."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    target = ["--no-ws", "--log-level", "warning", "--factory", factory]
    process = subprocess.Popen([*command, *target], cwd=ROOT)
    try:
        wait_until_ready(port, process)
    except BaseException:
        stop(process)
        raise
    return process


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it was ready"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/v1/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the server was not ready in 30 s")


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Its exit code; killed when it does not end by itself."""
    process.terminate()
    try:
        return process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(timeout=10)
