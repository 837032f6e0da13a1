"""Engines: simulated trials, in chunks that anybody may compute."""

from equipoise.design.engines.chunks import run_chunks
from equipoise.design.engines.grid import run_grid
from equipoise.design.engines.tally import Moments, MonteCarlo, Tally

__all__ = ["Moments", "MonteCarlo", "Tally", "run_chunks", "run_grid"]
