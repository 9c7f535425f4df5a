"""What a disk may hold when the power goes.

Sure are only the bytes of a file up to its last sync. Of everything after that any part may have come through, down to
single sectors; a file that was made or deleted may or may not be there until its folder was synced.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.survey.durability.disk import Operation

SECTOR = 512


@dataclass
class Synced:
    """Follows operations; `cut` writes the files as they may be found afterwards."""

    #: What is surely there.
    sure: dict[str, bytearray] = field(default_factory=dict)
    #: What came after, per file, oldest first.
    unsure: dict[str, list[Operation]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Synced:
        """All that is in a folder now counts as synced."""
        files = [
            file for file in folder.iterdir() if ".sqlite" in file.name and not file.name.endswith("-shm")
        ]
        return cls({file.name: bytearray(file.read_bytes()) for file in files})

    def follow(self, operation: Operation) -> None:
        name = operation.file
        if name.endswith("-shm") or operation.kind == "open":
            return  # an index for those who run now: made anew after a crash
        if operation.kind != "sync":
            self.unsure.setdefault(name, []).append(operation)
            return
        for one in self.unsure.pop(name, []):
            _apply(self.sure, one)
        self.sure.setdefault(name, bytearray())

    def cut(self, folder: Path, chance: random.Random, part: float) -> Path:
        """The database as it may be found: of what is unsure, about this part."""
        files = {name: bytearray(content) for name, content in self.sure.items()}
        for operations in self.unsure.values():
            for operation in operations:
                for piece in _pieces(operation):
                    if chance.random() < part:
                        _apply(files, piece)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return folder / "telvertel.sqlite"


def _pieces(operation: Operation) -> list[Operation]:
    """A write, sector by sector, as the disk takes it."""
    if operation.kind != "write":
        return [operation]
    begin, end = operation.offset, operation.offset + len(operation.data)
    edges = [begin, *range((begin // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Operation("write", operation.file, left, operation.data[left - begin : right - begin])
        for left, right in zip(edges, edges[1:], strict=False)
    ]


def _apply(files: dict[str, bytearray], operation: Operation) -> None:
    if operation.kind == "delete":
        files.pop(operation.file, None)
        return
    content = files.setdefault(operation.file, bytearray())
    if operation.kind == "truncate":
        del content[operation.offset :]
        content.extend(bytes(operation.offset - len(content)))
    else:
        content.extend(bytes(max(0, operation.offset - len(content))))
        content[operation.offset : operation.offset + len(operation.data)] = operation.data
