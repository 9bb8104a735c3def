WITH gaps AS (
    SELECT bidder, dateTime, coalesce(dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime) >= INTERVAL 10 SECOND, true) AS begins
    FROM bid),
numbered AS (
    SELECT bidder, dateTime, sum(begins::integer) OVER (PARTITION BY bidder ORDER BY dateTime) AS session FROM gaps)
SELECT bidder, count(*) AS bids, min(dateTime) AS window_start, max(dateTime) + INTERVAL 10 SECOND AS window_end
FROM numbered
GROUP BY bidder, session
