-- As before, without looking where there is nothing to be found: every event that is appended is asked which file it holds, and
-- of a contribution without one the regular expression took 13 microseconds, a quarter of what its rows cost the database.
-- The answers are the same, and so is the index over them: what the expressions look for holds these bytes.
create or replace function log.file_in(topic text, state bytea) returns text language sql immutable parallel safe as $$
    select case
        when topic like 'media-captured.%' or topic like 'product-delivered.%'
            then substring(encode(state, 'escape') from '"sha256":"([0-9a-f]{64})"')
        when (topic like 'contribution-made.%' or topic like 'expenditure-recorded.%') and position('_sha256":"'::bytea in state) > 0
            then substring(encode(state, 'escape') from '"(?:artefact|file)_sha256":"([0-9a-f]{64})"')
        when topic like 'event-corrected.%' and position('sha256","value":"'::bytea in state) > 0
            then substring(encode(state, 'escape') from '"field":"(?:(?:artefact|file)_)?sha256","value":"([0-9a-f]{64})"')
    end
$$;
