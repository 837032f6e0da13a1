# Binomial-normal models of metafor (by lme4, and by numerical integration) on the sets of
# counts.csv, which stratified.R writes.
# Usage, from the repository root:  Rscript validation/counts/glmm.R validation/counts
suppressMessages(library(metafor))
out <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) if (is.null(x) || is.na(x)) NA else formatC(x, digits = 16, format = "g",
                                                                 width = 1)
all <- read.csv(file.path(out, "counts.csv"))
sets <- split(all, factor(all$set, levels = unique(all$set)))
largest <- 41   # trials; larger sets take lme4 most of a minute each
# By default lme4 stops up to 3e-3 short of the maximum in tau2.
tight <- list(glmerCtrl = list(optimizer = "bobyqa", tolPwrss = 1e-12,
                               optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
# The conditional model takes metafor minutes on most sets, and fails on many; these it fits
# within a minute each.
exact <- c("dat.nielweise2007", "dat.lee2004", "dat.hahn2001", "dat.collins1985b",
           "dat.laopaiboon2015", "made.unequal")
rows <- list()
for (model in c("UM.FS", "UM.RS", "CM.EL")) for (name in names(sets)) {
  x <- sets[[name]]
  if (nrow(x) > largest || (model == "CM.EL" && !(name %in% exact))) next
  for (method in if (model == "CM.EL") "ML" else c("ML", "EE")) {
    fit <- function(control) tryCatch(suppressWarnings(rma.glmm(
      ai = a, bi = b, ci = c, di = d, data = x, measure = "OR", model = model, method = method,
      nAGQ = if (model == "UM.FS") 21 else 1, control = control)), error = function(e) NULL)
    f <- fit(if (model == "CM.EL") list() else tight)
    if (is.null(f) && model != "CM.EL") f <- fit(list())   # tight control fails on a few
    if (is.null(f)) next
    rows[[length(rows) + 1]] <- data.frame(
      set = name, model = model, method = method, estimate = number(f$beta[1]),
      se = number(f$se), ci_low = number(f$ci.lb), ci_high = number(f$ci.ub),
      p_value = number(f$pval), tau2 = number(f$tau2), sigma2 = number(f$sigma2),
      loglik = number(as.numeric(logLik(f))), q = number(f$QE.LRT))
  }
}
write.csv(do.call(rbind, rows), file.path(out, "glmm.csv"), row.names = FALSE, quote = FALSE,
          na = "")
