# Reference values of metafor's rma.mv() and of clubSandwich for dependent effects.
# Usage, from the repository root:  Rscript validation/mixed/models.R validation/mixed
# Several optimisers are run, each again from where it stopped; the best log-likelihood is kept.
suppressMessages({library(metafor); library(metadat); library(clubSandwich)})
out <- commandArgs(trailingOnly = TRUE)[1]
options(warn = -1)
number <- function(x) ifelse(is.na(x), "", formatC(x, digits = 16, format = "g", width = 1))
rows <- list(); covariances <- list(); pinned <- list()

best <- function(call) {
  controls <- list(list(optimizer = "nlminb", rel.tol = 1e-13, eval.max = 5000, iter.max = 5000),
                   list(optimizer = "nlminb", rel.tol = 1e-11, x.tol = 1e-10, eval.max = 5000, iter.max = 5000),
                   list(optimizer = "nlminb"),
                   list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15, maxit = 5000),
                   list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-15, maxit = 20000))
  fits <- list()
  for (control in controls) {
    fit <- tryCatch(call(control), error = function(e) NULL)
    if (is.null(fit)) next
    fits <- c(fits, list(fit))
    again <- control
    if (any(fit$sigma2 > 0)) again$sigma2.init <- pmax(fit$sigma2, 1e-8)
    if (fit$withG) { again$tau2.init <- pmax(fit$tau2, 1e-8)
                     if (!all(fit$rho == 0)) again$rho.init <- pmin(pmax(fit$rho, -.98), .98) }
    for (i in 1:3) {
      more <- tryCatch(call(again), error = function(e) NULL)
      if (!is.null(more)) fits <- c(fits, list(more))
    }
  }
  fits[[which.max(sapply(fits, function(f) as.numeric(logLik(f))))]]
}

# inner, outer: the labels of each structure (inner "" for groups); struct "GROUPS" or metafor's.
add <- function(name, y, V, X, structures, fit1, cluster, fits = c("REML", "ML")) {
  k <- length(y); V <- as.matrix(V)
  d <- data.frame(model = name, row = seq_len(k) - 1, y = number(y), cluster = cluster)
  for (j in 1:4) d[[paste0("x", j)]] <- if (j <= ncol(X)) number(X[, j]) else ""
  for (s in 1:2) {
    d[[paste0("structure", s)]] <- if (s <= length(structures)) structures[[s]]$type else ""
    d[[paste0("inner", s)]] <- if (s <= length(structures)) structures[[s]]$inner else ""
    d[[paste0("outer", s)]] <- if (s <= length(structures)) structures[[s]]$outer else ""
  }
  rows[[length(rows) + 1]] <<- d
  at <- which(V != 0 & lower.tri(V, diag = TRUE), arr.ind = TRUE)
  covariances[[length(covariances) + 1]] <<- data.frame(model = name, i = at[, 1] - 1,
    j = at[, 2] - 1, v = number(V[at]))
  put <- function(method, quantity, values) pinned[[length(pinned) + 1]] <<- data.frame(
    model = name, method = method, quantity = quantity, index = seq_along(values) - 1,
    value = number(as.numeric(values)))
  for (method in fits) {
    fit <- best(function(control) fit1(method, control))
    parameters <- if (fit$withG) c(fit$tau2, if (any(fit$rho != 0)) fit$rho) else fit$sigma2
    put(method, "parameter_values", parameters)
    put(method, "estimate", fit$beta); put(method, "se", fit$se)
    put(method, "ci_low", fit$ci.lb); put(method, "p_value", fit$pval)
    put(method, "loglik", logLik(fit)); put(method, "aic", AIC(fit))
    put(method, "q", fit$QE); put(method, "q_p_value", fit$QEp)
    if (method != "REML") next
    put("t", "ci_low", fit$beta - qt(.975, fit$k - fit$p) * fit$se)
    robust <- tryCatch(coef_test(fit, vcov = "CR2", cluster = factor(cluster),
                                 test = "Satterthwaite"), error = function(e) NULL)
    if (!is.null(robust)) {
      put("cr2", "se", robust$SE); put("cr2", "df", robust$df); put("cr2", "p_value", robust$p_Satt)
      slopes <- which(apply(X, 2, function(x) any(x != x[1])))
      if (length(slopes) > 0) {
        wald <- Wald_test(fit, constraints = constrain_zero(slopes), vcov = "CR2",
                          cluster = factor(cluster), test = "HTZ")
        put("cr2", "qm", wald$Fstat); put("cr2", "qm_df2", wald$df_denom)
      }
    }
  }
}

nested <- function(name, d, V = NULL, mods = ~ 1) {
  d <- as.data.frame(d); if (is.null(V)) V <- diag(d$vi)
  d$outer <- as.character(as.integer(factor(d$outer))); d$both <- paste0(d$outer, "/", d$inner)
  X <- model.matrix(mods, d)
  add(name, as.numeric(d$yi), V, X,
      list(list(type = "GROUPS", inner = "", outer = d$outer),
           list(type = "GROUPS", inner = "", outer = d$both)),
      function(method, control) rma.mv(as.numeric(d$yi), V, mods = X, intercept = FALSE,
        random = list(~ 1 | outer, ~ 1 | both), data = d, method = method, control = control),
      d$outer)
}

