"""What to synthesise and how: the synthesis room's slice of ``case.toml``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from equipoise.evidence.question import PhenotypeLevel, Slice

Method = Literal["EE", "DL", "REML", "PM"]
Interval = Literal["wald", "t", "hksj", "hksj-adhoc"]


class Pool(Slice):
    """One pool: an outcome, where it is looked for, and in whom.

    `settings` empty means every setting. `phenotype` restricts to numbers computed in that level
    or to trials that enrolled only it. `scopes` widens or narrows the case's contrast rule (a
    sensitivity pool). `measure` overrides the outcome's.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    outcome: str
    label: str
    question: str = ""
    settings: tuple[str, ...] = ()
    phenotype: PhenotypeLevel | None = None
    scopes: tuple[str, ...] = ()
    exclude_trials: tuple[str, ...] = ()
    measure: Literal["", "HR", "OR", "RR", "ROM", "RD", "MD", "PCT"] = ""
    sensitivity_of: str = ""
    note: str = ""


class Complement(Slice):
    """A subgroup's complement, to be derived by subtraction within one trial.

    `stratum` is the printed result in the subgroup; `partition` are printed results whose union
    is the whole trial. `patients` and `patients_total` give the subgroup's share,
    `events` the number of events in it, all for display only.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    trial: str
    outcome: str
    axis: str
    level: str
    complement_level: str
    stratum: str
    partition: tuple[str, ...] = Field(min_length=1)
    correlations: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)
    unknown_shares: tuple[float, ...] = (0.0, 0.05, 0.10)


class NormalPrior(Slice):
    """A normal prior on a log ratio or difference, with the words and source behind it."""

    name: str
    target: Literal["interaction"]
    mean: float = 0.0
    sd: float = Field(gt=0)
    label: str
    source: str


class Plan(Slice):
    """Estimators, pools, complements and priors of a case.

    `factors_examined` is the number of subgroup factors known to have been looked at and
    `factors_swept` other counts for which the Sidak-adjusted P is shown.
    """

    method: Method = "REML"
    ci: Interval = "hksj"
    level: float = Field(default=0.95, gt=0.5, lt=1)
    pools: tuple[Pool, ...] = ()
    complements: tuple[Complement, ...] = ()
    priors: tuple[NormalPrior, ...] = ()
    factors_examined: int = Field(default=1, ge=1)
    factors_swept: tuple[int, ...] = ()
