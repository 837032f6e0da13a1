# Wilson's score interval of proportions: prop.test without continuity correction.
out <- commandArgs(trailingOnly = TRUE)[1]
counts <- data.frame(events = c(0, 1, 3, 10, 36, 22, 44, 57, 123, 107), n = c(20, 29, 51, 50, 57, 118, 117, 57, 221, 107))
limits <- t(mapply(function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int, counts$events, counts$n))
made <- data.frame(counts, low = sprintf("%.15g", limits[, 1]), high = sprintf("%.15g", limits[, 2]))
write.csv(made, file.path(out, "wilson.csv"), row.names = FALSE, quote = FALSE)
