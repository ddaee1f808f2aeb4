CREATE TABLE bench_offer (
    id uuid PRIMARY KEY, organization_id uuid NOT NULL, state text NOT NULL,
    smallest_fen bigint NOT NULL, largest_fen bigint, limit_fen bigint, tax_share integer,
    longest_months integer, purposes text[] NOT NULL, modes text[] NOT NULL, territory text[] NOT NULL,
    rate_from text, highest integer, days integer, valid_until date NOT NULL, in_words boolean NOT NULL
);
CREATE TABLE bench_rule (
    offer_id uuid NOT NULL, fact text NOT NULL, lowest bigint, highest bigint, codes text[],
    curable boolean NOT NULL, tolerance bigint NOT NULL
);
CREATE INDEX ON bench_offer (state, valid_until);
CREATE INDEX ON bench_offer USING gin (purposes);
CREATE INDEX ON bench_rule (offer_id);
ALTER TABLE bench_offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench_rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_select ON bench_rule FOR SELECT TO matchmaking_app USING (true);
GRANT SELECT ON bench_offer, bench_rule TO matchmaking_app;
