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

redrawn <- function(units, found_in, resamples, seed) {
  # Units are drawn again, whole; what is not estimable is left out, and where that is more than 1 in 20, nothing is said.
  set.seed(seed)
  drawn <- boot(seq_len(units), function(rows, at) found_in(rows[at]), R = resamples)$t
  drawn <- drawn[is.finite(drawn)]
  if (length(drawn) < 0.95 * resamples) NA else unname(quantile(drawn, c(0.025, 0.975), type = 6))
}

kappa_case <- function(one) {
  both <- cbind(unlist(one$first), unlist(one$second))
  values <- unique(c(both)); n <- nrow(both)
  kappa_in <- function(at) {
    shares <- lapply(1:2, function(side) tabulate(match(both[at, side], values), length(values)))
    chance <- sum(shares[[1]] * shares[[2]])
    (n * sum(both[at, 1] == both[at, 2]) - chance) / (n * n - chance)
  }
  list(name = one$name, kappa = quietly(cohen.kappa(both)$kappa), percentile = redrawn(n, kappa_in, 9999, 2019))
}

alpha_case <- function(one) {
  # Krippendorff's own formula: no package of Debian's has it.
  units <- Filter(function(unit) length(unit) > 1, lapply(one$units, function(unit) strsplit(unit, "")[[1]]))
  values <- unique(unlist(units))
  held <- t(sapply(units, function(unit) tabulate(match(unit, values), length(values))))
  unlike <- apply(held, 1, function(unit) sum(outer(unit, unit)) - sum(unit * unit)) / (rowSums(held) - 1)
  alpha_in <- function(at) {
    totals <- colSums(held[at, , drop = FALSE]); n <- sum(totals)
    1 - (sum(unlike[at]) / n) / ((n * n - sum(totals * totals)) / (n * (n - 1)))
  }
  every <- seq_along(units)
  list(name = one$name, alpha = quietly(alpha_in(every)), percentile = redrawn(length(units), alpha_in, 9999, 2019))
}

asked <- fromJSON(file("stdin"), simplifyVector = TRUE, simplifyDataFrame = FALSE)
answer <- list(
  paired = lapply(asked$paired, paired_case),
  kappa = lapply(asked$kappa, kappa_case),
  alpha = lapply(asked$alpha, alpha_case)
)
cat(toJSON(answer, digits = NA, auto_unbox = TRUE, na = "null"))
