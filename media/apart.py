"""A child process for what is heavy or a stranger's: it can be stopped, sees none of our secrets, and may die alone."""

import asyncio
import logging
import os
import resource
import sys

log = logging.getLogger("jangnal.apart")
LAST_WORDS = 2_000  # signs: the end of a trace


async def ask_child(module: str, body: bytes, *arguments: str, is_ours: bool = False) -> bytes:
    """What `main()` of one of our modules answers on stdout to `body` on stdin; empty where it died.

    It runs until it is done, or past what it has set itself by `limit_child`; whoever stops waiting
    (`asyncio.timeout`) ends it. How it died is logged; its last words only where `body` is ours: a stranger's could
    be as long as he likes, and quote anybody.
    """
    # -P and a bare environment: the child sees our packages, none of our secrets.
    path = os.pathsep.join(folder for folder in sys.path if folder)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", f"from {module} import main; main()"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if is_ours else asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
    try:
        answer, said = await child.communicate(body)
        if child.returncode:
            last = (said or b"").decode(errors="replace")[-LAST_WORDS:]
            log.warning(
                "child died", extra={"facts": {"module": module, "status": child.returncode, "said": last}}
            )
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
