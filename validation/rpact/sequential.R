# Reference values for equipoise.design.sequential, from R's rpact.
# Usage: Rscript validation/rpact/sequential.R validation/rpact
folder <- commandArgs(TRUE)[1]
suppressMessages(library(rpact))

exact <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
joined <- function(x) paste(exact(x), collapse = " ")
designs <- list()
values <- list()
keep <- function(case, quantity, value) {
  value <- as.numeric(value)
  values[[length(values) + 1]] <<- data.frame(case, quantity, look = seq_along(value),
                                              value = exact(value))
}

thirds <- c(1, 2, 3) / 3
uneven <- c(0.15, 0.4, 0.55, 1)
design <- function(case, type, rates, alpha = 0.025, sided = 1, parameter = NA, beta = 0.2,
                   futility = NULL, beta_type = "none", beta_parameter = NA, binding = FALSE,
                   user = NULL) {
  given <- list(typeOfDesign = type, informationRates = rates, alpha = alpha, sided = sided,
                beta = beta, typeBetaSpending = beta_type)
  if (type == "WT") given$deltaWT <- parameter
  if (type %in% c("asKD", "asHSD")) given$gammaA <- parameter
  if (type == "HP") given$constantBoundsHP <- parameter
  if (beta_type %in% c("bsKD", "bsHSD")) given$gammaB <- beta_parameter
  if (!is.null(futility)) given$futilityBounds <- futility
  if (!is.null(user)) given$userAlphaSpending <- user
  if (!is.null(futility) || beta_type != "none") given$bindingFutility <- binding
  d <- do.call(getDesignGroupSequential, given)
  designs[[length(designs) + 1]] <<- data.frame(
    case, type, t = joined(rates), alpha = exact(alpha), sided, parameter = exact(parameter),
    beta = exact(beta), futility = joined(futility), beta_type,
    beta_parameter = exact(beta_parameter), binding = as.integer(binding), user = joined(user))
  keep(case, "upper", d$criticalValues)
  keep(case, "alpha_spent", d$alphaSpent)
  keep(case, "stage_level", d$stageLevels)
  if (beta_type != "none") {
    keep(case, "lower", d$futilityBounds)
    keep(case, "beta_spent", d$betaSpent)
  }
  f <- getDesignCharacteristics(d)
  keep(case, "inflation", f$inflationFactor)
  keep(case, "shift", f$shift)
  keep(case, "reject_per_look", f$rejectionProbabilities)
  if (length(rates) > 1) {
    keep(case, "asn_h1", f$averageSampleNumber1)
    keep(case, "asn_half", f$averageSampleNumber01)
    keep(case, "asn_h0", f$averageSampleNumber0)
    if (!is.null(futility) || beta_type != "none") keep(case, "futile", f$futilityProbabilities)
  }
  theta <- c(-0.3, 0, 0.1, 0.25, 0.5)
  p <- getPowerAndAverageSampleNumber(d, theta, nMax = 100)
  keep(case, "power_at_theta", p$calculatedPower)
  keep(case, "n_at_theta", p$averageSampleNumber)
  invisible(d)
}

