# What R makes of the cases it is handed: JSON in, JSON out. Every number is that of a package where one has it
# (effectsize, coin, boot, psych), and R's own arithmetic by the published formula where none does.
suppressWarnings(suppressMessages({
  library(jsonlite); library(effectsize); library(coin); library(boot); library(psych)
}))

quietly <- function(found) {
  # boot prints where it cannot go on; what is printed here would stand in the answer.
  capture.output(number <- tryCatch(suppressWarnings(suppressMessages(found)), error = function(e) NA))
  if (length(number) == 0 || any(!is.finite(number))) NA else as.numeric(number)
}

signed <- function(first, last, zeros) {
  test <- function(how) wilcoxsign_test(last ~ first, zero.method = zeros, distribution = how)
  list(
    plus = quietly(statistic(test("asymptotic"), "linear")),
    exact = quietly(pvalue(test("exact"))),
    normal = quietly(pvalue(test("asymptotic")))
  )
}

resampled <- function(d, resamples, seed) {
  set.seed(seed)
  found <- boot(d, function(values, at) mean(values[at]), R = resamples)
  quietly(boot.ci(found, type = "bca", L = d - mean(d))$bca[4:5])
}

paired_case <- function(one) {
  # A missing half takes its partner out.
  first <- as.numeric(one$first); last <- as.numeric(one$last)
  both <- !is.na(first) & !is.na(last)
  first <- first[both]; last <- last[both]; d <- last - first; n <- length(d)
  improved <- sum(d > 0)
  list(
    name = one$name,
    n = n,
    gain = quietly(mean(d)),
    d_z = quietly(cohens_d(last, first, paired = TRUE, ci = NULL)$Cohens_d),
    d_av = quietly(mean(d) / ((sd(first) + sd(last)) / 2)),
    g_z = quietly(hedges_g(last, first, paired = TRUE, ci = NULL)$Hedges_g),
    drop = signed(first, last, "Wilcoxon"),
    pratt = signed(first, last, "Pratt"),
    rank_biserial = quietly(rank_biserial(last, first, paired = TRUE, ci = NULL)$r_rank_biserial),
    improved = improved, same = sum(d == 0), declined = sum(d < 0),
    wilson = quietly(prop.test(improved, n, correct = FALSE)$conf.int),
    t = quietly(t.test(d)$conf.int),
    bca = if (n >= 20) resampled(d, 9999, 2019) else NA
  )
}

kappa_case <- function(one) {
  both <- cbind(unlist(one$first), unlist(one$second))
  list(name = one$name, kappa = quietly(cohen.kappa(both)$kappa))
}

asked <- fromJSON(file("stdin"), simplifyVector = TRUE, simplifyDataFrame = FALSE)
answer <- list(paired = lapply(asked$paired, paired_case), kappa = lapply(asked$kappa, kappa_case))
cat(toJSON(answer, digits = NA, auto_unbox = TRUE, na = "null"))
