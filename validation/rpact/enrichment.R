# Simulated adaptive enrichment trials of rpact: rates by patients, survival by statistics.
# Usage: Rscript --vanilla validation/rpact/enrichment.R validation/rpact
suppressMessages(library(rpact))
folder <- commandArgs(trailingOnly = TRUE)[1]
trials <- 8000
rows <- list()
put <- function(case, what, x) {
  x <- as.matrix(x)
  for (k in seq_len(nrow(x))) for (i in seq_len(ncol(x))) {
    value <- formatC(as.numeric(x[k, i]), digits = 17, width = 1, format = "g")
    rows[[length(rows) + 1]] <<- data.frame(case, what, k, i, value)
  }
}
keep <- function(case, design, s, expected) {
  put(case, "bounds", t(design$criticalValues))
  put(case, "any", s$rejectAtLeastOne)
  put(case, "rejected", s$rejectedPopulationsPerStage[, 1, ])
  put(case, "tested", s$selectedPopulations[, 1, ])
  put(case, "success", s$successPerStage)
  put(case, "futility", s$futilityPerStage)
  put(case, "expected", s[[expected]])
}
two <- getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "asOF")
late <- getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "noEarlyEfficacy")
three <- getDesignInverseNormal(kMax = 3, alpha = 0.025, typeOfDesign = "asP",
                                informationRates = c(0.3, 0.6, 1))
fisher <- getDesignFisher(kMax = 2, alpha = 0.025, method = "equalAlpha")

rates <- function(case, design, p1, p0, test, select, epsilon, planned, success, seed,
                  allocation = 1, upper = TRUE, threshold = -Inf) {
  effects <- list(subGroups = c("S", "R"), prevalences = c(0.4, 0.6), piControls = p0,
                  piTreatments = matrix(p1, 1))
  s <- getSimulationEnrichmentRates(design, effectList = effects, intersectionTest = test,
    typeOfSelection = select, epsilonValue = epsilon, plannedSubjects = planned,
    allocationRatioPlanned = allocation, directionUpper = upper, successCriterion = success,
    threshold = threshold, maxNumberOfIterations = trials, seed = seed)
  keep(case, design, s, "expectedNumberOfSubjects")
}
rates("rates_best", two, c(0.50, 0.35), c(0.3, 0.3), "Simes", "best", NA_real_, c(200, 400), "all", 1)
rates("rates_null", late, c(0.3, 0.3), c(0.3, 0.3), "Simes", "best", NA_real_, c(200, 400), "all", 2)
rates("rates_epsilon", fisher, c(0.50, 0.44), c(0.3, 0.3), "SpiessensDebois", "epsilon", 0.0512,
      c(200, 400), "atLeastOne", 3)
rates("rates_three", three, c(0.30, 0.38), c(0.5, 0.5), "Sidak", "epsilon", 0.1012,
      c(150, 300, 450), "all", 4, allocation = 2, upper = FALSE)
rates("rates_threshold", two, c(0.38, 0.32), c(0.3, 0.3), "Bonferroni", "best", NA_real_, c(200, 400),
      "all", 5, threshold = 0)

survival <- function(case, design, hr, test, select, epsilon, planned, success, seed,
                     threshold = -Inf) {
  effects <- list(subGroups = c("S", "R"), prevalences = c(0.4, 0.6),
                  hazardRatios = matrix(hr, 1))
  s <- getSimulationEnrichmentSurvival(design, effectList = effects, intersectionTest = test,
    typeOfSelection = select, epsilonValue = epsilon, plannedEvents = planned,
    directionUpper = FALSE, successCriterion = success, maxNumberOfIterations = trials,
    threshold = threshold, seed = seed, effectMeasure = "testStatistic")
  keep(case, design, s, "expectedNumberOfEvents")
}
survival("survival_best", two, c(0.6, 0.85), "Simes", "best", NA_real_, c(120, 260), "all", 6)
survival("survival_null", late, c(1, 1), "SpiessensDebois", "best", NA_real_, c(120, 260), "all", 7)
survival("survival_three", three, c(0.6, 0.7), "Simes", "epsilon", 0.3, c(90, 180, 270),
         "atLeastOne", 8)
write.csv(do.call(rbind, rows), file.path(folder, "enrichment.csv"), row.names = FALSE,
          quote = FALSE)
