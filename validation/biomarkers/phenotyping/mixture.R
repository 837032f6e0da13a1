# Two normal components by mclust, and the area under the curve by pROC.
# Rscript mixture.R FOLDER   writes mixture.csv there; needs mclust and pROC
suppressMessages({library(mclust); library(pROC)})
folder <- normalizePath(commandArgs(TRUE)[1])
root <- folder
while (!dir.exists(file.path(root, "tests", "data"))) root <- dirname(root)
x <- as.matrix(read.delim(file.path(root, "tests", "data", "pam50", "pam50_testdata.tsv"), row.names = 1))
rows <- lapply(c("ERBB2", "ESR1", "GRB7"), function(gene) {
  v <- x[gene, ]
  v <- v[!is.na(v)]
  m <- Mclust(v, G = 2, modelNames = "V", verbose = FALSE, control = emControl(tol = 1e-13))
  p <- m$parameters
  o <- order(p$mean)
  # the gene against another gene cut at its median: an area to compare
  other <- x["FOXC1", names(v)]
  auc <- as.numeric(auc(roc(other > median(other, na.rm = TRUE), v, direction = "<", quiet = TRUE)))
  data.frame(gene, n = length(v), low = p$mean[o[1]], high = p$mean[o[2]],
             sd_low = sqrt(p$variance$sigmasq[o[1]]), sd_high = sqrt(p$variance$sigmasq[o[2]]),
             weight = p$pro[o[2]], loglik = m$loglik, auc)
})
out <- format(do.call(rbind, rows), digits = 10)
out[] <- lapply(out, trimws)
write.csv(out, file.path(folder, "mixture.csv"), row.names = FALSE, quote = FALSE)
