# Reference values of metafor for small-study effects, selection and influence.
# Usage, from the repository root:  Rscript validation/bias/pin.R validation/bias
# Reads the effects and variances that validation/metafor/pin.R wrote.
suppressMessages({library(metafor); library(metadat)})
out <- commandArgs(trailingOnly = TRUE)[1]
control <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
inputs <- read.csv(file.path(out, "..", "metafor", "inputs.csv"))
sets <- split(inputs[c("yi", "vi")], inputs$set)
quiet <- function(expr) tryCatch(suppressWarnings(expr), error = function(e) NULL)
number <- function(x, digits = 14)
  ifelse(is.na(x), "", formatC(as.numeric(x), digits = digits, format = "g", width = 1))
or_na <- function(x) if (is.null(x)) NA else as.numeric(x)
write <- function(rows, name)
  write.csv(do.call(rbind, rows), file.path(out, name), row.names = FALSE, quote = FALSE)
fit <- function(d, method = "REML", test = "z")
  quiet(rma(yi, vi, data = d, method = method, test = test, control = control))

# Regression tests and the rank test ---------------------------------------------------------
tests <- list(); ranks <- list()
for (name in names(sets)) {
  d <- sets[[name]]
  for (model in c("lm", "REML", "EE", "ML", "DL")) for (predictor in c("sei", "vi")) {
    object <- fit(d, if (model == "lm") "EE" else model)
    if (is.null(object)) next
    x <- quiet(regtest(object, model = if (model == "lm") "lm" else "rma",
                       predictor = predictor, ret.fit = TRUE))
    if (is.null(x)) next
    tests[[length(tests) + 1]] <- data.frame(set = name, model = model, predictor = predictor,
      statistic = number(x$zval), df = number(or_na(x$dfs)[1]), p_value = number(x$pval),
      limit = number(or_na(x$est)), limit_low = number(or_na(x$ci.lb)),
      limit_high = number(or_na(x$ci.ub)),
      tau2 = if (model == "lm") "" else number(x$fit$tau2))
  }
  x <- quiet(ranktest(d$yi, vi = d$vi))
  if (!is.null(x)) ranks[[length(ranks) + 1]] <- data.frame(set = name,
    tau = number(x$tau), p_value = number(x$pval))
}
write(tests, "regression_tests.csv"); write(ranks, "rank_tests.csv")

# Peters and Harbord, written out with lm ----------------------------------------------------
tables <- list(
  dat.bcg = with(dat.bcg, data.frame(a = tpos, b = tneg, c = cpos, d = cneg)),
  dat.egger2001 = with(dat.egger2001, data.frame(a = ai, b = n1i - ai, c = ci, d = n2i - ci)),
  dat.lau1992 = with(dat.lau1992, data.frame(a = ai, b = n1i - ai, c = ci, d = n2i - ci)),
  dat.li2007 = with(dat.li2007, data.frame(a = ai, b = n1i - ai, c = ci, d = n2i - ci)),
  dat.hine1989 = with(dat.hine1989, data.frame(a = ai, b = n1i - ai, c = ci, d = n2i - ci)),
  dat.yusuf1985 = with(subset(dat.yusuf1985, ai + ci > 0),
                       data.frame(a = ai, b = n1i - ai, c = ci, d = n2i - ci)))
cells <- list(); counts <- list()
for (name in names(tables)) {
  t <- na.omit(tables[[name]])
  t[] <- lapply(t, as.numeric)   # products of margins do not fit into integers
  cells[[name]] <- data.frame(set = name, t)
  n <- rowSums(t); zero <- apply(t == 0, 1, any)
  u <- t + 0.5 * zero
  y <- log(u$a * u$d / (u$b * u$c))
  w <- 1 / (1 / (t$a + t$c) + 1 / (t$b + t$d))
  keep <- t$a + t$c > 0 & t$b + t$d > 0
  m <- lm(y ~ I(1 / n), weights = w, subset = keep)
  s <- summary(m)$coefficients; ci <- confint(m)
  counts[[length(counts) + 1]] <- data.frame(set = name, test = "peters",
    slope = number(s[2, 1]), statistic = number(s[2, 3]), df = m$df.residual,
    p_value = number(s[2, 4]), limit = number(s[1, 1]), limit_low = number(ci[1, 1]),
    limit_high = number(ci[1, 2]))
  z <- t$a - (t$a + t$b) * (t$a + t$c) / n
  v <- (t$a + t$b) * (t$c + t$d) * (t$a + t$c) * (t$b + t$d) / (n^2 * (n - 1))
  m <- lm(I(z / v) ~ I(1 / sqrt(v)), weights = v, subset = keep)
  s <- summary(m)$coefficients; ci <- confint(m)
  counts[[length(counts) + 1]] <- data.frame(set = name, test = "harbord",
    slope = number(s[2, 1]), statistic = number(s[2, 3]), df = m$df.residual,
    p_value = number(s[2, 4]), limit = number(s[1, 1]), limit_low = number(ci[1, 1]),
    limit_high = number(ci[1, 2]))
}
write(cells, "tables.csv"); write(counts, "count_tests.csv")

