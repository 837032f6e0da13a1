"""Papers on small-study effects, selection and influence."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = ()
