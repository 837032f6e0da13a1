# Closed combination tests of rpact on given stage data, and its Fisher critical values.
# Usage: Rscript --vanilla validation/rpact/closed.R validation/rpact
suppressMessages(library(rpact))
folder <- commandArgs(trailingOnly = TRUE)[1]
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20411)

full <- function(x) formatC(x, digits = 17, width = 1, format = "g")
rows <- list()
add <- function(case, what, i, k, value) {
  rows[[length(rows) + 1]] <<- data.frame(case, what, i, k, value = full(as.numeric(value)))
}
put <- function(case, what, x) {
  x <- as.matrix(x)
  for (i in seq_len(nrow(x))) for (k in seq_len(ncol(x))) add(case, what, i, k, x[i, k])
}

# counts: subset, stage, arm (1 treatment), n, events; NA once a population is dropped
given <- list()
stage_data <- function(case, subsets, stages, keep, p1, p0, sizes) {
  out <- list()
  for (s in seq_along(subsets)) {
    n1 <- sizes[[s]]; n0 <- sizes[[s]] + c(0, 3, 5)[seq_len(stages)]
    e1 <- rbinom(stages, n1, p1[s]); e0 <- rbinom(stages, n0, p0[s])
    gone <- !keep[s, ]
    n1[gone] <- n0[gone] <- e1[gone] <- e0[gone] <- NA
    out[[subsets[s]]] <- list(n1 = n1, n0 = n0, e1 = e1, e0 = e0)
    given[[length(given) + 1]] <<- data.frame(case, subset = subsets[s], stage = seq_len(stages),
                                              n1, n0, e1, e0)
  }
  out
}
dataset <- function(parts) {
  args <- lapply(parts, function(d) getDataset(sampleSizes1 = d$n1, sampleSizes2 = d$n0,
                                               events1 = d$e1, events2 = d$e0))
  do.call(getDataset, args)
}
designs <- list(
  in2 = getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "asOF"),
  in3 = getDesignInverseNormal(kMax = 3, alpha = 0.025, typeOfDesign = "asP",
                               informationRates = c(0.3, 0.6, 1)),
  fi2 = getDesignFisher(kMax = 2, alpha = 0.025, method = "equalAlpha"),
  fi3 = getDesignFisher(kMax = 3, alpha = 0.025, method = "fullAlpha")
)
for (name in c("in2", "in3")) {
  put(name, "information", t(designs[[name]]$informationRates))
  put(name, "bounds", t(designs[[name]]$criticalValues))
}
for (name in c("fi2", "fi3")) put(name, "bounds", t(designs[[name]]$criticalValues))
for (k in 2:5) for (m in c("equalAlpha", "fullAlpha")) {
  d <- getDesignFisher(kMax = k, alpha = 0.025, method = m)
  put(paste0(m, k), "critical", t(d$criticalValues))
  put(paste0(m, k), "spent", t(d$alphaSpent))
}
for (a in c(0.3, 0.5, 0.7)) {
  d <- getDesignFisher(kMax = 2, alpha = 0.025, method = "equalAlpha", alpha0Vec = a)
  put(paste0("accept", a), "critical", t(d$criticalValues))
}

analyse <- function(case, design, parts, test, stratified, repeated) {
  stages <- getStageResults(designs[[design]], dataInput = dataset(parts), directionUpper = TRUE,
                            intersectionTest = test, stratifiedAnalysis = stratified)
  closed <- getClosedCombinationTestResults(stages)
  put(case, "separate_p", stages$separatePValues)
  put(case, "z", stages$testStatistics)
  put(case, "members", closed$indices)
  put(case, "stage_p", closed$adjustedStageWisePValues)
  put(case, "combined", closed$overallAdjustedTestStatistics)
  put(case, "rejected", closed$rejected + 0)
  if (repeated) put(case, "repeated_p", getRepeatedPValues(stages))
}

both <- matrix(TRUE, 2, 3)
for (design in names(designs)) for (kept in c("both", "S")) for (strong in c(FALSE, TRUE)) {
  stages <- designs[[design]]$kMax
  keep <- both[, seq_len(stages), drop = FALSE]
  if (kept == "S") keep[2, -1] <- FALSE
  p1 <- if (strong) c(0.60, 0.48) else c(0.52, 0.42)
  sizes <- list(rep(45, stages), rep(70, stages))
  base <- paste(design, kept, if (strong) "strong" else "weak", sep = "_")
  parts <- stage_data(base, c("S1", "R"), stages, keep, p1, c(0.36, 0.36), sizes)
  for (test in c("Simes", "Bonferroni", "Sidak", "SpiessensDebois")) for (strat in c(TRUE, FALSE)) {
    if (!strat && test != "Simes") next
    analyse(paste(base, test, if (strat) "stratified" else "plain", sep = "_"), design, parts, test,
            strat, design == "in2" && kept == "both" && strat && test %in% c("Simes", "SpiessensDebois"))
  }
}
# three overlapping populations, data by population
three <- matrix(TRUE, 3, 2)
for (kept in c("all", "two", "one")) {
  keep <- three
  if (kept == "two") keep[3, 2] <- FALSE
  if (kept == "one") keep[c(2, 3), 2] <- FALSE
  base <- paste("three", kept, sep = "_")
  parts <- stage_data(base, c("S1", "S2", "F"), 2, keep, c(0.6, 0.55, 0.5), c(0.36, 0.36, 0.36),
                      list(c(40, 40), c(50, 50), c(110, 110)))
  for (test in c("Simes", "Bonferroni", "Sidak"))
    analyse(paste(base, test, sep = "_"), "in2", parts, test, FALSE, FALSE)
}
write.csv(do.call(rbind, given), file.path(folder, "closed_given.csv"), row.names = FALSE,
          quote = FALSE)
write.csv(do.call(rbind, rows), file.path(folder, "closed.csv"), row.names = FALSE, quote = FALSE)
