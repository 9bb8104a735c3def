WITH hops AS (
    SELECT unnest(generate_series(time_bucket(INTERVAL 2 SECOND, dateTime) - INTERVAL 8 SECOND, time_bucket(INTERVAL 2 SECOND, dateTime), INTERVAL 2 SECOND)) AS window_start, auction
    FROM bid),
counts AS (SELECT window_start, auction, count(*) AS num FROM hops GROUP BY window_start, auction)
SELECT window_start, window_start + INTERVAL 10 SECOND AS window_end, auction, num
FROM counts
QUALIFY num = max(num) OVER (PARTITION BY window_start)
