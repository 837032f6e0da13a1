# Variance of the interaction in a saturated logistic model, from the Fisher information of glm.
#     Rscript interaction_information.R > interaction_information.csv
# Base R. A million patients in four cells with the shares and chances given; n times the variance
# of the interaction, and the patients that reach 80 % power at a two-sided 5 % level.
cells <- rbind(c(0.50, 0.50, 0.50, 0.50, 0.50, 0.5),
               c(0.62, 0.55, 0.41, 0.40, 0.25, 0.5),
               c(0.30, 0.20, 0.60, 0.65, 0.28, 0.5),
               c(0.90, 0.85, 0.10, 0.12, 0.70, 2/3))
cat("p1,p2,p3,p4,share_positive,share_treated,variance,difference,patients\n")
for (i in seq_len(nrow(cells))) {
  p <- cells[i, 1:4]; s <- cells[i, 5]; t <- cells[i, 6]
  d <- data.frame(m = c(1, 1, 0, 0), x = c(1, 0, 1, 0), y = p,
                  w = 1e6 * c(s * t, s * (1 - t), (1 - s) * t, (1 - s) * (1 - t)))
  fit <- suppressWarnings(glm(y ~ m * x, binomial, d, weights = w,
                              control = glm.control(epsilon = 1e-14)))
  v <- vcov(fit)["m:x", "m:x"] * 1e6
  delta <- unname(coef(fit)["m:x"]); if (abs(delta) < 1e-9) delta <- 0.5
  n <- ceiling((qnorm(0.975) + qnorm(0.8))^2 * v / delta^2)
  cat(sprintf("%.4f,%.4f,%.4f,%.4f,%.4f,%.17g,%.10f,%.12f,%d\n", p[1], p[2], p[3], p[4], s, t, v, delta, n))
}
