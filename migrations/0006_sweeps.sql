-- Sweeps are few among runs where a server works on webhooks, which may make thousands of runs a day.
CREATE INDEX runs_sweeps ON runs (id) WHERE kind = 'sweep' AND dry_run = 0;
