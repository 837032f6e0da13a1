"""Numbers of metafor, glm, lm and survival, pinned by validation/subgroups/interactions.R."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis.subgroups import interaction, missing_phenotype, one_stage, two_stage

FOLDER = Path(__file__).parents[3] / "validation" / "subgroups"
CLOSED, ITERATIVE, MULTIVARIATE = 1e-10, 1e-7, 1e-5


def rows(name):
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


PINNED = defaultdict(dict)
for row in rows("pinned.csv"):
    PINNED[row["case"]][row["name"]] = float(row["value"])


def agree(case, tolerance, **found):
    assert found
    for name, value in found.items():
        expected = PINNED[case][name]
        assert value == pytest.approx(expected, rel=tolerance, abs=tolerance), (case, name)


def column(table, name, kind=float):
    return [kind(r[name]) for r in table]


def hospital():
    y, v, trial, stratum = [], [], [], []
    for r in rows("hospital.csv"):
        n0, e0, n1, e1 = (int(r[x]) for x in ("n0", "e0", "n1", "e1"))
        if n0 == 0 or n1 == 0 or e0 + e1 == 0:
            continue
        cells = np.array([e1, n1 - e1, e0, n0 - e0], dtype=float)
        cells += 0.5 * (cells == 0.0).any()
        y.append(np.log(cells[0] * cells[3] / cells[1] / cells[2]))
        v.append((1.0 / cells).sum())
        trial.append(r["trial"])
        stratum.append(r["stratum"])
    return y, v, trial, stratum


@pytest.mark.parametrize("method", ["EE", "REML"])
def test_two_strata(method):
    found = interaction(*hospital(), method=method, ci="wald")
    tolerance = CLOSED if method == "EE" else ITERATIVE
    w = found.within
    agree(f"hospital deft {method}", tolerance, estimate=w.estimate, se=w.se, tau2=w.tau2, q=w.q)
    no, yes = found.deluded.pooled
    agree(
        f"hospital deluded {method}",
        tolerance,
        no=no.estimate,
        no_se=no.se,
        yes=yes.estimate,
        yes_se=yes.se,
    )
    agree("hospital trial intercepts", CLOSED, gamma=interaction(*hospital()).within.estimate)


def test_published_effects_in_each_stratum():
    """10.1001/jama.2021.11330: odds ratio 1.06 (0.85-1.33) without, 0.77 (0.68-0.87) with.

    The publication pools each stratum. The counts are those of the metafloat example; Godolphin
    and others 2023 (10.1002/jrsm.1590) analyse them as here.
    """
    found = interaction(*hospital(), method="EE", ci="wald")
    without, with_it = found.deluded.pooled
    for effect, expected in ((without, (1.06, 0.85, 1.33)), (with_it, (0.77, 0.68, 0.87))):
        limits = (effect.estimate, effect.ci_low, effect.ci_high)
        assert tuple(round(math.exp(x), 2) for x in limits) == expected
    assert found.one_stratum == ("ARCHITECTS", "BACC-Bay", "ImmCoVA")


def test_common_effect_floating_effects():
    found = interaction(*hospital()).floating_common
    (no, yes), (no_se, yes_se) = found.estimates, found.se
    agree("hospital floating EE", CLOSED, no=no, yes=yes, no_se=no_se, yes_se=yes_se)


@pytest.mark.parametrize("method", ["EE", "REML", "ML"])
def test_three_strata(method):
    table = rows("three_levels.csv")
    found = interaction(
        column(table, "yi"),
        column(table, "vi"),
        column(table, "trial", str),
        column(table, "stratum", str),
        levels=["low", "mid", "high"],
        method=method,
        ci="wald",
    )
    mid, high, joint, V = *found.contrasts, found.joint_statistic, found.covariance
    agree(
        f"three levels {method}",
        CLOSED if method == "EE" else MULTIVARIATE,
        mid=mid.estimate,
        high=high.estimate,
        mid_se=mid.se,
        high_se=high.se,
        cov=V[0, 1],
        tau2=mid.tau2,
        joint=joint,
    )
    if method != "EE":
        agree(f"three levels {method}", 1e-8, loglik=mid.loglik)


def phenotype(**options):
    table = rows("phenotype.csv")
    return missing_phenotype(
        column(table, "yi"),
        column(table, "vi"),
        column(table, "trial", str),
        column(table, "stratum", str),
        share=column(table, "share"),
        **options,
    )


@pytest.mark.parametrize("method", ["REML", "ML", "EE"])
def test_missing_phenotype_at_one_stroke(method):
    fit = phenotype(d_from="all", method=method, movement=False)
    values = {
        "theta": fit.theta.estimate,
        "d": fit.d.estimate,
        "theta_se": fit.theta.se,
        "d_se": fit.d.se,
    }
    if method == "EE":
        agree("phenotype all EE", CLOSED, **values)
        return
    values |= {"cov": fit.covariance[0, 1], "tau2": fit.tau2, "tau_d2": fit.tau_d2}
    agree(f"phenotype all {method}", MULTIVARIATE, **values)
    agree(f"phenotype all {method}", 1e-8, loglik=fit.loglik)


def test_missing_phenotype_stage_by_stage():
    fit = phenotype(movement=False)
    agree(
        "phenotype within REML",
        ITERATIVE,
        theta=fit.theta.estimate,
        d=fit.d.estimate,
        theta_se=fit.theta.se,
        d_se=fit.d.se,
        cov=fit.covariance[0, 1],
        tau2=fit.tau2,
        tau_d2=fit.tau_d2,
    )


def patients(family):
    table = rows("patients.csv")
    head = [column(table, "trial", str), column(table, "treatment"), column(table, "x")]
    if family == "cox":
        return head, {"time": column(table, "time"), "event": column(table, "event")}
    return head, {"outcome": column(table, "binary" if family == "logistic" else "number")}


def test_one_stage_logistic():
    head, outcome = patients("logistic")
    found = one_stage(*head, **outcome, family="logistic")
    own = one_stage(*head, **outcome, family="logistic", effect="trial")
    agree(
        "patients logistic",
        ITERATIVE,
        within=found.within.estimate,
        within_se=found.within.se,
        across=found.across.estimate,
        across_se=found.across.se,
        amalgamated=found.amalgamated.estimate,
        amalgamated_se=found.amalgamated.se,
        treatment=found.treatment.estimate,
        loglik=found.loglik,
        own=own.within.estimate,
        own_se=own.within.se,
    )


def test_one_stage_cox():
    head, outcome = patients("cox")
    found = one_stage(*head, **outcome, family="cox")
    agree(
        "patients cox",
        ITERATIVE,
        within=found.within.estimate,
        within_se=found.within.se,
        across=found.across.estimate,
        across_se=found.across.se,
        loglik=found.loglik,
    )


@pytest.mark.parametrize("family", ["logistic", "linear", "cox"])
def test_two_stage(family):
    head, outcome = patients(family)
    found = two_stage(*head, **outcome, family=family).within
    common = two_stage(*head, **outcome, family=family, method="EE", ci="wald").within
    agree(
        f"two-stage {family}",
        ITERATIVE,
        estimate=found.estimate,
        se=found.se,
        tau2=found.tau2,
        common=common.estimate,
        common_se=common.se,
    )
