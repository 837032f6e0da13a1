# Shrinkage of many subgroups by Markov chain Monte Carlo (JAGS), as an oracle for the grid.
# Rscript --vanilla shrinkage_jags.R <this folder>; writes shrinkage_pinned.csv.
library(rjags)
here <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(file.path(here, "subgroups.csv"))
chains <- 4
draws <- c(150000, 600000)  # the horseshoe mixes slowly
thin <- 5
batches <- 50

mcse <- function(x, statistic) {
  parts <- split(x, ceiling(seq_along(x) / (length(x) / batches)))
  sd(sapply(parts, statistic)) / sqrt(batches)
}

likelihood <- "
  for (i in 1:k) { y[i] ~ dnorm(effect[i], 1 / pow(s[i], 2)); effect[i] <- mu + theta[i] }"
centre <- list(known = "mu <- 0", normal = "mu ~ dnorm(0, 1 / pow(0.2, 2))")
# theta = tau * lambda * z: the form in which the chains can reach both 0 and far away
deviations <- list(
  "normal-normal" = "
    for (i in 1:k) { z[i] ~ dnorm(0, 1); theta[i] <- tau * z[i] }
    tau ~ dnorm(0, 1 / pow(0.354, 2)) T(0,)",
  horseshoe = "
    for (i in 1:k) { z[i] ~ dnorm(0, 1); lambda[i] ~ dt(0, 1, 1) T(0,)
                     theta[i] <- tau * lambda[i] * z[i] }
    tau ~ dt(0, 1 / pow(0.1, 2), 1) T(0,)",
  reference = "
    for (i in 1:k) { real[i] ~ dbern(0.2); slab[i] ~ dnorm(0, 1 / pow(0.35, 2))
                     theta[i] <- real[i] * slab[i] }")

run <- function(set, prior, common) {
  data <- rows[rows$set == set, ]
  model <- paste("model {", likelihood, centre[[common]], deviations[[prior]], "}")
  inits <- lapply(seq_len(chains), function(i)
    list(.RNG.name = "base::Mersenne-Twister", .RNG.seed = 20260 + i))
  fit <- jags.model(textConnection(model), list(y = data$yi, s = data$sei, k = nrow(data)),
                    inits, chains, n.adapt = 5000, quiet = TRUE)
  update(fit, 5000, progress.bar = "none")
  length <- draws[1 + (prior == "horseshoe")]
  sample <- coda.samples(fit, "effect", length, thin, progress.bar = "none")
  do.call(rbind, lapply(seq_len(nrow(data)), function(i) {
    x <- unlist(lapply(sample, function(chain) as.numeric(chain[, i])))
    stats <- list(mean = mean, sd = sd, q025 = function(v) quantile(v, 0.025, names = FALSE),
                  q975 = function(v) quantile(v, 0.975, names = FALSE))
    do.call(rbind, lapply(names(stats), function(s)
      data.frame(set = set, prior = prior, common = common, subgroup = data$subgroup[i],
                 statistic = s, value = stats[[s]](x), mcse = mcse(x, stats[[s]]))))
  }))
}

pinned <- rbind(
  run("twelve", "normal-normal", "normal"),
  run("twelve", "horseshoe", "normal"),
  run("twelve", "reference", "normal"),
  run("interactions", "horseshoe", "known"),
  run("interactions", "reference", "known")
)
pinned$value <- signif(pinned$value, 8)
pinned$mcse <- signif(pinned$mcse, 4)
write.csv(pinned, file.path(here, "shrinkage_pinned.csv"), row.names = FALSE, quote = FALSE)
