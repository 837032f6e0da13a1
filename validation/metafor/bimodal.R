# Sets with two maxima of the restricted likelihood: where does metafor stop?
# Usage, from the repository root:  Rscript validation/metafor/bimodal.R validation/metafor
suppressMessages(library(metafor))
out <- commandArgs(trailingOnly = TRUE)[1]
control <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
sets <- read.csv(file.path(out, "bimodal.csv"))
rows <- lapply(split(sets, sets$set), function(d) {
  fit <- rma(yi, vi, data = d, control = control)
  data.frame(set = d$set[1], tau2 = fit$tau2, loglik = as.numeric(logLik(fit)))
})
write.csv(format(do.call(rbind, rows), digits = 15, trim = TRUE),
          file.path(out, "bimodal_pinned.csv"), row.names = FALSE, quote = FALSE)
