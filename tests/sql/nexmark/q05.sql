-- Hot items: the auctions with the most bids in ten seconds, every two seconds.
WITH counts AS (
    SELECT window_start, window_end, auction, count(*) AS num
    FROM HOP(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND)
    GROUP BY window_start, window_end, auction)
SELECT c.window_start, c.window_end, c.auction, c.num
FROM counts c
JOIN (SELECT window_start, max(num) AS most FROM counts GROUP BY window_start) m
    ON c.window_start = m.window_start AND c.num >= m.most
