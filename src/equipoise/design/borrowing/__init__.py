"""Controls of earlier trials: how much of them to believe."""

from equipoise.design.borrowing.borrowing_drift import (
    BorrowingDrift,
    moment_patients,
    normal_drift,
    rate_drift,
)
from equipoise.design.borrowing.historical_controls import HistoricalControls
from equipoise.design.borrowing.normal_history import NormalHistory

__all__ = [
    "BorrowingDrift",
    "HistoricalControls",
    "NormalHistory",
    "moment_patients",
    "normal_drift",
    "rate_drift",
]
