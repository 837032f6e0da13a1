# Power, stopping, expected size and duration of whole designs, by rpact's own formulas.
# Rscript validation/rpact/trial_design.R validation/rpact
suppressMessages(library(rpact))
design <- getDesignGroupSequential(
  kMax = 3, informationRates = c(1, 2, 3) / 3, alpha = 0.025, sided = 1, typeOfDesign = "asOF"
)
sink(file.path(commandArgs(trailingOnly = TRUE)[1], "trial_design.csv"))
cat("case,measure,look,value\n")
show <- function(case, measure, values) {
  for (k in seq_along(values)) cat(sprintf("%s,%s,%d,%.10g\n", case, measure, k, values[k]))
}
survival <- function(case, allocation, hazardRatio) {
  found <- getPowerSurvival(
    design, typeOfComputation = "Schoenfeld", hazardRatio = hazardRatio, lambda2 = 0.03,
    maxNumberOfEvents = 300, maxNumberOfSubjects = 500, accrualTime = c(0, 24),
    allocationRatioPlanned = allocation, directionUpper = FALSE,
    dropoutRate1 = 0.06, dropoutRate2 = 0.06, dropoutTime = 12
  )
  show(case, "power", found$overallReject)
  show(case, "stop_efficacy", found$rejectPerStage[, 1])
  show(case, "months_at_look", found$analysisTime[, 1])
  show(case, "events", found$expectedNumberOfEvents)
  show(case, "months", found$studyDuration)
  show(case, "patients", found$expectedNumberOfSubjects)
}
survival("survival", 1, 0.75)
survival("survival_2_to_1", 2, 0.75)
rates <- function(case, allocation) {
  found <- getPowerRates(
    design, groups = 2, pi1 = 0.45, pi2 = 0.3, maxNumberOfSubjects = 300,
    allocationRatioPlanned = allocation, directionUpper = TRUE
  )
  show(case, "power", found$overallReject)
  show(case, "stop_efficacy", found$rejectPerStage[, 1])
  show(case, "patients", found$expectedNumberOfSubjects)
}
rates("rates", 1)
rates("rates_2_to_1", 2)
