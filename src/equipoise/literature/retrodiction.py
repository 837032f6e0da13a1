"""Papers on what earlier evidence was worth later."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = ()
