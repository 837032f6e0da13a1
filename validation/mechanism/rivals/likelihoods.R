# Log likelihoods of window trials by numerical integration, as an oracle.
# Rscript --vanilla likelihoods.R <this folder>; writes likelihoods.csv.
here <- commandArgs(trailingOnly = TRUE)[1]
z95 <- qnorm(0.975)
size <- log(1.2)
change <- 0.6
whole <- function(f, middle, width)
  integrate(f, middle - 12 * width, middle + 12 * width, rel.tol = 1e-12, subdivisions = 2000)$value

ratio <- function(value, low, high, mu)
  dnorm(log(value), mu, (log(high) - log(low)) / (2 * z95))
sign <- function(d, p, mu) pnorm(qnorm(1 - p / 2) * d * mu / size)
still <- function(n, mu) dnorm(0, mu, change / sqrt(n))
over <- function(f, sd) whole(function(b) f(b) * dnorm(b, 0, sd), 0, sd)

study <- function(b)
  ratio(0.9, 0.8, 1.0125, -0.2 + b) * sign(1, 0.01, 0.3 + b) * sign(-1, 0.0001, -0.05 + b) *
    still(20, -0.2 + b)

values <- c(
  ratio = ratio(0.6, 0.45, 0.8, -0.3),
  ratio_single = over(function(b) ratio(0.6, 0.45, 0.8, -0.3 + b), 0.15),
  sign = sign(1, 0.01, 0.1),
  sign_single = over(function(b) sign(1, 0.01, 0.1 + b), 0.15),
  study = over(study, 0.15),
  study_wide = over(study, 0.5),
  prior = whole(function(mu) ratio(0.6, 0.45, 0.8, mu) * dnorm(mu, -0.1, 0.2), -0.1, 0.2)
)
write.csv(data.frame(case = names(values), log_likelihood = sprintf("%.15g", log(values))),
          file.path(here, "likelihoods.csv"), row.names = FALSE, quote = FALSE)
