# Penalised regressions, pseudo-observations, baseline hazard and robust errors in R, on invented
# patients. Rscript --vanilla penalised.R <this folder>; writes patients.csv and the *_pinned.csv.
suppressMessages({library(glmnet); library(survival); library(sandwich)})
here <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20261128)
n <- 160
x <- matrix(round(rnorm(4 * n), 3), n, 4, dimnames = list(NULL, paste0("x", 1:4)))
treatment <- rep(0:1, n / 2)
event <- rbinom(n, 1, plogis(-0.3 + 0.7 * x[, 1] - 0.4 * treatment + 0.5 * treatment * x[, 2]))
death <- round(rexp(n, 0.1 * exp(0.5 * x[, 1] - 0.3 * treatment)) + 0.1, 1)
censored <- round(runif(n, 3, 15), 1)
patients <- data.frame(treatment, event, time = pmin(death, censored),
                       status = as.integer(death <= censored), x)
write.csv(patients, file.path(here, "patients.csv"), row.names = FALSE, quote = FALSE)

# the design of the package: standardised covariates, arm -1/2 and 1/2, their products
sd0 <- function(v) sqrt(mean((v - mean(v))^2))
z <- apply(x, 2, function(v) (v - mean(v)) / sd0(v))
a <- treatment - 0.5
X <- cbind(z, a, z[, 2:3] * a)
tight <- function(...) glmnet(..., standardize = FALSE, thresh = 1e-20, maxit = 1e7)
out <- NULL
add <- function(what, values) out <<- rbind(out,
  data.frame(fit = what, coefficient = seq_along(values), value = signif(as.numeric(values), 9)))

# lasso on the products, ridge on nothing: penalty factors 0 but for the last two
l1 <- 1.5
lasso <- c(0, 0, 0, 0, 0, 1, 1)
# glmnet rescales factors to sum to their number, so lambda is divided by what it multiplies
factor_of <- function(f) length(f) / sum(f)
fit <- tight(X, event, "binomial", alpha = 1, penalty.factor = lasso,
             lambda = l1 / n / factor_of(lasso))
add("lasso logistic", coef(fit))
# ridge by a data-free route: optim on the penalised likelihood itself
l2 <- c(1, 1, 1, 1, 0, 8, 8)
objective <- function(b) {
  eta <- b[1] + X %*% b[-1]
  -sum(event * eta - log1p(exp(eta))) + sum(l2 * b[-1]^2) / 2
}
slope <- function(b) {
  p <- plogis(b[1] + X %*% b[-1])
  c(sum(p - event), crossprod(X, p - event) + l2 * b[-1])
}
ridge <- optim(numeric(8), objective, slope, method = "BFGS",
               control = list(reltol = 1e-16, maxit = 10000))
add("ridge logistic", ridge$par)
# ridge Cox: coxph with ridge terms, Efron's ties
frame <- data.frame(time = patients$time, status = patients$status, X)
names(frame)[3:9] <- paste0("c", 1:7)
cox <- coxph(Surv(time, status) ~ ridge(c1, c2, c3, c4, theta = 1, scale = FALSE) + c5 +
               ridge(c6, c7, theta = 8, scale = FALSE), frame,
             control = coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100, outer.max = 100))
add("ridge cox", coef(cox))
eta <- as.matrix(frame[, 3:9]) %*% coef(cox)
# summed by hand: basehaz() measures from the mean of the offset
at_risk <- function(t) sum(exp(eta)[patients$time >= t])
early <- patients$time[patients$status == 1 & patients$time <= 6]
add("baseline hazard at 6", sum(1 / sapply(early, at_risk)))
# lasso Cox in glmnet: Breslow's ties
fit <- tight(X, Surv(patients$time, patients$status), "cox", alpha = 1, penalty.factor = lasso,
             lambda = l1 / n / factor_of(lasso))
add("lasso cox", coef(fit))
# pseudo-observations of the restricted mean to 6, within arms, each patient left out in turn (what
# survival::pseudo gives is an approximation to these, from influence functions)
mean_to_6 <- function(d) summary(survfit(Surv(time, status) ~ 1, d), rmean = 6)$table["rmean"]
for (arm in 0:1) {
  rows <- patients[patients$treatment == arm, ]
  whole <- mean_to_6(rows)
  left <- sapply(seq_len(nrow(rows)), function(i) mean_to_6(rows[-i, ]))
  add(paste("pseudo", arm), nrow(rows) * whole - (nrow(rows) - 1) * left)
}
# slope and mean with sandwich errors
score <- event * (2 * treatment - 1) * 2
line <- lm(score ~ I(z[, 2] - mean(z[, 2])))
add("line", c(coef(line), sqrt(diag(vcovHC(line, "HC1")))))
# effects in windows of 60 patients along x2, 30 shared
order2 <- order(x[, 2])
for (start in c(0, 30, 60, 90)) {
  rows <- order2[(start + 1):(if (start == 90) n else start + 60)]
  one <- coxph(Surv(time, status) ~ treatment, patients[rows, ])
  add(paste("window", start), c(coef(one),
    mean(event[rows][treatment[rows] == 1]) - mean(event[rows][treatment[rows] == 0])))
}
# one marker, on a ratio and on a difference
long <- data.frame(patients, good6 = NA)
one <- summary(glm(event ~ x2 * treatment, binomial, patients,
                   control = list(epsilon = 1e-14)))$coefficients["x2:treatment", 1:2]
add("marker odds", one)
add("marker hazard", summary(coxph(Surv(time, status) ~ x2 * treatment, patients))$coefficients[3, c(1, 3)])
flat <- lm(event ~ x2 * treatment, patients)
add("marker risk", c(coef(flat)[4], sqrt(vcovHC(flat, "HC1")[4, 4])))
for (arm in 0:1) long$good6[long$treatment == arm] <-
  out$value[out$fit == paste("pseudo", arm)]
flat <- lm(good6 ~ x2 * treatment, long)
add("marker time", c(coef(flat)[4], sqrt(vcovHC(flat, "HC1")[4, 4])))
write.csv(out, file.path(here, "pinned.csv"), row.names = FALSE, quote = FALSE)
