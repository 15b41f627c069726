"""Imports: histories brought in from files, in order of when they were known."""
