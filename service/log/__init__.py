"""The log: one store of events on PostgreSQL, its vault of personal text, and the projector that follows it."""
