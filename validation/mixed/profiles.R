# Profile-likelihood intervals of metafor's confint() for rma.mv() fits.
# Usage, from the repository root:  Rscript validation/mixed/profiles.R validation/mixed
suppressMessages({library(metafor); library(metadat)})
out <- commandArgs(trailingOnly = TRUE)[1]
options(warn = -1)
number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 16, format = "g", width = 1))
pinned <- list()
put <- function(model, fit) {
  ends <- confint(fit, control = list(tol = 1e-9))
  parts <- lapply(ends[sapply(ends, is.list)], `[[`, "random")
  pinned[[model]] <<- data.frame(model = model, index = seq_along(parts) - 1,
    low = sapply(parts, function(r) number(r[1, 2])),
    high = sapply(parts, function(r) number(r[1, 3])))
}
put("konstantopoulos", rma.mv(yi, vi, random = ~ 1 | district / school,
                              data = dat.konstantopoulos2011))
put("assink", rma.mv(yi, vi, random = ~ 1 | study / esid, data = dat.assink2016))
V <- vcalc(vi = 1, cluster = author, rvars = c(v1i, v2i), data = dat.berkey1998)
put("berkey_UN", rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "UN",
                        data = dat.berkey1998))
put("berkey_HCS", rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "HCS",
                         data = dat.berkey1998))
put("berkey_CS", rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "CS",
                        data = dat.berkey1998))
write.csv(do.call(rbind, pinned), file.path(out, "profiles_pinned.csv"), row.names = FALSE,
          quote = FALSE)
