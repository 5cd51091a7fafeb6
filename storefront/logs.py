"""Logs as lines: readable text in development, JSON in production; never personal data, never a second line."""

import json
import logging
import sys
from datetime import UTC, datetime

from villages.days import SEOUL


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "what": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        text = f"{datetime.fromtimestamp(record.created, SEOUL):%H:%M:%S} {record.levelname.lower()} {record.getMessage()} {facts}"
        text = text.replace("\n", "\\n").replace("\r", "\\r")
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def begin_logging(level: str, form: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine() if form == "json" else TextLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The server repeats every trace that `faults.py` has logged already.
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: "Exception in ASGI" not in record.getMessage()
    )
    for noisy in ("uvicorn.access", "httpx", "stripe", "tortoise", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
