# Reference values for equipoise.design.sizes, from R's rpact.
# Usage: Rscript validation/rpact/sizes.R validation/rpact
folder <- commandArgs(TRUE)[1]
suppressMessages(library(rpact))

exact <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
joined <- function(x) paste(exact(x), collapse = " ")
write <- function(rows, name) {
  write.csv(do.call(rbind, rows), file.path(folder, name), row.names = FALSE, quote = FALSE,
            na = "")
}
title <- c(schoenfeld = "Schoenfeld", freedman = "Freedman")

# Events, and power of 200 events
events <- list()
for (method in names(title)) for (hr in c(0.4, 0.64, 0.75, 0.80, 0.85, 1.3, 2))
  for (sided in 1:2) for (r in c(1, 2, 0.5)) {
    alpha <- if (sided == 1) 0.01 else 0.05
    power <- if (sided == 1) 0.9 else 0.8
    size <- getSampleSizeSurvival(sided = sided, alpha = alpha, beta = 1 - power,
                                  hazardRatio = hr, lambda2 = 0.02, accrualTime = c(0, 24),
                                  followUpTime = 24, allocationRatioPlanned = r,
                                  typeOfComputation = title[[method]])
    given <- list(sided = sided, alpha = alpha, hazardRatio = hr, lambda2 = 0.02,
                  accrualTime = c(0, 24), maxNumberOfEvents = 200, maxNumberOfSubjects = 1000,
                  allocationRatioPlanned = r, typeOfComputation = title[[method]])
    if (sided == 1) given$directionUpper <- hr > 1
    reached <- do.call(getPowerSurvival, given)
    events[[length(events) + 1]] <- data.frame(
      method, hr, sided, alpha, power, allocation = r, events = exact(size$eventsFixed),
      power200 = exact(reached$overallReject))
  }
write(events, "sizes_events.csv")

# Events by calendar time, the time of a number of events, and patients for a time
shapes <- list(
  constant = list(accrual = c(0, 24), rates = 30, starts = 0, lambda = 0.02, hr = 0.8, drop = c(0, 0), r = 1),
  lost = list(accrual = c(0, 24), rates = 30, starts = 0, lambda = 0.02, hr = 0.7, drop = c(0.1, 0.05), r = 2),
  periods = list(accrual = c(0, 6, 18, 24), rates = c(5, 10, 20), starts = c(0, 6, 12),
                 lambda = c(0.01, 0.03, 0.02), hr = 0.7, drop = c(0.05, 0.1), r = 2),
  rare = list(accrual = c(0, 36), rates = 60, starts = c(0, 24), lambda = c(1e-5, 2e-5), hr = 0.5,
              drop = c(0, 0), r = 1))
forecast <- list()
for (shape in names(shapes)) {
  s <- shapes[[shape]]
  at <- c(3, 10, 24, 30, 60, 120)
  shared <- list(accrualTime = s$accrual, accrualIntensity = s$rates,
                 allocationRatioPlanned = s$r, hazardRatio = s$hr, lambda2 = s$lambda,
                 dropoutRate1 = s$drop[1], dropoutRate2 = s$drop[2], dropoutTime = 12)
  if (length(s$starts) > 1) shared$piecewiseSurvivalTime <- s$starts
  p <- do.call(getEventProbabilities, c(list(time = at), shared))
  n <- getNumberOfSubjects(time = at, accrualTime = s$accrual, accrualIntensity = s$rates)
  base <- data.frame(shape, accrual = joined(s$accrual), rates = joined(s$rates),
                     starts = joined(s$starts), hazard = joined(s$lambda), hr = s$hr,
                     dropout_treatment = exact(-log(1 - s$drop[1]) / 12),
                     dropout_control = exact(-log(1 - s$drop[2]) / 12), allocation = s$r)
  for (i in seq_along(at))
    forecast[[length(forecast) + 1]] <- cbind(
      base, quantity = "probability", at = at[i], patients = exact(n$numberOfSubjects[i]),
      value = exact(p$cumulativeEventProbabilities[i]),
      treatment = exact(p$eventProbabilities1[i]), control = exact(p$eventProbabilities2[i]))
  if (shape != "rare") {
    total <- p$maxNumberOfSubjects
    d <- round(total * c(0.15, 0.4))
    for (want in d) {
      reached <- do.call(getPowerSurvival, c(list(sided = 1, alpha = 0.025, maxNumberOfEvents = want,
                                                  directionUpper = FALSE), shared))
      forecast[[length(forecast) + 1]] <- cbind(
        base, quantity = "months", at = want, patients = "",
        value = exact(as.numeric(reached$analysisTime)), treatment = "", control = "")
    }
  }
  if (length(s$rates) == 1 && shape != "rare") {
    shared$accrualIntensity <- NULL
    size <- do.call(getSampleSizeSurvival, c(list(sided = 1, alpha = 0.025, beta = 0.2,
                                                  followUpTime = 24), shared))
    forecast[[length(forecast) + 1]] <- cbind(
      base, quantity = "patients", at = exact(size$eventsFixed), patients = "",
      value = exact(size$nFixed), treatment = "", control = "")
  }
}
write(forecast, "sizes_forecast.csv")