outcomes <- function(name, d, V, struct, X = NULL) {
  d <- as.data.frame(d)
  d$outer <- as.character(as.integer(factor(d$outer))); d$inner <- as.character(d$inner)
  if (is.null(X)) X <- model.matrix(~ inner - 1, d)
  add(name, as.numeric(d$yi), V, X,
      list(list(type = struct, inner = d$inner, outer = d$outer)),
      function(method, control) rma.mv(as.numeric(d$yi), V, mods = X, intercept = FALSE,
        random = ~ inner | outer, struct = struct, data = d, method = method, control = control),
      d$outer)
}
blocks <- function(d, rho) as.matrix(vcalc(d$vi, cluster = d$outer, obs = seq_along(d$vi),
                                           rho = rho, data = d))

d <- dat.konstantopoulos2011; d$outer <- d$district; d$inner <- d$school
nested("konstantopoulos", d); nested("konstantopoulos_year", d, mods = ~ year)
d <- dat.assink2016; d$outer <- d$study; d$inner <- d$esid
nested("assink", d); nested("assink_blocks", d, blocks(d, 0.6), ~ year + pubstatus)
d <- escalc("OR", ai = waward, n1i = wtotal, ci = maward, n2i = mtotal, data = dat.bornmann2007)
d$outer <- d$study; d$inner <- d$obs; nested("bornmann", d); nested("bornmann_type", d[!is.na(d$type), ], mods = ~ type)
d <- escalc("ZCOR", ri = ri, ni = ni, data = dat.crede2010)
d$outer <- d$studyid; d$inner <- d$sampleid
d$inner <- ave(d$inner, d$outer, FUN = seq_along); nested("crede", d[!is.na(d$criterion), ], mods = ~ criterion)
d <- escalc("ROM", m1i = m2i, sd1i = sd2i, n1i = n2i, m2i = m1i, sd2i = sd1i, n2i = n1i,
            data = dat.curtis1998)
d$outer <- d$paper; d$inner <- d$id; nested("curtis", d)
d <- dat.tannersmith2016; d$vi <- d$sei^2; d$outer <- d$studyid; d$inner <- seq_along(d$yi)
nested("tannersmith", d, mods = ~ propmale)
d <- dat.knapp2017[!is.na(dat.knapp2017$difficulty), ]; d$outer <- d$study; d$inner <- d$task
d$inner <- seq_along(d$yi); nested("knapp", d, blocks(d, 0.5), ~ difficulty)

d <- dat.berkey1998; d$outer <- d$trial; d$inner <- d$outcome
V <- as.matrix(vcalc(vi = 1, cluster = author, rvars = c(v1i, v2i), data = d))
for (s in c("UN", "CS", "HCS", "DIAG", "ID")) outcomes(paste0("berkey_", s), d, V, s)
outcomes("berkey_year", d, V, "UN", model.matrix(~ outcome - 1 + outcome:I(year - 1983), d))
d <- dat.kalaian1996; d$outer <- d$study; d$inner <- d$outcome
outcomes("kalaian_UN", d, blocks(d, 0.66), "UN"); outcomes("kalaian_HCS", d, blocks(d, 0.66), "HCS")
fine <- function(j) data.frame(outer = dat.fine1993$study, inner = paste0("t", j),
  escalc("OR", ai = dat.fine1993[[paste0("e", j, "i")]], n1i = dat.fine1993$nei,
         ci = dat.fine1993[[paste0("c", j, "i")]], n2i = dat.fine1993$nci))
d <- do.call(rbind, lapply(1:4, fine)); d <- d[complete.cases(d), ]; d <- d[order(d$outer), ]
for (s in c("UN", "CS", "HCS", "DIAG")) outcomes(paste0("fine_", s), d, blocks(d, 0.6), s)
d <- reshape(dat.ishak2007, direction = "long", idvar = "study", v.names = c("yi", "vi"),
             varying = list(c("y1i", "y2i", "y3i", "y4i"), c("v1i", "v2i", "v3i", "v4i")))
d <- d[!is.na(d$yi), ]; d$outer <- d$study; d$inner <- paste0("t", d$time); d <- d[order(d$outer), ]
for (s in c("CS", "HCS", "DIAG")) outcomes(paste0("ishak_", s), d, blocks(d, 0.97), s)

write.csv(do.call(rbind, rows), file.path(out, "model_rows.csv"), row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, covariances), file.path(out, "model_covariances.csv"), row.names = FALSE,
          quote = FALSE)
write.csv(do.call(rbind, pinned), file.path(out, "models_pinned.csv"), row.names = FALSE,
          quote = FALSE)
cat(length(rows), "models\n")
