# Simulated rates of rpact for tests/design/engines; see simulation.md.
# Usage: Rscript validation/rpact/simulation.R validation/rpact
suppressMessages(library(rpact))
folder <- commandArgs(trailingOnly = TRUE)[1]

rows <- list()
note <- function(scenario, trials, r, extra) {
  k <- length(r$rejectPerStage)
  futile <- c(as.vector(r$futilityPerStage), 0)[1:k]
  rows[[length(rows) + 1]] <<- data.frame(
    scenario = scenario, trials = trials, look = 1:k,
    rejected = as.vector(r$rejectPerStage), futile = futile, extra)
}

bounds <- list(
  plain = getDesignGroupSequential(kMax = 3, alpha = 0.025, typeOfDesign = "asOF"),
  futility = getDesignGroupSequential(kMax = 3, alpha = 0.025, typeOfDesign = "asP",
                                      futilityBounds = c(0, 0.5)))

# Binary: cumulative patients of both arms; pi1 is the treatment's rate.
binary <- function(scenario, design, pi1, pi2, n, ratio, higher, seed) {
  trials <- 100000
  r <- getSimulationRates(bounds[[design]], groups = 2, pi1 = pi1, pi2 = pi2, plannedSubjects = n,
    allocationRatioPlanned = ratio, directionUpper = higher, maxNumberOfIterations = trials,
    seed = seed)
  note(scenario, trials, r, data.frame(
    subjects = c(r$expectedNumberOfSubjects, NA, NA), calendar = NA, events = NA))
}
binary("binary_effect", "plain", 0.45, 0.30, c(80, 160, 240), 1, TRUE, 101)
binary("binary_null", "plain", 0.30, 0.30, c(80, 160, 240), 1, TRUE, 102)
binary("binary_futility", "futility", 0.40, 0.30, c(90, 200, 300), 2, TRUE, 103)
binary("binary_lower", "plain", 0.05, 0.12, c(60, 200, 400), 0.5, FALSE, 104)

# Survival: 12-month drop-out of 5 %, hazards per month, accrual over 24 months.
survival <- function(scenario, design, control, treated, starts, n, events, arms, seed,
                     intensity = NULL, accrual = c(0, 24)) {
  trials <- 20000
  common <- list(bounds[[design]], directionUpper = FALSE, lambda1 = treated, lambda2 = control,
    dropoutRate1 = 0.05, dropoutRate2 = 0.05, dropoutTime = 12, accrualTime = accrual,
    maxNumberOfSubjects = n, plannedEvents = events, allocation1 = arms[1], allocation2 = arms[2],
    maxNumberOfIterations = trials, seed = seed, longTimeSimulationAllowed = TRUE)
  if (length(starts) > 1) common$piecewiseSurvivalTime <- starts
  if (!is.null(intensity)) {
    common$accrualIntensity <- intensity
    common$accrualIntensityType <- "relative"
  }
  r <- suppressWarnings(do.call(getSimulationSurvival, common))
  note(scenario, trials, r, data.frame(subjects = as.vector(r$numberOfSubjects),
    calendar = as.vector(r$analysisTime), events = r$expectedNumberOfEvents))
}
h <- log(2) / 24
survival("survival_effect", "plain", h, 0.75 * h, 0, 800, c(130, 260, 390), c(1, 1), 201)
survival("survival_null", "plain", h, h, 0, 300, c(50, 100, 150), c(1, 1), 202)
survival("survival_delayed", "plain", c(0.04, 0.03), c(0.04, 0.018), c(0, 6), 400,
         c(80, 160, 240), c(1, 1), 203)
survival("survival_2_to_1", "futility", h, 0.8 * h, 0, 450, c(75, 150, 225), c(2, 1), 204)
survival("survival_accrual", "plain", 0.05, 0.035, 0, 352, c(60, 120, 180), c(1, 1), 205,
         intensity = c(1, 3), accrual = c(0, 8, 20))

limits <- do.call(rbind, lapply(names(bounds), function(name) {
  d <- bounds[[name]]
  data.frame(design = name, look = 1:3, upper = d$criticalValues,
             lower = c(if (name == "futility") d$futilityBounds else c(-Inf, -Inf), -Inf))
}))
write.csv(limits, file.path(folder, "simulation_bounds.csv"), row.names = FALSE)
write.csv(do.call(rbind, rows), file.path(folder, "simulation.csv"), row.names = FALSE)
