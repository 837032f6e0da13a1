# Absolute benefit of one patient by adaptive integration (probabilities) and Simpson's rule (moments).
# Rscript --vanilla benefit.R FOLDER   writes benefit.csv from cases.csv and components.csv
folder <- commandArgs(trailingOnly = TRUE)[1]
cases <- read.csv(file.path(folder, "cases.csv"), check.names = FALSE)
parts <- read.csv(file.path(folder, "components.csv"), check.names = FALSE)
tight <- function(f, low, high) {
  integrate(f, low, high, rel.tol = 1e-10, abs.tol = 1e-14, subdivisions = 2000)$value
}
over <- function(f, mean, sd) {
  if (sd == 0) return(f(mean))
  g <- function(z) sapply(z, function(one) f(mean + sd * one)) * dnorm(z)
  tight(g, -8.5, 0) + tight(g, 0, 8.5)
}
nodes <- function(m, half = 80) {
  z <- seq(-8, 8, length.out = 2 * half + 1)
  w <- c(1, rep(c(4, 2), half - 1), 4, 1) * (z[2] - z[1]) / 3 * dnorm(z)
  at <- lapply(seq_len(nrow(m)), function(i) if (m$sd[i] > 0) m$mean[i] + m$sd[i] * z else m$mean[i])
  weight <- lapply(seq_len(nrow(m)), function(i) m$weight[i] * (if (m$sd[i] > 0) w else 1))
  list(at = unlist(at), weight = unlist(weight))
}
gain <- function(x, theta, case) {
  p0 <- plogis(x)
  p1 <- if (case$measure == "HR") 1 - (1 - p0)^exp(theta) else plogis(x + theta)
  if (case$better == "lower") p0 - p1 else p1 - p0
}
sums <- function(a, b) {
  grid <- expand.grid(i = seq_len(nrow(a)), j = seq_len(nrow(b)))
  data.frame(weight = a$weight[grid$i] * b$weight[grid$j], mean = a$mean[grid$i] + b$mean[grid$j],
             sd = sqrt(a$sd[grid$i]^2 + b$sd[grid$j]^2))
}
above <- function(limit, case, whole) {
  over(function(x) {
    p0 <- plogis(x)
    p1 <- if (case$better == "lower") p0 - limit else p0 + limit
    if (p1 <= 0) t <- -Inf
    else if (p1 >= 1) t <- Inf
    else t <- if (case$measure == "HR") log(log(1 - p1) / log(1 - p0)) else qlogis(p1) - x
    below <- sum(whole$weight * pnorm(t, whole$mean, whole$sd))
    if (case$better == "lower") below else 1 - below
  }, qlogis(case$risk), case$sd)
}
updated <- function(m, y, se) {
  w <- m$weight * dnorm(y, m$mean, sqrt(m$sd^2 + se^2))
  v <- ifelse(m$sd > 0, 1 / (1 / m$sd^2 + 1 / se^2), 0)
  mean <- ifelse(m$sd > 0, v * (m$mean / m$sd^2 + y / se^2), m$mean)
  data.frame(weight = w / sum(w), mean = mean, sd = sqrt(v))
}
rows <- list()
for (k in seq_len(nrow(cases))) {
  case <- cases[k, ]
  effect <- parts[parts$case == case$case & parts$part == "effect", ]
  modifier <- parts[parts$case == case$case & parts$part == "modifier", ]
  whole <- sums(effect, modifier)
  x0 <- qlogis(case$risk)
  q <- function(p) uniroot(function(b) 1 - above(b, case, whole) - p, c(-0.99, 0.99), tol = 1e-12)$root
  nx <- nodes(data.frame(weight = 1, mean = x0, sd = case$sd))
  nt <- nodes(effect)
  ng <- nodes(modifier)
  first <- matrix(0, length(nx$at), length(nt$at))
  squared <- numeric(length(nx$at))
  for (i in seq_along(nx$at)) {
    gains <- gain(nx$at[i], outer(nt$at, ng$at, "+"), case)
    first[i, ] <- gains %*% ng$weight
    squared[i] <- sum(nt$weight * (gains^2 %*% ng$weight))
  }
  given_x <- as.vector(first %*% nt$weight)
  mean <- sum(nx$weight * given_x)
  baseline <- sum(nx$weight * (given_x - mean)^2)
  second <- sum(nx$weight * (first^2 %*% nt$weight))
  square_of_x <- sum(nx$weight * given_x^2)
  square <- sum(nx$weight * squared)
  flip <- uniroot(function(y) above(case$worthwhile, case, updated(whole, y, case$further_se)) - 0.5,
                  c(-4, 4), tol = 1e-12)$root
  rows[[k]] <- data.frame(
    case = case$case, mean = mean, any = above(0, case, whole),
    worthwhile = above(case$worthwhile, case, whole), low = q(0.025), median = q(0.5), high = q(0.975),
    baseline = baseline, effect = second - square_of_x, modifier = square - second, flip = flip)
}
out <- do.call(rbind, rows)
numbers <- sapply(out, is.numeric)
out[numbers] <- lapply(out[numbers], function(x) format(x, digits = 12, trim = TRUE))
write.csv(out, file.path(folder, "benefit.csv"), row.names = FALSE, quote = FALSE)
