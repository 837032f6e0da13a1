# Reference values of metafor for step-function selection models; takes about eight minutes.
# Usage, from the repository root:  Rscript validation/bias/selection.R validation/bias
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

# Selection models ---------------------------------------------------------------------------
selected <- list()
steps <- list(c(0.025, 1), c(0.025, 0.5, 1), c(0.025, 0.1, 0.5, 1))
for (name in names(sets)) for (cut in steps)
  for (alternative in c("greater", "less", "two.sided")) {
    if (nrow(sets[[name]]) > 200) next   # minutes each, and nothing new
    object <- fit(sets[[name]], "ML")
    if (is.null(object)) next
    x <- quiet(selmodel(object, type = "stepfun", steps = cut, alternative = alternative,
                        control = list(reltol = 1e-15, rel.tol = 1e-15, eval.max = 5000,
                                       iter.max = 5000)))
    if (is.null(x)) next
    selected[[length(selected) + 1]] <- data.frame(set = name,
      steps = paste(cut, collapse = " "), alternative = alternative,
      estimate = number(x$beta), se = number(x$se), tau2 = number(x$tau2),
      tau2_se = number(or_na(x$se.tau2)), weights = paste(number(x$delta), collapse = " "),
      weights_se = paste(number(x$se.delta[-1]), collapse = " "),
      loglik = number(logLik(x)), lrt = number(x$LRT), lrt_p = number(x$LRTp),
      tau2_lrt = number(or_na(x$LRT.tau2)), tau2_lrt_p = number(or_na(x$LRTp.tau2)))
  }
write(selected, "selection.csv")

# Selection weights given in advance (Vevea and Woods 2005) -----------------------------------
given <- data.frame(
  steps = c(0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995, 1),
  moderate_one = c(1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50,
                   0.50),
  severe_one = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10),
  moderate_two = c(1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1),
  severe_two = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1))
fixed <- list()
for (name in c("dat.cohen1981", "dat.hackshaw1998", "dat.bcg")) for (column in names(given)[-1]) {
  object <- fit(sets[[name]], "ML")
  x <- quiet(selmodel(object, type = "stepfun", steps = given$steps, delta = given[[column]],
                      control = list(reltol = 1e-15, rel.tol = 1e-15)))
  if (is.null(x)) next
  fixed[[length(fixed) + 1]] <- data.frame(set = name, weights = column,
    estimate = number(x$beta), se = number(x$se), tau2 = number(x$tau2),
    tau2_se = number(or_na(x$se.tau2)), loglik = number(logLik(x)))
}
write(fixed, "selection_given.csv")
write.csv(given, file.path(out, "selection_weights.csv"), row.names = FALSE, quote = FALSE)
