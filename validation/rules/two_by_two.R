tabs <- list(c(12,15,9,15), c(31,57,47,65), c(19,29,17,29), c(50,75,44,78), c(2,30,0,30), c(7,48,5,40), c(3,10,10,12), c(120,400,95,410))
for (t in tabs) {
  m <- matrix(c(t[1], t[2]-t[1], t[3], t[4]-t[3]), nrow=2, byrow=TRUE)
  f <- fisher.test(m)$p.value
  d <- dhyper(t[1], t[2], t[4], t[1]+t[3])
  g <- min(fisher.test(m, alternative="greater")$p.value, fisher.test(m, alternative="less")$p.value)
  c0 <- suppressWarnings(chisq.test(m, correct=FALSE)$p.value); c1 <- suppressWarnings(chisq.test(m)$p.value)
  cat(sprintf("%d,%d,%d,%d,%.15g,%.15g,%.15g,%.15g,%.15g\n", t[1],t[2],t[3],t[4], f, f-d/2, g, c0, c1))
}
