# Four posteriors by Markov chain Monte Carlo (JAGS), as an oracle for the grid.
# Rscript --vanilla jags.R <this folder>; writes pinned.csv. About two minutes on one core.
library(rjags)
here <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(file.path(here, "inputs.csv"))
chains <- 4
draws <- 200000
thin <- 5
batches <- 50

# Monte Carlo standard error of any statistic: its spread over batches of the chains
mcse <- function(x, statistic) {
  parts <- split(x, ceiling(seq_along(x) / (length(x) / batches)))
  sd(sapply(parts, statistic)) / sqrt(batches)
}

run <- function(label, model, data, monitor, start) {
  inits <- lapply(seq_len(chains), function(i)
    c(start, list(.RNG.name = "base::Mersenne-Twister", .RNG.seed = 20240 + i)))
  fit <- jags.model(textConnection(model), data, inits, chains, n.adapt = 5000, quiet = TRUE)
  update(fit, 5000, progress.bar = "none")
  sample <- coda.samples(fit, monitor, draws, thin, progress.bar = "none")
  do.call(rbind, lapply(monitor, function(name) {
    x <- unlist(lapply(sample, function(chain) as.numeric(chain[, name])))
    stats <- list(mean = mean, sd = sd, q025 = function(v) quantile(v, 0.025, names = FALSE),
                  q50 = function(v) quantile(v, 0.5, names = FALSE),
                  q975 = function(v) quantile(v, 0.975, names = FALSE),
                  below_0 = function(v) mean(v < 0))
    do.call(rbind, lapply(names(stats), function(s)
      data.frame(posterior = label, effect = name, statistic = s,
                 value = stats[[s]](x), mcse = mcse(x, stats[[s]]))))
  }))
}

pooled <- rows[rows$set == "pooled", ]
data <- list(y = pooled$yi, v = pooled$vi, k = nrow(pooled))
likelihood <- "
  for (i in 1:k) { y[i] ~ dnorm(theta[i], 1 / v[i]); theta[i] ~ dnorm(mu, 1 / pow(tau, 2)) }
  mu ~ dnorm(0, 1 / 4)
  new ~ dnorm(mu, 1 / pow(tau, 2))
  first <- theta[1]
"
half_normal <- paste("model {", likelihood, "tau ~ dnorm(0, 1 / 0.25) T(0,) }")
turner <- paste("model {", likelihood, "log_tau2 ~ dnorm(-2.14, 1 / pow(1.74, 2))
  tau <- exp(log_tau2 / 2) }")

strata <- rows[rows$set == "strata", ]
spike_and_slab <- "model {
  bn ~ dnorm(negative, 1 / vn)
  bp ~ dnorm(positive, 1 / vp)
  positive <- negative + difference
  negative ~ dnorm(0, 1 / pow(0.2, 2))
  slab ~ dnorm(0, 1 / pow(0.35, 2))
  real ~ dbern(0.2)
  difference <- real * slab
}"

modified <- rows[rows$set == "modified", ]
two <- "model {
  for (i in 1:k) {
    y[i] ~ dnorm(theta[trial[i]] + x[i] * d[trial[i]], 1 / v[i])
  }
  for (j in 1:trials) {
    theta[j] ~ dnorm(mu, 1 / pow(tau, 2))
    d[j] ~ dnorm(difference, 1 / pow(tau_d, 2))
  }
  mu ~ dnorm(0, 1)
  difference ~ dnorm(0, 1)
  tau ~ dnorm(0, 1 / 0.25) T(0,)
  tau_d ~ dnorm(0, 1 / 0.09) T(0,)
  new_mu ~ dnorm(mu, 1 / pow(tau, 2))
  new_d ~ dnorm(difference, 1 / pow(tau_d, 2))
  positive_new <- new_mu + 0.8 * new_d
}"

pinned <- rbind(
  run("half-normal", half_normal, data, c("mu", "new", "first", "tau"), list(tau = 0.5)),
  run("turner", turner, data, c("mu", "new", "first", "tau"), list(log_tau2 = -1)),
  run("spike and slab", spike_and_slab,
      list(bn = strata$yi[1], vn = strata$vi[1], bp = strata$yi[2], vp = strata$vi[2]),
      c("negative", "positive", "difference", "real"), list(real = 1, slab = -0.3)),
  run("two variances", two,
      list(y = modified$yi, v = modified$vi, x = modified$x, trial = modified$trial,
           k = nrow(modified), trials = max(modified$trial)),
      c("mu", "difference", "positive_new"), list(tau = 0.3, tau_d = 0.2))
)
pinned$value <- signif(pinned$value, 8)
pinned$mcse <- signif(pinned$mcse, 4)
write.csv(pinned, file.path(here, "pinned.csv"), row.names = FALSE, quote = FALSE)
