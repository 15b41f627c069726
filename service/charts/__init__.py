"""Charts: one specification in places from 0 to 1, two writers, the page and the paper."""
