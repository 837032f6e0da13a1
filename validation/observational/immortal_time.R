# Reference values for equipoise.synthesis.observational: expected rate ratios by numerical
# integration, and the four analyses of one simulated cohort by R's survival.
# Usage: Rscript validation/observational/immortal_time.R validation/observational
folder <- commandArgs(TRUE)[1]
library(survival)
RNGversion("4.2.0")
exact <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
save <- function(rows, name) {
  number <- vapply(rows, is.numeric, TRUE)
  rows[number] <- lapply(rows[number], exact)
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

area <- function(f, from, to) {
  if (to <= from) return(0)
  integrate(f, from, to, rel.tol = 1e-12, abs.tol = 1e-14, subdivisions = 5000)$value
}
# Follow one kind of patient from `from` to `to`: survival by integrating the hazard that each
# density of starting times brings, with no closed form used.
expected <- function(h, mean_delay, p, years, theta, landmark) {
  r <- 1 / mean_delay
  density <- function(u) r * exp(-r * u)
  later <- function(u, to) vapply(u, function(x) area(function(t) exp(-h * theta * (t - x)), x, to), 0)
  on_years <- area(function(u) density(u) * exp(-h * u) * later(u, years), 0, years)
  immortal <- area(function(u) u * density(u) * exp(-h * u), 0, years)
  off_years <- area(function(t) exp(-(h + r) * t), 0, years)
  never <- area(function(t) exp(-h * t), 0, years)
  naive <- (h * theta * on_years / (immortal + on_years)) /
    (((1 - p) * h * never + p * h * off_years) / ((1 - p) * never + p * (off_years - immortal)))
  wait_off <- area(function(t) exp(-(h + r) * t), landmark, years)
  wait_on <- area(function(u) density(u) * exp(-h * u) * later(u, years), landmark, years)
  stay <- area(function(t) exp(-h * t), landmark, years)
  unexposed <- (h * ((1 - p) * stay + p * wait_off) + h * theta * p * wait_on) /
    ((1 - p) * stay + p * wait_off + p * wait_on)
  data.frame(hazard = h, mean_delay = mean_delay, share = p, years, theta, landmark, naive,
             landmark_ratio = h * theta / unexposed,
             started = p * area(function(u) density(u) * exp(-h * u), 0, years))
}
grid <- expand.grid(h = c(0.02, 0.06, 0.3), m = c(0.5, 5, 40), p = c(0.1, 0.5, 0.9),
                    theta = c(0.6, 1, 1.12))
rows <- do.call(rbind, lapply(seq_len(nrow(grid)), function(i)
  with(grid[i, ], expected(h, m, p, 10, theta, 2))))
save(rows, "expected_ratios.csv")

set.seed(21)
n <- 400
would <- rbinom(n, 1, 0.6) == 1
delay <- rexp(n, 1 / 4)
off <- rexp(n, 0.08)
start <- ifelse(would & delay < off & delay < 10, delay, Inf)
death <- ifelse(is.finite(start), start + rexp(n, 0.08 * 1.3), off)
cohort <- data.frame(start = round(start, 6), end = round(pmin(death, 10), 6),
                     died = as.numeric(death <= 10))
save(cohort, "cohort.csv")

cohort$user <- as.numeric(is.finite(cohort$start))
control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
log_hr <- function(formula, data) unname(coef(coxph(formula, data, control = control)))
log_rate <- function(died, years, exposed)
  unname(coef(glm(died ~ exposed + offset(log(years)), poisson, epsilon = 1e-14))[2])
first <- with(cohort, data.frame(from = 0, to = pmin(start, end), died = died * (1 - user), on = 0))
second <- with(cohort[cohort$user == 1, ], data.frame(from = start, to = end, died, on = 1))
split <- rbind(first, second)
here <- cohort[cohort$end > 2, ]
here$on <- as.numeric(here$start <= 2)
results <- data.frame(
  design = c("naive", "time_varying", "landmark"),
  log_rate_ratio = c(
    with(cohort, log_rate(died, end, user)),
    with(split, log_rate(died, to - from, on)),
    with(here, log_rate(died, end - 2, on))),
  log_hazard_ratio = c(
    log_hr(Surv(end, died) ~ user, cohort),
    log_hr(Surv(from, to, died) ~ on, split),
    log_hr(Surv(end - 2, died) ~ on, here)))
save(results, "analyses.csv")
