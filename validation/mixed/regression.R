# Reference values of metafor's rma() with moderators, and of clubSandwich for some of them.
# Usage, from the repository root:  Rscript validation/mixed/regression.R validation/mixed
suppressMessages({library(metafor); library(metadat); library(clubSandwich)})
out <- commandArgs(trailingOnly = TRUE)[1]
tight <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
options(warn = -1)

rr <- function(d) escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = d)
sets <- list(
  dat.bcg = list(rr(dat.bcg), ~ ablat + year),
  dat.bangertdrowns2004 = list(dat.bangertdrowns2004, ~ grade + length + wic + feedback),
  dat.raudenbush1985 = list(dat.raudenbush1985, ~ weeks),
  dat.colditz1994 = list(escalc("OR", ai = tpos, bi = tneg, ci = cpos, di = cneg,
                                data = dat.colditz1994), ~ ablat),
  dat.hackshaw1998 = list(dat.hackshaw1998, ~ year),
  dat.konstantopoulos2011 = list(dat.konstantopoulos2011, ~ year),
  dat.molloy2014 = list(escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014),
                        ~ year + quality + meanage),
  dat.mcdaniel1994 = list(escalc("ZCOR", ri = ri, ni = ni, data = dat.mcdaniel1994), ~ ni),
  dat.normand1999 = list(escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i,
                                n2i = n2i, data = dat.normand1999), ~ n1i),
  dat.lau1992 = list(escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.lau1992),
                     ~ year),
  dat.linde2005 = list(escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i,
                              data = dat.linde2005), ~ dosage + duration),
  dat.hine1989 = list(escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i,
                             data = dat.hine1989), ~ n1i),
  dat.assink2016 = list(dat.assink2016, ~ year + deltype),
  dat.begg1989 = list(dat.begg1989, ~ trt),
  dat.bornmann2007 = list(escalc("OR", ai = waward, n1i = wtotal, ci = maward, n2i = mtotal,
                                 data = dat.bornmann2007), ~ year),
  dat.curtis1998 = list(escalc("ROM", m1i = m2i, sd1i = sd2i, n1i = n2i, m2i = m1i, sd2i = sd1i,
                               n2i = n1i, data = dat.curtis1998), ~ time),
  dat.berkey1998 = list(dat.berkey1998, ~ year + outcome),
  dat.white2020 = list(escalc("ZCOR", ri = r, ni = n, data = dat.white2020), ~ year),
  dat.lehmann2018 = list(dat.lehmann2018, ~ Year))

number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 16, format = "g", width = 1))
inputs <- list(); pinned <- list(); missing <- character()
keep <- function(set, method, test, quantity, values)
  pinned[[length(pinned) + 1]] <<- data.frame(set = set, method = method, test = test,
    quantity = quantity, index = seq_along(values) - 1, value = number(as.numeric(values)))

for (name in names(sets)) {
  d <- as.data.frame(sets[[name]][[1]])
  frame <- tryCatch(model.frame(sets[[name]][[2]], d, na.action = na.pass), error = function(e) NULL)
  if (is.null(frame)) { missing <- c(missing, paste(name, "has no such column")); next }
  ok <- complete.cases(frame) & is.finite(d$yi) & is.finite(d$vi) & d$vi > 0
  d <- d[ok, ]
  X <- model.matrix(sets[[name]][[2]], d)
  yi <- as.numeric(d$yi); vi <- as.numeric(d$vi)
  for (j in seq_len(ncol(X) - 1) + 1)
    inputs[[length(inputs) + 1]] <- data.frame(set = name, row = seq_along(yi) - 1,
      yi = number(yi), vi = number(vi), column = j - 2, x = number(X[, j]))
  for (method in c("EE", "REML", "ML", "DL", "HE", "HS", "SJ", "PM", "EB"))
    for (test in if (method %in% c("REML", "EE")) c("z", "t", "knha") else "knha") {
      fit <- tryCatch(rma(yi, vi, mods = X[, -1, drop = FALSE], method = method, test = test,
                          control = tight), error = function(e) NULL)
      if (is.null(fit)) { missing <- c(missing, paste(name, method, test)); next }
      put <- function(q, v) keep(name, method, test, q, v)
      put("estimate", fit$beta); put("se", fit$se); put("ci_low", fit$ci.lb)
      put("ci_high", fit$ci.ub); put("p_value", fit$pval)
      put("qm", fit$QM); put("qm_p_value", fit$QMp)
      p <- predict(fit, newmods = X[1:2, -1, drop = FALSE])
      put("fitted", p$pred); put("fitted_low", p$ci.lb); put("fitted_high", p$ci.ub)
      if (method != "EE") { put("fitted_prediction_low", p$pi.lb) }
      if (test != "knha" && method == "REML") next
      put("q", fit$QE); put("q_p_value", fit$QEp); put("loglik", logLik(fit))
      put("i2", fit$I2); put("h2", fit$H2)
      if (method == "EE") next
      put("tau2", fit$tau2); put("tau2_se", fit$se.tau2); put("r2", fit$R2)
      tau <- confint(fit, control = list(tau2.max = 1e8 * max(vi) + 1e8 * var(yi),
                     tol = .Machine$double.eps, maxiter = 100000))$random[1, 2:3]
      if (method == "REML") { put("tau2_low", tau[1]); put("tau2_high", tau[2]) }
    }
  fit <- tryCatch(rma(yi, vi, mods = X[, -1, drop = FALSE], method = "REML", control = tight),
                  error = function(e) NULL)
  if (is.null(fit)) next
  robust <- coef_test(fit, vcov = "CR2", cluster = factor(seq_along(yi)), test = "Satterthwaite")
  keep(name, "REML", "cr2", "se", robust$SE); keep(name, "REML", "cr2", "df", robust$df)
  keep(name, "REML", "cr2", "p_value", robust$p_Satt)
  wald <- Wald_test(fit, constraints = constrain_zero(2:ncol(X)), vcov = "CR2",
                    cluster = factor(seq_along(yi)), test = "HTZ")
  keep(name, "REML", "cr2", "qm", wald$Fstat); keep(name, "REML", "cr2", "qm_df2", wald$df_denom)
}
write.csv(do.call(rbind, inputs), file.path(out, "regression_inputs.csv"), row.names = FALSE,
          quote = FALSE)
write.csv(do.call(rbind, pinned), file.path(out, "regression_pinned.csv"), row.names = FALSE,
          quote = FALSE)
cat(length(unique(do.call(rbind, inputs)$set)), "sets; no fit:", missing, sep = "\n")
