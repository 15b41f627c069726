"""The formulas: pure functions over numbers, each with its range, its caveat and its source."""
