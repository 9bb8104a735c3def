-- Bounded side input join: bids with a value from a table of 10 000 keys.
WITH side AS (SELECT n AS key, 'value ' || n AS value FROM generate_series(0, 9999) AS s(n))
SELECT b.auction, b.bidder, b.price, b.dateTime, s.value
FROM bid b JOIN side s ON b.auction % 10000 = s.key
