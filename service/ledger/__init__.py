"""The ledger: a Merkle tree over the log, so that nothing is changed unnoticed. Pure: no file, clock or database."""