# Rates: two arms by the normal approximation, one arm exactly
rates <- list()
for (pair in list(c(0.5, 0.35), c(0.2, 0.3), c(0.05, 0.01), c(0.9, 0.95), c(0.45, 0.6)))
  for (sided in 1:2) for (r in c(1, 2, 0.4)) {
    alpha <- if (sided == 1) 0.025 else 0.1
    size <- getSampleSizeRates(sided = sided, alpha = alpha, beta = 0.2, pi1 = pair[1],
                               pi2 = pair[2], allocationRatioPlanned = r)
    given <- list(sided = sided, alpha = alpha, pi1 = pair[1], pi2 = pair[2],
                  maxNumberOfSubjects = 140, allocationRatioPlanned = r)
    if (sided == 1) given$directionUpper <- pair[1] > pair[2]
    reached <- do.call(getPowerRates, given)
    rates[[length(rates) + 1]] <- data.frame(
      groups = 2, treatment = pair[1], control = pair[2], sided, alpha, allocation = r,
      n = exact(size$nFixed), power140 = exact(reached$overallReject))
  }
for (pair in list(c(0.5, 0.3), c(0.15, 0.3), c(0.95, 0.8), c(0.25, 0.1)))
  for (approximate in c(TRUE, FALSE)) {
    size <- getSampleSizeRates(groups = 1, thetaH0 = pair[2], pi1 = pair[1], sided = 1,
                               alpha = 0.025, beta = 0.2, normalApproximation = approximate)
    rates[[length(rates) + 1]] <- data.frame(
      groups = if (approximate) 1 else 0, treatment = pair[1], control = pair[2], sided = 1,
      alpha = 0.025, allocation = 1, n = exact(size$nFixed), power140 = "")
  }
write(rates, "sizes_rates.csv")

# Means: z and t tests, two arms and one
means <- list()
for (groups in 1:2) for (normal in c(TRUE, FALSE)) for (effect in c(0.2, 0.5, 1.6))
  for (sided in 1:2) for (r in if (groups == 2) c(1, 2, 0.4) else 1) {
    alpha <- if (sided == 1) 0.025 else 0.1
    given <- list(groups = groups, normalApproximation = normal, sided = sided, alpha = alpha,
                  alternative = effect, stDev = 1.2)
    if (groups == 2) given$allocationRatioPlanned <- r
    size <- do.call(getSampleSizeMeans, c(list(beta = 0.2), given))
    reached <- do.call(getPowerMeans, c(list(maxNumberOfSubjects = 30), given))
    means[[length(means) + 1]] <- data.frame(
      groups, normal = as.integer(normal), effect, sd = 1.2, sided, alpha, allocation = r,
      n = exact(size$nFixed), power30 = exact(reached$overallReject))
  }
write(means, "sizes_means.csv")

# Two rates exactly, from R's own distributions: every table, its one-sided p-value of Fisher's
# test, and for Boschloo's test the largest cut-off whose size (grid of 501 rates) keeps the level
exact_rows <- list()
for (arms in list(c(12, 15), c(30, 30), c(25, 50))) for (pair in list(c(0.7, 0.35), c(0.35, 0.1)))
  for (alpha in c(0.025, 0.05)) {
    n0 <- arms[1]; n1 <- arms[2]
    p <- outer(0:n0, 0:n1, function(a, b) phyper(b - 1, n1, n0, a + b, lower.tail = FALSE))
    table_chance <- function(p0, p1) outer(dbinom(0:n0, n0, p0), dbinom(0:n1, n1, p1))
    rates <- (0:500) / 500
    size <- function(cut) {
      least <- apply(p <= cut * (1 + 1e-10), 1, function(row) n1 + 1 - sum(row))
      max(sapply(rates, function(q) sum(dbinom(0:n0, n0, q) *
                                          pbinom(least - 1, n1, q, lower.tail = FALSE))))
    }
    cuts <- sort(unique(signif(c(p), 12)))
    kept <- cuts[cuts < 3 * alpha]
    cut <- max(kept[sapply(kept, size) <= alpha])
    power <- function(cut) sum(table_chance(pair[2], pair[1])[p <= cut * (1 + 1e-10)])
    exact_rows[[length(exact_rows) + 1]] <- data.frame(
      n0, n1, treatment = pair[1], control = pair[2], alpha, fisher = exact(power(alpha)),
      boschloo = exact(power(cut)), fisher_size = exact(size(alpha)), boschloo_size = exact(size(cut)))
  }
write(exact_rows, "sizes_exact.csv")
