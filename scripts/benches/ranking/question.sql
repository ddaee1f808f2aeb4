WITH known AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(facts)s::jsonb) AS f(fact text, number bigint, codes text[])
), offered AS MATERIALIZED (
    SELECT o.*, least(o.largest_fen, o.limit_fen, o.tax_share * %(tax)s::bigint / 10000) AS cap,
        o.largest_fen IS NULL OR (o.tax_share IS NOT NULL AND %(tax)s::bigint IS NULL) AS bounded,
        CASE o.rate_from WHEN 'fixed' THEN o.highest ELSE o.highest + (%(lpr)s::jsonb ->> o.rate_from)::int END
            AS rate,
        (SELECT max((%(burdens)s::jsonb ->> m)::int) FROM unnest(o.modes) m) AS burden
    FROM bench_offer o
    WHERE o.state = 'open' AND o.valid_until >= %(today)s::date
        AND (o.purposes = '{}' OR %(purpose)s::text = ANY (o.purposes))
        AND (o.modes = '{}' OR o.modes && %(modes)s::text[])
        AND o.territory && %(places)s::text[]
), ruled AS (
    SELECT r.offer_id,
        count(*) FILTER (WHERE NOT met AND NOT near) AS unmet,
        count(*) FILTER (WHERE NOT met AND near) AS missed,
        bool_or(met IS NULL) AS open
    FROM offered o JOIN bench_rule r ON r.offer_id = o.id LEFT JOIN known f ON f.fact = r.fact,
    LATERAL (SELECT CASE WHEN r.codes IS NOT NULL THEN r.codes && f.codes
        ELSE f.number >= coalesce(r.lowest, f.number) AND f.number <= coalesce(r.highest, f.number) END AS met,
        r.curable OR (r.codes IS NULL AND abs(f.number - coalesce(r.lowest, r.highest)) * 10000
            <= coalesce(r.lowest, r.highest) * r.tolerance) AS near) AS judged
    GROUP BY 1
), judged AS (
    SELECT o.*,
        coalesce(d.unmet, 0) + coalesce((o.cap < o.smallest_fen)::int, 0)
        + (few AND NOT near_few)::int + coalesce((long AND NOT near_long)::int, 0) AS unmet,
        coalesce(d.missed, 0) + (few AND near_few)::int + coalesce((long AND near_long)::int, 0) AS missed,
        coalesce(d.open, false) OR o.in_words OR (o.tax_share IS NOT NULL AND %(tax)s::bigint IS NULL) AS open
    FROM offered o LEFT JOIN ruled d ON d.offer_id = o.id,
    LATERAL (SELECT %(amount)s::bigint < o.smallest_fen AS few,
        (o.smallest_fen - %(amount)s::bigint) * 5 <= o.smallest_fen AS near_few,
        %(months)s::int > o.longest_months AS long,
        (%(months)s::int - o.longest_months) * 5 <= o.longest_months AS near_long) AS wished
)
SELECT id, CASE WHEN unmet > 0 OR missed > 2 THEN 3 WHEN missed > 0 THEN 2 WHEN open THEN 1 ELSE 0 END
        AS verdict,
    30 * CASE WHEN bounded OR cap IS NULL THEN 0 ELSE least(cap, %(amount)s::bigint) * 10000 / %(amount)s::bigint END
    + 30 * greatest(0, least(10000, coalesce((1200 - rate) * 10, 0)))
    + 15 * CASE WHEN days IS NULL OR (days * 7 + 4) / 5 > %(left)s::int THEN 0 ELSE (60 - days) * 10000 / 60 END
    + 15 * coalesce(burden, 0)
    + 10 * (CASE WHEN %(purpose)s::text = ANY (purposes) THEN 4000 ELSE 0 END + 3000) AS total,
    count(*) FILTER (WHERE unmet = 0 AND missed = 0 AND NOT open) OVER () AS eligible
FROM judged ORDER BY verdict, total DESC, id LIMIT 20
