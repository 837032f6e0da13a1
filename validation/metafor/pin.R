# Reference values of metafor for every metadat set that gives effects and variances.
# Usage, from the repository root:  Rscript validation/metafor/pin.R validation/metafor
suppressMessages({library(metafor); library(metadat)})
out <- commandArgs(trailingOnly = TRUE)[1]
control <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
largest <- 700   # studies; of larger sets metafor inverts matrices for minutes
long <- 170      # studies; sets above it are rounded to 8 digits, to keep the file small

# Sets whose columns have names of their own.
recipes <- list(
  dat.axfors2021 = function(d) escalc("OR", ai = hcq_arm_event, n1i = hcq_arm_total,
    ci = control_arm_event, n2i = control_arm_total, data = d),
  dat.baskerville2012 = function(d) data.frame(yi = d$smd, vi = d$se^2),
  dat.bornmann2007 = function(d) escalc("OR", ai = waward, n1i = wtotal, ci = maward,
    n2i = mtotal, data = d),
  dat.bourassa1996 = function(d) escalc("OR", ai = lh.le, bi = lh.re, ci = rh.le, di = rh.re,
    data = d),
  dat.cannon2006 = function(d) escalc("OR", ai = ep1t, n1i = nt, ci = ep1c, n2i = nc, data = d),
  dat.collins1985a = function(d) escalc("OR", ai = b.xti, n1i = nti, ci = b.xci, n2i = nci,
    data = d),
  dat.collins1985b = function(d) escalc("OR", ai = pre.xti, n1i = pre.nti, ci = pre.xci,
    n2i = pre.nci, data = d),
  dat.curtis1998 = function(d) escalc("ROM", m1i = m2i, sd1i = sd2i, n1i = n2i, m2i = m1i,
    sd2i = sd1i, n2i = n1i, data = d),
  dat.damico2009 = function(d) escalc("RR", ai = xt, n1i = nt, ci = xc, n2i = nc, data = d),
  dat.dorn2007 = function(d) escalc("RR", ai = x.a, n1i = n.a, ci = x.p, n2i = n.p, data = d),
  dat.fine1993 = function(d) escalc("OR", ai = e1i, n1i = nei, ci = c1i, n2i = nci, data = d),
  dat.hart1999 = function(d) escalc("IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = d),
  dat.ishak2007 = function(d) data.frame(yi = d$y1i, vi = d$v1i),
  dat.landenberger2005 = function(d) escalc("OR", ai = n.ctrl.rec, bi = n.ctrl.non,
    ci = n.cbt.rec, di = n.cbt.non, data = d),
  dat.linde2016 = function(d) data.frame(yi = d$lnOR, vi = d$selnOR^2),
  dat.nakagawa2007 = function(d) escalc("ZCOR", ri = Correlation, ni = SampleSize, data = d),
  dat.nielweise2008 = function(d) escalc("IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i,
    data = d),
  dat.pignon2000 = function(d) data.frame(yi = d$OmE / d$V, vi = 1 / d$V),
  dat.bakdash2021 = function(d) data.frame(yi = d$es.z, vi = d$vi.z),
  dat.dagostino1998 = function(d) escalc("SMD", m1i = mt, sd1i = sdt, n1i = tnt, m2i = mc,
    sd2i = sdc, n2i = tnc, data = d),
  dat.franchini2012 = function(d) escalc("MD", m1i = y1, sd1i = sd1, n1i = n1, m2i = y2,
    sd2i = sd2, n2i = n2, data = d),
  dat.frank2008 = function(d) escalc("OR", ai = bc.del.del, bi = bc.ins.ins, ci = ct.del.del,
    di = ct.ins.ins, data = d),
  dat.hartmannboyce2018 = function(d) escalc("OR", ai = x.nrt, n1i = n.nrt, ci = x.ctrl,
    n2i = n.ctrl, data = d),
  dat.kearon1998 = function(d) escalc("PLO", xi = tp, mi = fn, data = d),
  dat.lopez2019 = function(d) data.frame(yi = d$diff, vi = d$se^2),
  dat.stowe2010 = function(d) escalc("MD", m1i = y1, sd1i = sd1, n1i = n1, m2i = y2,
    sd2i = sd2, n2i = n2, data = d),
  dat.white2020 = function(d) escalc("ZCOR", ri = r, ni = n, data = d),
  dat.vanhowe1999 = function(d) escalc("OR", ai = cir.pos, bi = cir.neg, ci = non.pos,
    di = non.neg, data = d),
  dat.viechtbauer2021 = function(d) escalc("OR", ai = xTi, n1i = nTi, ci = xCi, n2i = nCi,
    data = d))

effects <- function(name, d) {
  has <- function(...) all(c(...) %in% names(d))
  try2 <- function(expr) tryCatch(suppressWarnings(expr), error = function(e) NULL)
  found <- NULL
  if (!is.null(recipes[[name]])) found <- try2(recipes[[name]](d))
  else if (has("yi", "vi")) found <- d
  else if (has("yi", "sei")) { found <- d; found$vi <- d$sei^2 }
  else if (has("tpos", "tneg", "cpos", "cneg"))
    found <- try2(escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = d))
  else if (has("ai", "n1i", "ci", "n2i"))
    found <- try2(escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d))
  else if (has("ai", "bi", "ci", "di"))
    found <- try2(escalc("OR", ai = ai, bi = bi, ci = ci, di = di, data = d))
  else if (has("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    found <- try2(escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i,
                         n2i = n2i, data = d))
  else if (has("ri", "ni")) found <- try2(escalc("ZCOR", ri = ri, ni = ni, data = d))
  else if (has("xi", "ni")) found <- try2(escalc("PLO", xi = xi, ni = ni, data = d))
  if (is.null(found)) return(NULL)
  found <- data.frame(yi = as.numeric(found$yi), vi = as.numeric(found$vi))
  found <- found[is.finite(found$yi) & is.finite(found$vi) & found$vi > 0, ]
  if (nrow(found) < 2 || nrow(found) > largest) return(NULL)
  if (nrow(found) > long) found <- signif(found, 8)
  found
}

