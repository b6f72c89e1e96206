"""How far a long command is: a bar on a terminal, now and then a line anywhere else."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Meter:
    """`with Meter(self.stdout) as meter: meter.tell("Reading", 0.4, "1,200 rows")`; each label has a bar of its own."""

    def __init__(self, out):
        self.out, self.bars, self.said = out, {}, {}
        self.progress = None
        if out.isatty():
            columns = (TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[text]}"), TimeElapsedColumn())
            self.progress = Progress(*columns, console=Console(file=getattr(out, "_out", out)), transient=True)

    def __enter__(self) -> Meter:
        if self.progress:
            self.progress.start()
        return self

    def __exit__(self, *_exception) -> None:
        if self.progress:
            self.progress.stop()

    def tell(self, label: str, share: float, text: str = "") -> None:
        label = str(label)
        if self.progress is None:
            self._say(label, share, text)
        else:
            if label not in self.bars:
                self.bars[label] = self.progress.add_task(label, total=1.0, text=text)
            self.progress.update(self.bars[label], completed=share, text=text)

    def _say(self, label: str, share: float, text: str) -> None:
        """A line for each fifth that is done."""
        step = int(share * 5)
        if step > self.said.get(label, 0):
            self.said[label] = step
            self.out.write(f"{label}: {share:.0%} {text}".rstrip())
            self.out.flush()
