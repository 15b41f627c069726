"""What we learn: one question a file, folded from the log, disposable, rebuilt at will."""
