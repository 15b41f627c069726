"""``kurslog bench``: how fast the store is, beside PostgreSQL asked by hand and others' stores on the same server.

A figure here is a ratio of two works done turn by turn in one run, for times do not carry over from one machine to
another. Everything is done in a scratch database that is dropped at the end; nobody's log is opened.
"""
