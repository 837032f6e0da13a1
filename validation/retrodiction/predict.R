# Predictions and scores of validation/retrodiction/inputs.csv by numerical integration.
# Usage: Rscript predict.R FOLDER. Base R only.
#
# The model: rest ~ N(mu, .), stratum ~ N(mu + d, .), mu ~ N(0, 0.2^2), d = 0 with probability
# 0.8, else N(0, 0.35^2). Given d everything is normal; d is integrated over with integrate().

folder <- commandArgs(trailingOnly = TRUE)[1]
x <- read.csv(file.path(folder, "inputs.csv"))
tau <- exp(0.5 * -3.71)
z <- qnorm(0.975)
fine <- function(f, lower, upper) {
  cuts <- seq(lower, upper, length.out = 41)
  sum(mapply(function(a, b) integrate(f, a, b, rel.tol = 1e-12)$value, cuts[-41], cuts[-1]))
}

one <- function(row) {
  b <- log(row$stratum)
  v <- ((log(row$stratum_high) - log(row$stratum_low)) / (2 * z))^2
  later <- log(row$later)
  lv <- ((log(row$later_high) - log(row$later_low)) / (2 * z))^2
  has_rest <- !is.na(row$rest)
  # mu after the rest of the trial
  if (has_rest) {
    rest <- log(row$rest)
    rv <- ((log(row$rest_high) - log(row$rest_low)) / (2 * z))^2
    mv <- 1 / (1 / 0.2^2 + 1 / rv)
    mm <- mv * rest / rv
  } else {
    mv <- 0.2^2
    mm <- 0
  }
  # given d: mu + d | b is normal
  given <- function(d) {
    share <- mv / (mv + v)
    list(mean = mm + d + share * (b - mm - d), var = mv * v / (mv + v))
  }
  like <- function(d) dnorm(b, mm + d, sqrt(mv + v))
  slab <- function(d) 0.2 * dnorm(d, 0, 0.35) * like(d)
  total <- 0.8 * like(0) + fine(slab, -4, 4)
  moment <- function(power) {
    g <- function(d) {
      k <- given(d)
      if (power == 1) k$mean else k$mean^2 + k$var
    }
    (0.8 * like(0) * g(0) + fine(function(d) slab(d) * g(d), -4, 4)) / total
  }
  m <- moment(1)
  s2 <- moment(2) - m^2
  sd <- sqrt(s2 + tau^2 + lv)
  density <- function(d) { k <- given(d); dnorm(later, k$mean, sqrt(k$var + tau^2 + lv)) }
  mixture <- (0.8 * like(0) * density(0) + fine(function(d) slab(d) * density(d), -4, 4)) / total
  rows <- list(c("equipoise", m, sd, dnorm(later, m, sd, log = TRUE), log(mixture)))
  naive <- function(rule, mean, var) {
    s <- sqrt(var + lv)
    score <- dnorm(later, mean, s, log = TRUE)
    c(rule, mean, s, score, score)
  }
  rows <- c(rows, list(naive("subgroup", b, v), naive("third", 2 * b / 3, 4 * v / 9)))
  if (has_rest) {
    wv <- 1 / (1 / v + 1 / rv)
    rows <- c(rows, list(naive("whole", wv * (b / v + rest / rv), wv)))
  }
  out <- as.data.frame(do.call(rbind, rows))
  names(out) <- c("rule", "mean", "sd", "log_score", "mixture_log_score")
  out[-1] <- lapply(out[-1], function(c) formatC(as.numeric(c), digits = 15, format = "g"))
  cbind(id = row$id, out)
}

predicted <- do.call(rbind, lapply(seq_len(nrow(x)), function(i) one(x[i, ])))
write.csv(predicted, file.path(folder, "predicted.csv"), row.names = FALSE, quote = FALSE)

grid <- expand.grid(n = c(1, 2, 3, 7, 20, 100), share = c(0, 0.3, 0.5, 1))
grid$count <- round(grid$n * grid$share)
ends <- t(mapply(function(k, n) suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int),
                 grid$count, grid$n))
shares <- data.frame(count = grid$count, n = grid$n,
                     low = formatC(ends[, 1], digits = 15, format = "g"),
                     high = formatC(ends[, 2], digits = 15, format = "g"))
write.csv(shares, file.path(folder, "shares.csv"), row.names = FALSE, quote = FALSE)
