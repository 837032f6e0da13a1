"""Keep the result of a room, so that an unchanged room is not computed again.

A result is stored as JSON under the hash of everything it depends on. Values are frozen
dataclasses and pydantic models of plain types; they are rebuilt from their type hints, so no
pickle is read. Each file begins with the hash of its key and content: one that was cut short,
changed or exchanged is treated as absent.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import shutil
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from equipoise.atomic import write_bytes

T = TypeVar("T")

SEAL_LENGTH = 65
"""A SHA-256 in hexadecimal and a line end."""


def fingerprint(*parts: object) -> str:
    """SHA-256 of the parts, each brought to canonical JSON."""
    text = json.dumps([to_plain(part) for part in parts], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def code_version() -> str:
    """SHA-256 over the package's own Python source: an edit makes every checkpoint stale."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def to_plain(value: object) -> Any:
    """Bring a frozen value to dicts, lists, strings and numbers."""
    if isinstance(value, BaseModel):
        return {name: to_plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [to_plain(item) for item in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a checkpoint cannot hold {type(value).__name__}")


def from_plain(kind: Any, plain: Any) -> Any:
    """Rebuild a value of type `kind` from `to_plain`'s output."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_validate(plain)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], plain[name]) for name in plain})  # type: ignore[operator]  # a dataclass type
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = typing.get_type_hints(kind)
        return kind(*(from_plain(hints[n], x) for n, x in zip(kind._fields, plain, strict=True)))
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(from_plain(arguments[0], item) for item in plain)
        return tuple(from_plain(a, item) for a, item in zip(arguments, plain, strict=True))
    if origin in (typing.Union, types.UnionType):
        if plain is None:
            return None
        return from_plain(next(a for a in arguments if a is not type(None)), plain)
    if origin is dict:
        return {key: from_plain(arguments[1], item) for key, item in plain.items()}
    if origin is np.ndarray:
        return np.asarray(plain, dtype=typing.get_args(arguments[1])[0])
    return plain


def _seal(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + data).hexdigest().encode() + b"\n"


def _read(path: Path, key: str) -> bytes | None:
    """Return what was stored under the key, or None if it is not there or not intact."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    data = content[SEAL_LENGTH:]
    return data if content[:SEAL_LENGTH] == _seal(key, data) else None


class Checkpoints:
    """A folder of room results, one file a room and key.

    `fresh` ignores what is there (and overwrites it). `reused` and `computed` name what
    happened, for the log of the run.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder = folder
        self.fresh = fresh
        self.reused: list[str] = []
        self.computed: list[str] = []
        self._used: set[Path] = set()

    def room(self, name: str, kind: type[T], key: str, compute: Callable[[], T]) -> T:
        """Return the stored result of a room, or compute and store it."""
        data = self.blob(
            name, key, lambda: json.dumps(to_plain(compute()), sort_keys=True).encode()
        )
        return typing.cast("T", from_plain(kind, json.loads(data)))

    def blob(self, name: str, key: str, compute: Callable[[], bytes]) -> bytes:
        """Return stored bytes, or compute and store them."""
        path = self._path(name, key)
        self._used.add(path)
        stored = None if self.fresh else _read(path, key)
        if stored is not None:
            self.reused.append(name)
            return stored
        data = compute()
        if path.is_dir():
            shutil.rmtree(path)
        write_bytes(path, _seal(key, data) + data)
        self.computed.append(name)
        return data

    def forget_unused(self) -> None:
        """Remove results that the finished run did not use."""
        for path in self._files():
            if path not in self._used:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        yield from self.folder.glob("*.room")

    def _path(self, name: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).digest()
        short = base64.b32encode(digest).decode().lower()[:32]
        return self.folder / f"{name}-{short}.room"
