"""A child process for strangers' bytes: it can be stopped, sees none of our secrets, and may die alone."""

import asyncio
import os
import resource
import sys


async def ask_child(module: str, body: bytes, *arguments: str) -> bytes:
    """What `main()` of one of our modules answers on stdout to `body` on stdin; empty where it died.

    It runs until it is done; whoever stops waiting (`asyncio.timeout`) ends it.
    """
    # -P and a bare environment: the child sees our packages, none of our secrets.
    path = os.pathsep.join(folder for folder in sys.path if folder)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", f"from {module} import main; main()"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
    try:
        answer, _ = await child.communicate(body)
        return answer
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def limit_child(*, seconds: int, memory_bytes: int) -> None:
    """For the child itself, first of all: CPU time, and on Linux memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
