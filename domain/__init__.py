"""What can happen, and what may not: pure rules over events, without I/O, clock or randomness."""