# Trim and fill ------------------------------------------------------------------------------
filled <- list()
for (name in names(sets)) for (method in c("EE", "REML", "DL"))
  for (estimator in c("L0", "R0")) for (side in c("", "left", "right")) {
    object <- fit(sets[[name]], method)
    if (is.null(object)) next
    x <- quiet(if (side == "") trimfill(object, estimator = estimator, control = control)
               else trimfill(object, estimator = estimator, side = side, control = control))
    if (is.null(x)) next
    new <- x$yi[x$fill]
    filled[[length(filled) + 1]] <- data.frame(set = name, method = method,
      estimator = estimator, side = side, chosen = x$side, k0 = x$k0, k0_se = number(x$se.k0),
      p_value = number(or_na(x$p.k0)), estimate = number(x$beta), se = number(x$se),
      tau2 = number(x$tau2), q = number(x$QE), filled_sum = number(sum(new)))
  }
write(filled, "trim_and_fill.csv")

# Influence, leaving one out, cumulative -------------------------------------------------------
infl <- list(); left <- list(); grown <- list()
for (name in names(sets)) {
  d <- sets[[name]]
  if (nrow(d) > 40) next
  for (method in c("EE", "REML")) {
    object <- fit(d, method)
    if (is.null(object)) next
    x <- quiet(influence(object))
    if (!is.null(x)) infl[[length(infl) + 1]] <- data.frame(set = name, method = method,
      study = seq_len(nrow(d)), rstudent = number(x$inf$rstudent, 12),
      dffits = number(x$inf$dffits, 12), cooks_distance = number(x$inf$cook.d, 12),
      covariance_ratio = number(x$inf$cov.r, 12), tau2_left_out = number(x$inf$tau2.del, 12),
      q_left_out = number(x$inf$QE.del, 12), hat = number(x$inf$hat, 12),
      weight = number(x$inf$weight, 12), dfbetas = number(x$dfbs[[1]], 12),
      influential = number(x$is.infl))
    for (test in c("z", "knha")) {
      object <- fit(d, method, test)
      x <- quiet(leave1out(object))
      if (!is.null(x)) left[[length(left) + 1]] <- data.frame(set = name, method = method,
        test = test, study = seq_len(nrow(d)), estimate = number(x$estimate, 12),
        se = number(x$se, 12), p_value = number(x$pval, 12), ci_low = number(x$ci.lb, 12),
        ci_high = number(x$ci.ub, 12), q = number(x$Q, 12), q_p_value = number(x$Qp, 12),
        tau2 = number(or_na(x$tau2), 12), i2 = number(x$I2, 12))
    }
    if (nrow(d) > 25) next
    x <- quiet(cumul(fit(d, method), order = d$vi))
    if (!is.null(x)) grown[[length(grown) + 1]] <- data.frame(set = name, method = method,
      step = seq_len(nrow(d)), estimate = number(x$estimate, 12), se = number(x$se, 12),
      p_value = number(x$pval, 12), q = number(x$Q, 12), tau2 = number(or_na(x$tau2), 12),
      i2 = number(x$I2, 12))
  }
}
write(infl, "influence.csv"); write(left, "leave_one_out.csv"); write(grown, "cumulative.csv")

# Every subset ----------------------------------------------------------------------------------
subsets <- list()
for (name in c("dat.cannon2006", "dat.hine1989", "dat.gibson2002")) for (method in c("EE", "REML")) {
  x <- quiet(gosh(fit(sets[[name]], method), progbar = FALSE))
  code <- as.vector(x$incl %*% 2^(seq_len(ncol(x$incl)) - 1))
  subsets[[length(subsets) + 1]] <- data.frame(set = name, method = method, subset = code,
    estimate = number(x$res$estimate, 12), q = number(x$res$QE, 12),
    i2 = number(x$res$I2, 12), tau2 = number(x$res$tau2, 12))
}
write(subsets, "subsets.csv")
cat(R.version.string, "metafor", as.character(packageVersion("metafor")), "metadat",
    as.character(packageVersion("metadat")), "\n")
