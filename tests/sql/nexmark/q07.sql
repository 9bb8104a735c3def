-- Highest bid: the bids with the highest price of each ten seconds.
SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
FROM TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND) b
JOIN (
    SELECT window_start, max(price) AS price
    FROM TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND)
    GROUP BY window_start) m
    ON b.window_start = m.window_start AND b.price = m.price
