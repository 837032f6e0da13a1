# Reference values for virtual populations: quantiles of (truncated) distributions by base R, and
# weights nearest to equal under a constraint on their mean by raking (package survey).
# Usage, from the repository root:  Rscript validation/mechanism/population/pin.R validation/mechanism/population
suppressMessages(library(survey))
out <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) formatC(x, digits = 16, format = "g", width = 1)

rows <- expand.grid(u = c(1e-9, 0.01, 0.2, 0.5, 0.77, 0.975, 1 - 1e-6),
                    limits = c("none", "low", "high", "both"),
                    distribution = c("lognormal", "normal"), stringsAsFactors = FALSE)
rows$centre <- ifelse(rows$distribution == "lognormal", 68, 95)
rows$spread <- ifelse(rows$distribution == "lognormal", 0.211, 17)
rows$low <- ifelse(rows$limits %in% c("low", "both"), 60, NA)
rows$high <- ifelse(rows$limits %in% c("high", "both"), 120, NA)
rows$value <- mapply(function(u, d, centre, spread, low, high) {
  if (d == "lognormal") {
    p <- function(q) plnorm(q, log(centre), spread); q <- function(p) qlnorm(p, log(centre), spread)
  } else {
    p <- function(q) pnorm(q, centre, spread); q <- function(p) qnorm(p, centre, spread)
  }
  from <- if (is.na(low)) 0 else p(low)
  to <- if (is.na(high)) 1 else p(high)
  q(from + u * (to - from))
}, rows$u, rows$distribution, rows$centre, rows$spread, rows$low, rows$high)
rows$u <- number(rows$u); rows$value <- number(rows$value); rows$limits <- NULL
write.csv(rows, file.path(out, "quantiles.csv"), row.names = FALSE, quote = FALSE, na = "")

set.seed(1)
raked <- do.call(rbind, lapply(c(0.25, 0.32, 0.45, 0.55), function(target) {
  p <- round(rbeta(25, 0.8, 1.4), 6)
  design <- suppressWarnings(svydesign(ids = ~1, data = data.frame(p = p)))
  fitted <- calibrate(design, ~p, c(`(Intercept)` = 25, p = 25 * target), calfun = "raking",
                      epsilon = 1e-13, maxit = 500)
  data.frame(target = target, predicted = p, weight = number(weights(fitted) / 25))
}))
write.csv(raked, file.path(out, "raking.csv"), row.names = FALSE, quote = FALSE)
