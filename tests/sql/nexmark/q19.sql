-- Auction top ten by price.
SELECT auction, bidder, price, channel, url, dateTime, extra, place
FROM (
    SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, dateTime, extra) AS place
    FROM bid) b
WHERE place <= 10
