# The log-rank test of R's survival at looks of a simulated trial; see log_rank_looks.md.
# Usage: Rscript validation/design/log_rank_looks.R validation/design
suppressMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(folder, "simulated_trial.csv"))
d$leaves <- d$arrival + d$follow_up

look <- function(events, stratified) {
  calendar <- sort(d$leaves[d$event == 1])[events]
  e <- d[d$arrival < calendar, ]
  e$status <- as.numeric(e$event == 1 & e$leaves <= calendar)
  e$time <- ifelse(e$leaves <= calendar, e$follow_up, calendar - e$arrival)
  formula <- if (stratified) Surv(time, status) ~ treated + strata(stratum)
             else Surv(time, status) ~ treated
  f <- survdiff(formula, data = e)
  total <- function(x) if (stratified) rowSums(x) else x
  data.frame(events, stratified, calendar, score = (total(f$obs) - total(f$exp))[2],
             variance = f$var[2, 2], chisq = f$chisq)
}
rows <- do.call(rbind, lapply(c(10, 20, 35, 50), function(n) rbind(look(n, FALSE), look(n, TRUE))))
rows[, 3:6] <- lapply(rows[, 3:6], function(x) sprintf("%.15g", x))
write.csv(rows, file.path(folder, "log_rank_looks.csv"), row.names = FALSE, quote = FALSE)
