# Borrowed controls by base R: mixtures updated with dbeta and integrate, results summed with dbinom;
# means by simulation-free integration with uniroot.
# Rscript validation/design/historical_controls.R validation/design
sink(file.path(commandArgs(trailingOnly = TRUE)[1], "historical_controls.csv"))
cat("case,value\n")
show <- function(case, value) cat(sprintf("%s,%.10g\n", case, value))

w <- c(0.6, 0.4) * 0.8; w <- c(w, 0.2)
a <- c(12, 5, 1); b <- c(28, 6, 1)
n0 <- 20; n1 <- 30; alpha <- 0.025
prior <- function(p) sapply(p, function(q) sum(w * dbeta(q, a, b)))
chance <- function(x0, x1) {
  kernel <- function(p) prior(p) * dbinom(x0, n0, p)
  top <- integrate(function(p) kernel(p) * pbeta(p, 1 + x1, 1 + n1 - x1, lower.tail = FALSE),
                   0, 1, rel.tol = 1e-11, subdivisions = 2000)$value
  top / integrate(kernel, 0, 1, rel.tol = 1e-11, subdivisions = 2000)$value
}
table <- outer(0:n0, 0:n1, Vectorize(chance))
for (pair in list(c(6, 9), c(2, 14), c(15, 20)))
  show(sprintf("chance_%d_%d", pair[1], pair[2]), table[pair[1] + 1, pair[2] + 1])
power <- function(p0, p1)
  sum(outer(dbinom(0:n0, n0, p0), dbinom(0:n1, n1, p1)) * (1 - table <= alpha))
show("type_one_no_drift", power(0.3, 0.3))
show("type_one_drift_up", power(0.4, 0.4))
show("type_one_drift_down", power(0.2, 0.2))
show("power", power(0.3, 0.65))

weights <- c(0.8, 0.2); m <- c(-0.8, -0.8); s <- c(0.15, 2)
s0 <- 0.25; s1 <- 0.2
better <- function(x0, x1) {
  u <- weights * dnorm(x0, m, sqrt(s^2 + s0^2)); u <- u / sum(u)
  v <- 1 / (1 / s^2 + 1 / s0^2)
  sum(u * pnorm((x1 - (m / s^2 + x0 / s0^2) * v) / sqrt(v + s1^2)))
}
show("mean_chance", better(-0.5, -0.1))
critical <- Vectorize(function(x0)
  uniroot(function(x1) better(x0, x1) - (1 - alpha), c(-20, 20), tol = 1e-12)$root)
success <- function(t0, t1)
  integrate(function(x0) dnorm(x0, t0, s0) * pnorm(critical(x0), t1, s1, lower.tail = FALSE),
            t0 - 9 * s0, t0 + 9 * s0, rel.tol = 1e-9, subdivisions = 2000)$value
show("mean_type_one_no_drift", success(-0.8, -0.8))
show("mean_type_one_drift", success(-0.3, -0.3))
show("mean_power", success(-0.8, 0))
