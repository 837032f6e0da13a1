# Mantel-Haenszel and Peto of metafor on every metadat set that holds pairs of arms with counts.
# Usage, from the repository root:  Rscript validation/counts/stratified.R validation/counts
suppressMessages({library(metafor); library(metadat)})
out <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) if (is.null(x) || is.na(x)) NA else formatC(x, digits = 16, format = "g",
                                                                 width = 1)

# Sets whose columns have names of their own, as a, n1, c, n2.
columns <- list(
  dat.axfors2021 = c("hcq_arm_event", "hcq_arm_total", "control_arm_event", "control_arm_total"),
  dat.bornmann2007 = c("waward", "wtotal", "maward", "mtotal"),
  dat.cannon2006 = c("ep1t", "nt", "ep1c", "nc"),
  dat.collins1985a = c("b.xti", "nti", "b.xci", "nci"),
  dat.collins1985b = c("pre.xti", "pre.nti", "pre.xci", "pre.nci"),
  dat.dagostino1998 = c("xt", "nt", "xc", "nc"),
  dat.damico2009 = c("xt", "nt", "xc", "nc"),
  dat.dorn2007 = c("x.a", "n.a", "x.p", "n.p"),
  dat.fine1993 = c("e1i", "nei", "c1i", "nci"),
  dat.hartmannboyce2018 = c("x.nrt", "n.nrt", "x.ctrl", "n.ctrl"),
  dat.linde2015 = c("resp1", "n1", "resp2", "n2"),
  dat.viechtbauer2021 = c("xTi", "nTi", "xCi", "nCi"))
# The same with non-events printed, as a, b, c, d.
tables <- list(
  dat.bourassa1996 = c("lh.le", "lh.re", "rh.le", "rh.re"),
  dat.landenberger2005 = c("n.cbt.rec", "n.cbt.non", "n.ctrl.rec", "n.ctrl.non"),
  dat.vanhowe1999 = c("cir.pos", "cir.neg", "non.pos", "non.neg"))
# Sets with one row an arm: study, treatment, events, patients. Each study gives its first
# treatment against its last.
arms <- list(
  dat.baker2009 = c("id", "treatment", "exac", "total"),
  dat.dogliotti2014 = c("id", "treatment", "stroke", "total"),
  dat.dong2013 = c("id", "treatment", "death", "randomized"),
  dat.gurusamy2011 = c("study", "treatment", "death", "n"),
  dat.hasselblad1998 = c("study", "trt", "xi", "ni"),
  dat.pagliaro1992 = c("study", "trt", "xi", "ni"),
  dat.woods2010 = c("author", "treatment", "r", "N"))

frame <- function(a, b, c, d) {
  x <- data.frame(a = as.numeric(a), b = as.numeric(b), c = as.numeric(c), d = as.numeric(d))
  x <- x[complete.cases(x), ]
  x[x$a >= 0 & x$b >= 0 & x$c >= 0 & x$d >= 0 & x$a + x$b > 0 & x$c + x$d > 0, ]
}
from_arms <- function(d, n) {
  rows <- lapply(split(d, factor(d[[n[1]]], levels = unique(d[[n[1]]]))), function(s) {
    if (nrow(s) < 2) return(NULL)
    first <- s[1, ]; last <- s[nrow(s), ]
    data.frame(a = first[[n[3]]], n1 = first[[n[4]]], c = last[[n[3]]], n2 = last[[n[4]]])
  })
  x <- do.call(rbind, rows)
  frame(x$a, x$n1 - x$a, x$c, x$n2 - x$c)
}
counts_of <- function(name, d) {
  has <- function(...) all(c(...) %in% names(d))
  if (!is.null(columns[[name]])) {
    n <- columns[[name]]
    return(frame(d[[n[1]]], d[[n[2]]] - d[[n[1]]], d[[n[3]]], d[[n[4]]] - d[[n[3]]]))
  }
  if (!is.null(tables[[name]])) {
    n <- tables[[name]]
    return(frame(d[[n[1]]], d[[n[2]]], d[[n[3]]], d[[n[4]]]))
  }
  if (!is.null(arms[[name]])) return(from_arms(d, arms[[name]]))
  if (has("tpos", "tneg", "cpos", "cneg")) return(frame(d$tpos, d$tneg, d$cpos, d$cneg))
  if (has("ai", "n1i", "ci", "n2i")) return(frame(d$ai, d$n1i - d$ai, d$ci, d$n2i - d$ci))
  if (has("ai", "bi", "ci", "di")) return(frame(d$ai, d$bi, d$ci, d$di))
  NULL
}

# Sets made up to be awkward: arms without events, double zeros, everybody with the event.
sets <- list(
  made.sparse = data.frame(a = c(0, 3, 2, 0, 5), b = c(30, 25, 28, 20, 20), c = c(4, 0, 9, 0, 7),
                           d = c(27, 27, 0, 25, 18)),
  made.rare = data.frame(a = c(1, 0, 0, 2, 0, 0, 1, 0), b = c(99, 120, 80, 198, 50, 60, 149, 75),
                         c = c(2, 1, 0, 3, 1, 0, 0, 2), d = c(98, 59, 80, 97, 99, 61, 150, 73)),
  made.unequal = data.frame(a = c(3, 40, 1, 12), b = c(7, 960, 399, 8), c = c(30, 5, 2, 90),
                            d = c(970, 95, 18, 310)))
for (name in data(package = "metadat")$results[, "Item"]) {
  d <- get(name)
  if (!is.data.frame(d)) next
  if (name == "dat.yusuf1985") {   # many tables of trials in one set
    for (table in unique(d$table)) {
      part <- d[d$table == table, ]
      x <- frame(part$ai, part$n1i - part$ai, part$ci, part$n2i - part$ci)
      if (nrow(x) > 1) sets[[paste0(name, "_", table)]] <- x
    }
    next
  }
  x <- counts_of(name, d)
  if (!is.null(x) && nrow(x) > 0) sets[[name]] <- x
}

rows <- list()
for (name in names(sets)) {
  x <- sets[[name]]
  for (measure in c("OR", "RR", "RD", "PETO")) {
    for (correct in if (measure == "OR") c(TRUE, FALSE) else TRUE) {
      f <- suppressWarnings(tryCatch(
        if (measure == "PETO") rma.peto(ai = a, bi = b, ci = c, di = d, data = x)
        else rma.mh(ai = a, bi = b, ci = c, di = d, data = x, measure = measure,
                    correct = correct), error = function(e) NULL))
      if (is.null(f)) next
      rows[[length(rows) + 1]] <- data.frame(
        set = name, measure = measure, correct = correct, estimate = number(f$beta[1]),
        se = number(f$se), ci_low = number(f$ci.lb), ci_high = number(f$ci.ub),
        p_value = number(f$pval), q = number(f$QE), q_p_value = number(f$QEp),
        cmh = number(f$MH), cmh_p_value = number(f$MHp), breslow_day = number(f$BD),
        breslow_day_p_value = number(f$BDp), tarone = number(f$TA),
        tarone_p_value = number(f$TAp))
    }
  }
}
write.csv(do.call(rbind, rows), file.path(out, "stratified.csv"), row.names = FALSE,
          quote = FALSE, na = "")
all <- do.call(rbind, lapply(names(sets), function(n) data.frame(set = n, sets[[n]])))
write.csv(all, file.path(out, "counts.csv"), row.names = FALSE, quote = FALSE)
