"""The stand-in's memory: indexes, documents, and a queue of tasks that a thread works off one after the other."""

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.meili_stand_in.settings import DEFAULTS, changed
from tests.meili_stand_in.troubles import Trouble, index_not_found

DOCUMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,511}")
INDEX_UID = re.compile(r"[A-Za-z0-9_-]{1,400}")


@dataclass
class Index:
    primary_key: str | None = None
    created_at: str = field(default_factory=lambda: _now())
    updated_at: str = field(default_factory=lambda: _now())
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))

    def view(self, uid: str) -> dict[str, Any]:
        return {
            "uid": uid, "createdAt": self.created_at, "updatedAt": self.updated_at, "primaryKey": self.primary_key,
        }  # fmt: skip


@dataclass
class Task:
    uid: int
    kind: str
    index_uid: str | None
    content: Any
    enqueued_at: str = field(default_factory=lambda: _now())
    started_at: str | None = None
    finished_at: str | None = None
    status: str = "enqueued"
    details: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None

    def summary(self) -> dict[str, Any]:
        return {
            "taskUid": self.uid, "indexUid": self.index_uid, "status": "enqueued", "type": self.kind,
            "enqueuedAt": self.enqueued_at,
        }  # fmt: skip

    def view(self) -> dict[str, Any]:
        whole = {
            "uid": self.uid, "batchUid": self.uid if self.started_at else None, "indexUid": self.index_uid,
            "status": self.status, "type": self.kind, "canceledBy": None, "details": self.details,
            "error": self.error, "duration": "PT0.001S" if self.finished_at else None,
            "enqueuedAt": self.enqueued_at,
        }  # fmt: skip
        # The published shape says that these two are texts: while there is none they are left out.
        times = {"startedAt": self.started_at, "finishedAt": self.finished_at}
        return whole | {name: at for name, at in times.items() if at}


class Engine:
    """`pace`: seconds that each task takes. `fails`: what the next tasks of a type end with, by type."""

    def __init__(self) -> None:
        self.indexes: dict[str, Index] = {}
        self.tasks: list[Task] = []
        self.pace = 0.0
        self.fails: dict[str, list[str]] = {}
        self.lock = threading.RLock()
        self._more = threading.Condition(self.lock)
        self._running: threading.Thread | None = None
        self._stopped = True

    def start(self) -> None:
        """What was being processed when it died begins anew."""
        with self.lock:
            self._stopped = False
            for task in self.tasks:
                if task.status == "processing":
                    task.status, task.started_at = "enqueued", None
        self._running = threading.Thread(target=self._work, daemon=True)
        self._running.start()

    def stop(self) -> None:
        with self.lock:
            self._stopped = True
            self._more.notify_all()
        if self._running:
            self._running.join()

    def enqueue(self, kind: str, index_uid: str | None, content: Any, **details: Any) -> dict[str, Any]:
        with self.lock:
            task = Task(len(self.tasks), kind, index_uid, content, details=details)
            self.tasks.append(task)
            self._more.notify_all()
            return task.summary()

    def index(self, uid: str) -> Index:
        if not INDEX_UID.fullmatch(uid):
            raise Trouble("invalid_index_uid", f"`{uid}` is not a valid index uid.")
        found = self.indexes.get(uid)
        if found is None:
            raise index_not_found(uid)
        return found

    def _work(self) -> None:
        while True:
            with self.lock:
                waiting = [task for task in self.tasks if task.status == "enqueued"]
                if self._stopped:
                    return
                if not waiting:
                    self._more.wait()
                    continue
                task = waiting[0]
                task.status, task.started_at = "processing", _now()
            self._take_time()
            with self.lock:
                if self._stopped:
                    return
                self._finish(task)

    def _take_time(self) -> None:
        until = time.monotonic() + self.pace
        while not self._stopped and time.monotonic() < until:
            time.sleep(0.002)

    def _finish(self, task: Task) -> None:
        try:
            if codes := self.fails.get(task.kind):
                raise Trouble(codes.pop(0), "told to fail")
            getattr(self, f"_{task.kind}")(task)  # hence the names below
            task.status = "succeeded"
        except Trouble as trouble:
            task.status, task.error = "failed", trouble.words
        task.finished_at = _now()

    def _indexCreation(self, task: Task) -> None:  # noqa: N802
        uid = str(task.index_uid)
        if uid in self.indexes:
            raise Trouble("index_already_exists", f"Index `{uid}` already exists.")
        self.indexes[uid] = Index(primary_key=task.content)

    def _indexDeletion(self, task: Task) -> None:  # noqa: N802
        index = self.index(str(task.index_uid))
        task.details["deletedDocuments"] = len(index.documents)
        del self.indexes[str(task.index_uid)]

    def _settingsUpdate(self, task: Task) -> None:  # noqa: N802
        index = self.indexes.setdefault(str(task.index_uid), Index())
        index.settings = changed(index.settings, task.content)
        index.updated_at = _now()

    def _documentAdditionOrUpdate(self, task: Task) -> None:  # noqa: N802
        primary_key, replaces, documents = task.content
        index = self.indexes.setdefault(str(task.index_uid), Index())
        index.primary_key = index.primary_key or primary_key
        if index.primary_key is None:
            raise Trouble("index_primary_key_no_candidate_found", "The primary key inference failed.")
        for document in documents:
            if index.primary_key not in document:
                raise Trouble(
                    "missing_document_id", f"Document doesn't have a `{index.primary_key}` attribute."
                )
            if not DOCUMENT_ID.fullmatch(str(document[index.primary_key])):
                raise Trouble(
                    "invalid_document_id", f"Document identifier `{document[index.primary_key]}` is invalid."
                )
        for document in documents:
            key = str(document[index.primary_key])
            index.documents[key] = document if replaces else index.documents.get(key, {}) | document
        task.details["indexedDocuments"] = len(documents)
        index.updated_at = _now()

    def _documentDeletion(self, task: Task) -> None:  # noqa: N802
        index = self.index(str(task.index_uid))
        gone = [index.documents.pop(str(key), None) for key in task.content]
        task.details["deletedDocuments"] = sum(document is not None for document in gone)
        index.updated_at = _now()

    def _indexSwap(self, task: Task) -> None:  # noqa: N802
        for first, second in task.content:
            if missing := [uid for uid in (first, second) if uid not in self.indexes]:
                raise Trouble("index_not_found", f"Index `{missing[0]}` not found.")
        for first, second in task.content:
            self.indexes[first], self.indexes[second] = self.indexes[second], self.indexes[first]


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
