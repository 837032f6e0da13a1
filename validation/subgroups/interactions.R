# Pins the interactions, floating effects and missing-phenotype model with metafor, and the
# individual-data models with glm, lm and survival. Usage: Rscript interactions.R [folder]
suppressMessages({library(metafor); library(survival)})
folder <- commandArgs(trailingOnly = TRUE)
folder <- if (length(folder)) folder[1] else "."
path <- function(name) file.path(folder, name)
out <- data.frame(case = character(), name = character(), value = numeric())
put <- function(case, ...) {
  values <- c(...)
  out <<- rbind(out, data.frame(case = case, name = names(values), value = unname(values)))
}
tight <- list(threshold = 1e-13, maxiter = 10000)
fine <- list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15, maxit = 20000)

# 1. Two strata: counts of a published meta-analysis, 0.5 added to all cells of a table with a 0.
d <- read.csv(path("hospital.csv"))
d <- d[d$n0 > 0 & d$n1 > 0 & d$e0 + d$e1 > 0, ]
d <- escalc("OR", ai = e1, n1i = n1, ci = e0, n2i = n0, data = d, add = 0.5, to = "only0")
wide <- merge(d[d$stratum == "No", ], d[d$stratum == "Yes", ], by = "trial")
yd <- wide$yi.y - wide$yi.x
vd <- wide$vi.y + wide$vi.x
for (how in c("EE", "REML")) {
  control <- if (how == "REML") tight else list()
  fit <- rma(yd, vd, method = how, control = control)
  put(paste0("hospital deft ", how), estimate = c(fit$beta), se = fit$se, tau2 = fit$tau2, q = fit$QE)
  no <- rma(yi, vi, data = d[d$stratum == "No", ], method = how, control = control)
  yes <- rma(yi, vi, data = d[d$stratum == "Yes", ], method = how, control = control)
  put(paste0("hospital deluded ", how), no = c(no$beta), no_se = no$se, yes = c(yes$beta), yes_se = yes$se)
}
# Common-effect floating effects, written as one regression: trial intercepts carry everything
# that is between trials, so the coefficient of the stratum is the within-trial interaction; the
# effect at the mean mix is the mean of y - gamma * (stratum - mix) over all rows.
d$yes <- as.numeric(d$stratum == "Yes")
w <- 1 / d$vi
has_two <- d$trial %in% wide$trial
gamma <- c(rma(yd, vd, method = "EE")$beta)
var_gamma <- 1 / sum(1 / vd)
mix <- sum(w * d$yes) / sum(w)
centre <- sum(w * (d$yi - gamma * (d$yes - mix))) / sum(w)
put("hospital floating EE", no = centre - mix * gamma, yes = centre + (1 - mix) * gamma,
    no_se = sqrt(1 / sum(w) + mix^2 * var_gamma), yes_se = sqrt(1 / sum(w) + (1 - mix)^2 * var_gamma))
lsfe <- lm(yi ~ 0 + factor(trial) + yes, data = d, weights = w)
put("hospital trial intercepts", gamma = unname(coef(lsfe)["yes"]))

# 2. Three strata: contrasts of all trials, heterogeneity exchangeable (correlation one half).
d <- read.csv(path("three_levels.csv"))
order <- c("low", "mid", "high")
rows <- list(); blocks <- list()
for (one in unique(d$trial)) {
  e <- d[d$trial == one, ]
  e <- e[order(match(e$stratum, order)), ]
  m <- nrow(e)
  if (m < 2) next
  C <- cbind(-1, diag(m - 1))
  G <- cbind(e$stratum == "mid", e$stratum == "high") * 1
  rows[[one]] <- data.frame(trial = one, level = e$stratum[-1], yi = c(C %*% e$yi), C %*% G)
  blocks[[one]] <- C %*% diag(e$vi) %*% t(C)
}
contrasts <- do.call(rbind, rows)
V <- metafor::bldiag(blocks)
for (how in c("EE", "REML", "ML")) {
  if (how == "EE") {
    fit <- rma.mv(yi, V, mods = ~ 0 + X1 + X2, data = contrasts, method = "ML")
    tau2 <- 0
  } else {
    fit <- rma.mv(yi, V, mods = ~ 0 + X1 + X2, random = ~ level | trial, struct = "CS", rho = 0.5,
                  data = contrasts, method = how, control = fine)
    tau2 <- fit$tau2
  }
  put(paste0("three levels ", how), mid = fit$beta[1], high = fit$beta[2], mid_se = fit$se[1],
      high_se = fit$se[2], cov = fit$vb[1, 2], tau2 = tau2, joint = fit$QM, loglik = c(logLik(fit)))
}

