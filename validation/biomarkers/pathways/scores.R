# Writes gsva.csv: ssGSEA and combined z scores of the Bioconductor package GSVA.
# Usage: Rscript --vanilla validation/biomarkers/pathways/scores.R validation/biomarkers/pathways
suppressMessages(library(GSVA))
folder <- commandArgs(trailingOnly = TRUE)[1]
lines <- strsplit(readLines(file.path(folder, "sets.gmt")), "\t")
sets <- setNames(lapply(lines, function(l) l[-(1:2)]), vapply(lines, `[`, "", 1))
rows <- list()
keep <- function(matrix, method, es) {
  rows[[length(rows) + 1]] <<- data.frame(
    matrix = matrix, method = method, set = rep(rownames(es), ncol(es)),
    sample = rep(colnames(es), each = nrow(es)), score = sprintf("%.15g", as.vector(es)))
}
for (name in c("expression", "tied")) {
  x <- as.matrix(read.csv(file.path(folder, paste0(name, ".csv")), row.names = 1))
  storage.mode(x) <- "double"
  score <- function(...) {
    sink(tempfile()); on.exit(sink())
    suppressWarnings(suppressMessages(gsva(x, sets, min.sz = 2, verbose = FALSE, ...)))
  }
  keep(name, "ssgsea", score(method = "ssgsea", ssgsea.norm = FALSE))
  keep(name, "ssgsea by range", score(method = "ssgsea", ssgsea.norm = TRUE))
  keep(name, "ssgsea alpha 1", score(method = "ssgsea", ssgsea.norm = FALSE, tau = 1))
  if (name == "expression") keep(name, "zscore", score(method = "zscore"))
}
write.csv(do.call(rbind, rows), file.path(folder, "gsva.csv"), row.names = FALSE, quote = FALSE)
