"""The terminal of whoever runs us: sentences in colour, and bars for what takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

console = Console(stderr=True)


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step that is named; whoever works calls it with (step, done, all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as shown:
        known: dict[str, TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in known:
                known[step] = shown.add_task(step, total=total)
            shown.update(known[step], completed=done, total=total)

        yield progress