# 3. Missing phenotype at one stroke: the same design matrix, theta_i and d_i independent.
d <- read.csv(path("phenotype.csv"))
q <- d$share
d$z <- ifelse(d$stratum == "positive", 1 - q, ifelse(d$stratum == "negative", -q, 0))
for (how in c("REML", "ML")) {
  fit <- rma.mv(yi, vi, mods = ~ z, random = ~ z | trial, struct = "GDIAG", data = d,
                method = how, control = fine)
  put(paste0("phenotype all ", how), theta = fit$beta[1], d = fit$beta[2], theta_se = fit$se[1],
      d_se = fit$se[2], cov = fit$vb[1, 2], tau2 = fit$tau2[1], tau_d2 = fit$tau2[2],
      loglik = c(logLik(fit)))
}
fit <- rma.mv(yi, vi, mods = ~ z, data = d, method = "ML")
put("phenotype all EE", theta = fit$beta[1], d = fit$beta[2], theta_se = fit$se[1], d_se = fit$se[2])
# Stage by stage, with rma() only.
p <- d[d$stratum == "positive", ]; n <- d[d$stratum == "negative", ]
both <- merge(p, n, by = "trial")
D <- both$yi.x - both$yi.y
first <- rma(D, both$vi.x + both$vi.y, method = "REML", control = tight)
delta <- c(first$beta); t2d <- first$tau2
s <- both$vi.x + both$vi.y + t2d
qb <- both$share.x
cv <- qb * both$vi.x - (1 - qb) * both$vi.y
y1 <- qb * both$yi.x + (1 - qb) * both$yi.y - cv / s * (D - delta)
v1 <- qb^2 * both$vi.x + (1 - qb)^2 * both$vi.y - cv^2 / s
po <- p[!p$trial %in% both$trial, ]; no <- n[!n$trial %in% both$trial, ]; wh <- d[d$stratum == "whole", ]
y2 <- c(y1, po$yi - (1 - po$share) * delta, no$yi + no$share * delta, wh$yi)
v2 <- c(v1, po$vi + (1 - po$share)^2 * t2d, no$vi + no$share^2 * t2d, wh$vi)
on_d <- c(cv / s, -(1 - po$share), no$share, rep(0, nrow(wh)))
second <- rma(y2, v2, method = "REML", control = tight)
w <- 1 / (v2 + second$tau2); w <- w / sum(w)
lean <- sum(w * on_d)
put("phenotype within REML", theta = c(second$beta), d = delta,
    theta_se = sqrt(second$se^2 + lean^2 * first$se^2), d_se = first$se,
    cov = lean * first$se^2, tau2 = second$tau2, tau_d2 = t2d)

# 4. Individual data.
d <- read.csv(path("patients.csv"))
d$trial <- factor(d$trial)
m <- tapply(d$x, d$trial, mean)
d$c <- d$x - m[d$trial]; d$a <- m[d$trial] - mean(d$x); d$tc <- d$treatment * d$c
d$ta <- d$treatment * d$a; d$tx <- d$treatment * d$x
pick <- function(fit, term) c(coef(fit)[term], sqrt(vcov(fit)[term, term]))
glm2 <- function(f) glm(f, binomial, d, control = glm.control(1e-14, 100))
fit <- glm2(binary ~ 0 + trial + trial:c + treatment + tc + ta)
plain <- glm2(binary ~ 0 + trial + trial:c + treatment + tx)
own <- glm2(binary ~ 0 + trial + trial:c + trial:treatment + tc)
put("patients logistic", within = pick(fit, "tc")[[1]], within_se = pick(fit, "tc")[[2]],
    across = pick(fit, "ta")[[1]], across_se = pick(fit, "ta")[[2]],
    amalgamated = pick(plain, "tx")[[1]], amalgamated_se = pick(plain, "tx")[[2]],
    treatment = pick(fit, "treatment")[[1]], loglik = c(logLik(fit)),
    own = pick(own, "tc")[[1]], own_se = pick(own, "tc")[[2]])
cc <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
for (i in 1:4) d[[paste0("c", i)]] <- d$c * (as.integer(d$trial) == i)
fit <- coxph(Surv(time, event) ~ tc + ta + treatment + c1 + c2 + c3 + c4 + strata(trial), d, control = cc)
put("patients cox", within = pick(fit, "tc")[[1]], within_se = pick(fit, "tc")[[2]],
    across = pick(fit, "ta")[[1]], across_se = pick(fit, "ta")[[2]], loglik = fit$loglik[2])
stage <- function(one, model) {
  e <- d[d$trial == one, ]
  fit <- switch(model,
    logistic = glm(binary ~ c + treatment + tc, binomial, e, control = glm.control(1e-14, 100)),
    linear = lm(number ~ c + treatment + tc, e),
    cox = coxph(Surv(time, event) ~ c + treatment + tc, e, control = cc))
  pick(fit, "tc")
}
for (model in c("logistic", "linear", "cox")) {
  r <- sapply(levels(d$trial), stage, model = model)
  fit <- rma(r[1, ], r[2, ]^2, method = "REML", test = "knha", control = tight)
  ee <- rma(r[1, ], r[2, ]^2, method = "EE")
  put(paste("two-stage", model), estimate = c(fit$beta), se = fit$se, tau2 = fit$tau2,
      common = c(ee$beta), common_se = ee$se)
}
out$value <- sprintf("%.15g", out$value)
write.csv(out, path("pinned.csv"), row.names = FALSE, quote = FALSE)