# Every data frame of metadat, those inside lists under their own name.
frames <- function(name) {
  data(list = name, package = "metadat", envir = environment())
  set <- get(name)
  if (is.data.frame(set)) return(setNames(list(set), name))
  set <- Filter(is.data.frame, set)
  setNames(set, paste(name, names(set), sep = "."))
}

number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 16, format = "g", width = 1))
options(warn = -1)
inputs <- list(); pinned <- list(); missing <- list()
items <- sort(data(package = "metadat")$results[, "Item"])
sets <- do.call(c, lapply(items, frames))
for (name in names(sets)) {
  d <- effects(name, sets[[name]])
  if (is.null(d)) next
  inputs[[name]] <- data.frame(set = name, yi = number(d$yi), vi = number(d$vi))
  for (method in c("EE", "DL", "REML", "PM", "HE", "HS", "SJ", "ML", "EB")) {
    tests <- switch(method, REML = c("z", "t", "knha", "adhoc"), EE = , DL = , PM = c("z", "knha"),
                    "knha")
    for (test in tests) {
      fit <- tryCatch(suppressWarnings(rma(yi, vi, data = d, method = method, test = test,
                                           control = control)), error = function(e) NULL)
      if (is.null(fit)) { missing[[length(missing) + 1]] <- paste(name, method, test); next }
      p <- predict(fit)
      pi <- if (method == "EE") c(NA, NA) else c(p$pi.lb, p$pi.ub)
      tau <- if (method != "DL" || test != "z") c(NA, NA) else confint(fit, control = list(
        tau2.max = 1e8 * max(d$vi) + 1e8 * var(d$yi), tol = .Machine$double.eps,
        maxiter = 100000))$random[1, 2:3]
      first <- test == tests[1]
      keep <- function(x) if (first) number(x) else ""
      pinned[[length(pinned) + 1]] <- data.frame(
        set = name, method = method, test = test,
        estimate = number(fit$beta[1]), se = number(fit$se), ci_low = number(fit$ci.lb),
        ci_high = number(fit$ci.ub), p_value = number(fit$pval),
        prediction_low = number(pi[1]), prediction_high = number(pi[2]),
        tau2 = keep(fit$tau2), tau2_se = keep(fit$se.tau2), i2 = keep(fit$I2), h2 = keep(fit$H2),
        q = keep(fit$QE), q_p_value = keep(fit$QEp), loglik = keep(as.numeric(logLik(fit))),
        tau2_low = keep(tau[1]), tau2_high = keep(tau[2]), weight_1 = keep(weights(fit)[1]))
    }
  }
}
write.csv(do.call(rbind, inputs), file.path(out, "inputs.csv"), row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, pinned), file.path(out, "pinned.csv"), row.names = FALSE, quote = FALSE)
cat("sets", length(inputs), "rows", length(pinned), "no fit:", unlist(missing), sep = "\n")
cat(R.version.string, "metafor", as.character(packageVersion("metafor")), "metadat",
    as.character(packageVersion("metadat")), "\n")
