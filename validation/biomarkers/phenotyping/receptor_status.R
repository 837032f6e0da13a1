# Status by IHC and ISH written as nested questions, beside the decision tables of the package.
# Rscript receptor_status.R FOLDER   writes receptor_status.csv there; base R only
folder <- normalizePath(commandArgs(TRUE)[1])
root <- folder
while (!dir.exists(file.path(root, "tests", "data"))) root <- dirname(root)
file <- file.path(root, "tests", "data", "tcga_receptors", "receptors.csv.gz")
d <- read.csv(gzfile(file), colClasses = "character", check.names = FALSE)
number <- function(x) suppressWarnings(as.numeric(x))

read_bound <- function(x) {               # ">6" lies above the last cut point, "<4" below the first
  y <- number(x)
  y[x %in% c(">6.0", ">6")] <- 30
  y[x == "<4.0"] <- 2
  y
}

one <- function(i) {
  ihc <- d$her2_ihc_score[i]
  if (!ihc %in% c("0", "1+", "2+", "3+")) {
    ihc <- switch(d$her2_status_by_ihc[i], Positive = "3+", Equivocal = "2+", Negative = "1+", NA)
  }
  word <- d$her2_fish_status[i]
  word <- if (word %in% c("Positive", "Negative", "Equivocal")) word else NA
  copies <- read_bound(d$her2_copy_number[i])
  cep <- number(d$cent17_copy_number[i])
  cells <- number(d$her2_and_cent17_cells_count[i])
  ratio <- number(d$her2_cent17_ratio[i])
  counted <- number(d$her2_copy_number[i])
  dual <- !is.na(cep) || !is.na(ratio)
  contradiction <- FALSE
  if (!is.na(counted) && !is.na(cep) && cep > 0) {
    computed <- counted / cep
    if (is.na(ratio)) ratio <- computed
    else if (abs(ratio - computed) > 0.15 * computed && (ratio >= 2) != (computed >= 2)) {
      contradiction <- TRUE
    }
  }
  if (!is.na(cep) && cep > 6) copies <- copies / cells   # NA without a count of cells
  ish <- if (contradiction) "nothing"
    else if (dual && !is.na(ratio) && !is.na(copies)) {
      if (ratio >= 2) { if (copies >= 4) "yes" else "g2" }
      else { if (copies >= 6) "g3" else if (copies >= 4) "g4" else "no" }
    } else if (!dual && !is.na(copies)) {
      if (copies >= 6) "yes" else if (copies >= 4) "between" else "no"
    } else if (is.na(word)) "nothing"
    else switch(word, Positive = "yes", Negative = "no", Equivocal = "older")
  if (ish == "yes") return("positive")
  if (is.na(ihc)) {
    return(switch(ish, no = "negative", nothing = "unknown", "equivocal"))
  }
  if (ihc == "3+") return("positive")
  if (ish == "no") return("negative")
  if (ihc == "2+") return("equivocal")     # nobody recounted in this table
  if (ish == "older") "equivocal" else "negative"
}

out <- data.frame(sample = d$bcr_patient_barcode, call = vapply(seq_len(nrow(d)), one, ""))
write.csv(out, file.path(folder, "receptor_status.csv"), row.names = FALSE, quote = FALSE)
