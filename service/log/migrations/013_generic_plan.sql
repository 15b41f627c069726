-- As before, with plans that are made once a connection. Left to itself, PostgreSQL plans each of the function's statements
-- anew at every call (it takes an array whose length it sees to be cheaper than one it does not), and that is most of what
-- an append of one event costs: 0.35 ms against 0.12 in `kurslog bench`.
alter function log.append(
    int [], text [], bigint [],
    int [], text [], text [], bigint [], text [], bytea [],
    text [], uuid [],
    int [], text [], text [], bytea []
) set plan_cache_mode = force_generic_plan;
