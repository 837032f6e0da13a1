"""Every estimator against R's survival, pinned by validation/survival/survival.R.

Relative to the number, absolute below 1; closed forms to 1e-10, Cox to 1e-8.
"""

from itertools import groupby

import numpy as np
import pytest

from equipoise.synthesis.survival import (
    cox,
    cox_two_arm,
    kaplan_meier,
    log_rank,
    restricted_mean,
    survival_quantile,
)


def value(text):
    return float(text) if text else np.nan


def close(found, wanted, tolerance, where):
    assert found == pytest.approx(wanted, rel=tolerance, abs=tolerance, nan_ok=True), where


def arm_of(data, arm):
    chosen = data["treatment"] == float(arm)
    return data["time"][chosen], data["event"][chosen]


def strata_of(data, row):
    return data["stratum"] if row["stratified"] == "1" else None


def test_curves(sets, pinned):
    rows = pinned("curves.csv")
    assert len(rows) > 400
    for (name, arm, kind), group in groupby(rows, lambda r: (r["set"], r["arm"], r["transform"])):
        curve = kaplan_meier(*arm_of(sets[name], arm), transform=kind)
        wanted = {k: [] for k in ("time", "at_risk", "events", "survival", "se", "low", "high")}
        for row in group:
            for key, column in wanted.items():
                column.append(value(row[key]))
        found = (curve.times, curve.at_risk, curve.events, curve.survival, curve.se)
        for ours, key in zip(found, list(wanted)[:5], strict=True):
            np.testing.assert_allclose(ours, wanted[key], rtol=1e-10, atol=1e-12)
        # at S = 1 R gives no log-log limits; ours are 1 and 1
        certain = curve.survival == 1.0
        for ours, key in ((curve.ci_low, "low"), (curve.ci_high, "high")):
            np.testing.assert_allclose(ours[~certain], np.array(wanted[key])[~certain], rtol=1e-10)
            assert (ours[certain] == 1.0).all()


def test_quantiles(sets, pinned):
    for row in pinned("quantiles.csv"):
        curve = kaplan_meier(*arm_of(sets[row["set"]], row["arm"]), transform=row["transform"])
        found = survival_quantile(curve, float(row["share"]))
        wanted = [value(row[key]) for key in ("time", "low", "high")]
        close(list(found), wanted, 1e-10, row)


def test_restricted_means(sets, pinned):
    for row in pinned("restricted_means.csv"):
        found = restricted_mean(*arm_of(sets[row["set"]], row["arm"]), float(row["horizon"]))
        close(found.estimate, float(row["estimate"]), 1e-10, row)
        close(found.se, float(row["se"]), 1e-10, row)


def test_log_rank(sets, pinned):
    for row in pinned("log_rank.csv"):
        data = sets[row["set"]]
        found = log_rank(
            data["time"],
            data["event"],
            data["treatment"],
            strata=strata_of(data, row),
            rho=float(row["rho"]),
        )
        ours = [*found.observed, *found.expected, found.variance, found.chi2]
        names = ("observed_0", "observed_1", "expected_0", "expected_1", "variance", "chi2")
        for mine, name in zip(ours, names, strict=True):
            close(mine, float(row[name]), 1e-10, (row["set"], row["rho"], name))


def covariates(data, model):
    t, x1, x2 = data["treatment"], data["x1"], data["x2"]
    return t[:, None] if model == "treatment" else np.column_stack([t, x1, x2, t * x2])


def test_cox(sets, pinned):
    coefficients = {}
    for row in pinned("cox_coefficients.csv"):
        key = (row["set"], row["stratified"], row["ties"], row["model"])
        coefficients.setdefault(key, []).append((float(row["estimate"]), float(row["se"])))
    for row in pinned("cox_fits.csv"):
        data = sets[row["set"]]
        found = cox(
            data["time"],
            data["event"],
            covariates(data, row["model"]),
            strata=strata_of(data, row),
            ties=row["ties"],
        )
        key = (row["set"], row["stratified"], row["ties"], row["model"])
        estimate, se = np.array(coefficients[key]).T
        np.testing.assert_allclose(found.coefficients, estimate, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(found.se, se, rtol=1e-8, atol=1e-8)
        for ours, name in (
            (found.loglik_null, "loglik_null"),
            (found.loglik, "loglik"),
            (found.score, "score"),
            (found.lr, "lr"),
            (found.wald, "wald"),
            (found.score_p_value, "score_p"),
            (found.lr_p_value, "lr_p"),
        ):
            close(ours, float(row[name]), 1e-8, (*key, name))
        if row["model"] == "treatment":
            same_numbers(found, data, row)


def same_numbers(fit, data, row):
    """The two-arm kernel gives what the general model gives."""
    quick = cox_two_arm(
        data["time"],
        data["event"],
        data["treatment"],
        strata=strata_of(data, row),
        ties=row["ties"],
    )
    assert quick.log_hazard_ratio == pytest.approx(fit.coefficients[0], rel=1e-11, abs=1e-11)
    assert quick.se == pytest.approx(fit.se[0], rel=1e-11)
    for name in ("loglik_null", "loglik", "score", "lr", "wald", "score_p_value", "lr_p_value"):
        assert getattr(quick, name) == pytest.approx(getattr(fit, name), rel=1e-9), name
