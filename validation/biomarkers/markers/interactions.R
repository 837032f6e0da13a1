# Interaction of arm and marker on three scales by regression, and P values adjusted by p.adjust.
# Rscript --vanilla interactions.R <this folder>; writes interactions_pinned.csv, adjusted_pinned.csv.
here <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(file.path(here, "interactions.csv"))
out <- NULL
for (pair in unique(rows$pair)) {
  one <- rows[rows$pair == pair, ]
  long <- rbind(
    data.frame(level = one$level, arm = 1, y = one$events_treatment, n = one$n_treatment),
    data.frame(level = one$level, arm = 0, y = one$events_control, n = one$n_control))
  for (link in c("logit", "log", "identity")) {
    # a saturated model: start near its own solution, or the log and identity links run off
    g <- if (link == "log") log else if (link == "logit") qlogis else identity
    e <- g(long$y / long$n)[order(long$arm, long$level)]
    start <- 0.999 * c(e[1], e[2] - e[1], e[3] - e[1], e[4] - e[3] - e[2] + e[1])
    fit <- glm(cbind(y, n - y) ~ level * arm, binomial(link), long, start = start,
               control = list(epsilon = 1e-14, maxit = 200))
    got <- summary(fit)$coefficients["level:arm", ]
    out <- rbind(out, data.frame(pair = pair, link = link, estimate = got[1], se = got[2],
                                 p = got[4]))
  }
}
out[, 3:5] <- signif(out[, 3:5], 10)
write.csv(out, file.path(here, "interactions_pinned.csv"), row.names = FALSE, quote = FALSE)
p <- c(0.001, 0.02, 0.021, 0.5, 0.04, 0.9, 0.02, 1)
adjusted <- data.frame(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
write.csv(adjusted, file.path(here, "adjusted_pinned.csv"), row.names = FALSE, quote = FALSE)
