"""Everything that touches the world: the log, pages, API, command line, reports and exports."""
