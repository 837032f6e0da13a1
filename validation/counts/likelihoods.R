# Log-likelihoods of the binomial-normal models by plain adaptive integration, at given values of
# the parameters. Nothing here knows of quadrature nodes, of peaks or of equipoise.
# Usage, from the repository root:  Rscript validation/counts/likelihoods.R validation/counts
out <- commandArgs(trailingOnly = TRUE)[1]
all <- read.csv(file.path(out, "counts.csv"))
sets <- c("dat.nielweise2007", "dat.hine1989", "made.sparse", "made.unequal")
points <- list(c(-0.5, 0.1), c(-1.3, 0.8), c(0.4, 2.5))          # mu, tau
bases <- list(c(-3, 0.7), c(-1, 2))                              # gamma, sigma
whole <- function(f) {   # the real line, in pieces, so that no narrow peak is missed
  ends <- seq(-9, 9, by = 1)
  sum(mapply(function(l, u) integrate(f, l, u, rel.tol = 1e-9, abs.tol = 1e-15,
                                      subdivisions = 500, stop.on.error = FALSE)$value, head(ends, -1), tail(ends, -1)))
}
arms <- function(t, alpha, theta)
  exp(dbinom(t$a, t$a + t$b, plogis(alpha + theta / 2), log = TRUE) +
      dbinom(t$c, t$c + t$d, plogis(alpha - theta / 2), log = TRUE))
conditional <- function(t, theta) {   # noncentral hypergeometric, sum of everything
  m <- t$a + t$c; n1 <- t$a + t$b; n2 <- t$c + t$d
  j <- max(0, m - n2):min(n1, m)
  logs <- lchoose(n1, j) + lchoose(n2, m - j)
  sapply(theta, function(th) {
    w <- logs + j * th
    exp(w[j == t$a] - max(w)) / sum(exp(w - max(w)))
  })
}
fixed <- function(t, mu, tau) {   # best intercept of one trial
  f <- function(alpha) log(whole(function(z) arms(t, alpha, mu + tau * z) * dnorm(z)))
  g <- optimize(f, c(-15, 15), maximum = TRUE, tol = 1e-9)
  g$objective
}
random <- function(t, mu, tau, gamma, sigma)
  log(whole(function(z1) sapply(z1, function(one)
    whole(function(z) arms(t, gamma + sigma * one, mu + tau * z) * dnorm(z)) * dnorm(one))))
rows <- list()
for (name in sets) {
  x <- all[all$set == name, ]
  x <- x[x$a + x$c > 0 & x$b + x$d > 0, ]
  each <- function(f) sum(sapply(seq_len(nrow(x)), function(i) f(x[i, ])))
  for (p in points) {
    keep <- function(model, gamma, sigma, value)
      rows[[length(rows) + 1]] <<- data.frame(
        set = name, model = model, gamma = gamma, sigma = sigma, mu = p[1], tau = p[2],
        loglik = formatC(value, digits = 13, format = "g", width = 1))
    keep("conditional-exact", NA, NA, each(function(t)
      log(whole(function(z) conditional(t, p[1] + p[2] * z) * dnorm(z)))))
    keep("unconditional-fixed", NA, NA, each(function(t) fixed(t, p[1], p[2])))
    if (name != "dat.nielweise2007") for (b in bases)
      keep("unconditional-random", b[1], b[2],
           each(function(t) random(t, p[1], p[2], b[1], b[2])))
  }
}
write.csv(do.call(rbind, rows), file.path(out, "likelihoods.csv"), row.names = FALSE,
          quote = FALSE, na = "")
