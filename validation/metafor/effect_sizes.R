# Effect sizes of metafor's escalc(), one row a study.
# Usage, from the repository root:  Rscript validation/metafor/effect_sizes.R validation/metafor
suppressMessages({library(metafor); library(metadat)})
out <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) formatC(x, digits = 16, format = "g", width = 1)
rows <- list()
keep <- function(measure, d, columns) {
  e <- suppressWarnings(do.call(escalc, c(list(measure = measure), columns, list(data = d))))
  x <- as.data.frame(lapply(columns, function(column) d[[as.character(column)]]))
  names(x) <- paste0("x", seq_along(columns))
  for (extra in setdiff(paste0("x", 1:6), names(x))) x[[extra]] <- NA
  rows[[length(rows) + 1]] <<- data.frame(measure = measure, x, yi = number(e$yi),
                                          vi = number(e$vi))
}
bcg <- dat.bcg
bcg$n1 <- bcg$tpos + bcg$tneg
bcg$n2 <- bcg$cpos + bcg$cneg
sparse <- data.frame(a = c(0, 3, 2, 5), n1 = c(30, 28, 30, 5), c = c(4, 0, 9, 2),
                     n2 = c(31, 27, 9, 11))
for (measure in c("OR", "RR", "RD"))
  keep(measure, bcg, alist(ai = tpos, n1i = n1, ci = cpos, n2i = n2))
for (measure in c("OR", "RR")) keep(measure, sparse, alist(ai = a, n1i = n1, ci = c, n2i = n2))
for (measure in c("MD", "SMD", "ROM"))
  keep(measure, dat.normand1999, alist(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i,
                                       sd2i = sd2i, n2i = n2i))
write.csv(do.call(rbind, rows), file.path(out, "effect_sizes.csv"), row.names = FALSE,
          quote = FALSE, na = "")