design("of3", "OF", thirds)
design("of5-two", "OF", (1:5) / 5, alpha = 0.05, sided = 2)
design("of-uneven", "OF", uneven)
design("p3", "P", thirds)
design("p5-two", "P", (1:5) / 5, alpha = 0.05, sided = 2)
design("p-uneven", "P", uneven, alpha = 0.05)
design("wt-quarter", "WT", (1:4) / 4, parameter = 0.25)
design("wt-uneven-two", "WT", uneven, alpha = 0.1, sided = 2, parameter = 0.1)
design("hp4", "HP", (1:4) / 4, parameter = 3)
design("hp-two", "HP", uneven, alpha = 0.05, sided = 2, parameter = 3.3)
as_of <- design("asof3", "asOF", thirds)
design("asof-two", "asOF", uneven, alpha = 0.05, sided = 2)
design("asof-early", "asOF", c(0.1, 0.5, 1), alpha = 0.01)
design("asp4", "asP", uneven)
design("ashsd-4", "asHSD", (1:5) / 5, parameter = -4)
design("ashsd2", "asHSD", uneven, parameter = 2)
design("askd3", "asKD", (1:5) / 5, parameter = 3)
design("askd-half-two", "asKD", uneven, alpha = 0.05, sided = 2, parameter = 0.5)
design("user", "asUser", uneven, user = c(0.001, 0.004, 0.01, 0.025))
design("fixed", "asOF", 1)
design("of-futile", "OF", thirds, futility = c(-0.5, 0.5))
design("of-futile-binding", "OF", thirds, futility = c(-0.5, 0.5), binding = TRUE)
design("asof-futile-binding", "asOF", uneven, futility = c(0, 0.3, 0.8), binding = TRUE)
design("asp-futile", "asP", uneven, futility = c(-1, 0, 0.4))
design("bsof", "asOF", thirds, beta_type = "bsOF")
design("bsof-binding", "asOF", thirds, beta_type = "bsOF", binding = TRUE)
design("bsp", "asP", (1:4) / 4, beta_type = "bsP", beta = 0.1)
design("bshsd-binding", "asHSD", uneven, parameter = -3, beta_type = "bsHSD",
       beta_parameter = -2, beta = 0.1, binding = TRUE)
design("bskd", "asKD", (1:5) / 5, parameter = 2, beta_type = "bsKD", beta_parameter = 3)

# One sample of known standard deviation 1, so that the statistic is the mean times root n.
interim <- list()
analysis <- function(case, d, sizes, means, planned, theta) {
  data <- getDataset(overallSampleSizes = cumsum(sizes), overallMeans = cumsum(sizes * means) / cumsum(sizes),
                     overallStDevs = rep(1, length(sizes)))
  s <- getStageResults(d, data, normalApproximation = TRUE)
  k <- length(sizes)
  overall <- cumsum(sizes * means) / cumsum(sizes)
  interim[[length(interim) + 1]] <<- data.frame(
    case, sizes = joined(sizes), z = joined(overall * sqrt(cumsum(sizes))), planned = joined(planned),
    theta = exact(theta))
  r <- getRepeatedConfidenceIntervals(d, data, normalApproximation = TRUE)
  keep(case, "rci_low", r[1, 1:k])
  keep(case, "rci_high", r[2, 1:k])
  keep(case, "repeated_p", getRepeatedPValues(s)[1:k])
  p <- getFinalPValue(s)
  if (!is.na(p$finalStage)) {
    keep(case, "final_p", p$pFinal)
    f <- getFinalConfidenceInterval(d, data, normalApproximation = TRUE)
    keep(case, "final_ci", f$finalConfidenceInterval)
    keep(case, "median_unbiased", f$medianUnbiased)
  }
  if (length(planned) > 0) {
    cp <- getConditionalPower(s, nPlanned = planned, thetaH1 = theta, assumedStDev = 1)
    keep(case, "conditional_power", cp$conditionalPower[(k + 1):d$kMax])
  }
}
futile <- design("asof3-futile", "asOF", thirds, futility = c(0, 0.5))
pocock <- design("p3-end", "P", thirds)
analysis("asof3", as_of, c(30, 30), c(0.3, 0.45), 30, 0.3)
analysis("asof3-first", as_of, 30, 0.25, c(30, 30), 0.35)
analysis("asof3-end", as_of, c(30, 30, 30), c(0.1, 0.25, 0.4), numeric(0), 0.3)
analysis("asof3-null", as_of, c(30, 30, 30), c(0.1, -0.05, 0.1), numeric(0), 0.3)
analysis("asof3-futile", futile, 30, 0.25, c(30, 30), 0.35)
analysis("p3-end", pocock, c(30, 30, 30), c(0.2, 0.3, 0.25), numeric(0), 0.3)

write.csv(do.call(rbind, designs), file.path(folder, "sequential_designs.csv"), row.names = FALSE,
          quote = FALSE)
write.csv(do.call(rbind, interim), file.path(folder, "sequential_interim.csv"), row.names = FALSE,
          quote = FALSE)
write.csv(do.call(rbind, values), file.path(folder, "sequential_values.csv"), row.names = FALSE,
          quote = FALSE)
