# Reference values for equipoise.synthesis.survival, from R's survival package.
# Usage: Rscript validation/survival/survival.R validation/survival
folder <- commandArgs(TRUE)[1]
library(survival)
RNGversion("4.2.0")

# Remission in weeks, 21 patients an arm: Freireich 1963, as printed in Gehan 1965, Table 1.
freireich <- data.frame(
  set = "freireich",
  time = c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
           1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23),
  event = c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, rep(1, 21)),
  treatment = rep(c(1, 0), each = 21), stratum = "a", x1 = 0, x2 = 0)

simulated <- function(name, seed, n, effect, decimals, strata, censoring, shape = 1) {
  set.seed(seed)
  treatment <- rep(c(0, 1), length.out = n)
  stratum <- sample(letters[seq_len(strata)], n, replace = TRUE)
  x1 <- round(rnorm(n), 3)
  x2 <- rbinom(n, 1, 0.3)
  rate <- 0.1 * exp(effect * treatment + 0.4 * x1 - 0.5 * x2 + 0.3 * (stratum == "b"))
  death <- (rexp(n) / rate)^(1 / shape)
  end <- runif(n, 0, censoring)
  time <- round(pmin(death, end), decimals)
  data.frame(set = name, time = time, event = as.numeric(death <= end), treatment, stratum,
             x1, x2)
}
sets <- list(
  freireich,
  simulated("few", 11, 14, -0.5, 2, 1, 40),
  simulated("tied", 12, 120, -0.4, 0, 3, 30),
  simulated("months", 13, 400, 0.3, 1, 2, 36),
  simulated("days", 14, 300, -0.7, 4, 4, 25, 1.5),
  simulated("sparse", 15, 200, -0.2, 1, 2, 3)
)
inputs <- do.call(rbind, sets)
exact <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
save <- function(rows, name) {
  number <- vapply(rows, is.numeric, TRUE)
  rows[number] <- lapply(rows[number], exact)
  write.csv(rows, file.path(folder, name), row.names = FALSE, quote = FALSE)
}
short <- inputs
short[c("time", "event", "treatment", "x1", "x2")] <-
  lapply(short[c("time", "event", "treatment", "x1", "x2")], as.character)
write.csv(short, file.path(folder, "patients.csv"), row.names = FALSE, quote = FALSE)

curves <- quantiles <- means <- ranks <- fits <- coefs <- NULL
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
for (d in sets) {
  name <- d$set[1]
  for (arm in 0:1) {
    a <- d[d$treatment == arm, ]
    for (kind in c("log", "log-log", "plain")) {
      s <- survfit(Surv(time, event) ~ 1, data = a, conf.type = kind)
      m <- summary(s, censored = TRUE)
      if (!name %in% c("months", "days")) curves <- rbind(curves, data.frame(set = name, arm, transform = kind, time = m$time,
        at_risk = m$n.risk, events = m$n.event, survival = m$surv, se = m$std.err,
        low = m$lower, high = m$upper))
      q <- quantile(s, c(0.1, 0.25, 0.5, 0.75))
      quantiles <- rbind(quantiles, data.frame(set = name, arm, transform = kind,
        share = c(0.1, 0.25, 0.5, 0.75), time = q$quantile, low = q$lower, high = q$upper))
    }
    horizon <- quantile(c(0, max(a$time)), c(0.3, 0.7, 1), names = FALSE)
    for (h in horizon) {
      r <- survival:::survmean(survfit(Surv(time, event) ~ 1, data = a), rmean = h)$matrix
      means <- rbind(means, data.frame(set = name, arm, horizon = h, estimate = r[["rmean"]],
        se = r[["se(rmean)"]]))
    }
  }
  for (stratified in 0:1) {
    if (stratified == 1 && length(unique(d$stratum)) == 1) next
    for (rho in c(0, 1, 0.5)) {
      f <- if (stratified == 1) Surv(time, event) ~ treatment + strata(stratum) else
        Surv(time, event) ~ treatment
      l <- survdiff(f, data = d, rho = rho)
      o <- if (is.matrix(l$obs)) rowSums(l$obs) else l$obs
      e <- if (is.matrix(l$exp)) rowSums(l$exp) else l$exp
      ranks <- rbind(ranks, data.frame(set = name, stratified, rho, observed_0 = o[1],
        observed_1 = o[2], expected_0 = e[1], expected_1 = e[2], variance = l$var[2, 2],
        chi2 = l$chisq))
    }
    for (ties in c("efron", "breslow")) {
      models <- list(treatment = "treatment")
      if (name != "freireich") models$all <- "treatment + x1 + x2 + treatment:x2"
      for (m in names(models)) {
        if (name == "few" && m == "all") next
        s <- if (stratified == 1) "+ strata(stratum)" else ""
        f <- as.formula(paste("Surv(time, event) ~", models[[m]], s))
        fit <- coxph(f, data = d, ties = ties, control = tight)
        z <- summary(fit)
        fits <- rbind(fits, data.frame(set = name, stratified, ties, model = m,
          loglik_null = fit$loglik[1], loglik = fit$loglik[2], score = z$sctest[[1]],
          lr = z$logtest[[1]], wald = fit$wald.test, score_p = z$sctest[[3]],
          lr_p = z$logtest[[3]]))
        coefs <- rbind(coefs, data.frame(set = name, stratified, ties, model = m,
          term = seq_along(coef(fit)) - 1, estimate = unname(coef(fit)),
          se = sqrt(diag(vcov(fit)))))
      }
    }
  }
}
save(curves, "curves.csv")
save(quantiles, "quantiles.csv")
save(means, "restricted_means.csv")
save(ranks, "log_rank.csv")
save(fits, "cox_fits.csv")
save(coefs, "cox_coefficients.csv")
