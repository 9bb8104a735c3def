-- Find last bid: of each person for each auction.
SELECT auction, bidder, price, channel, url, dateTime, extra
FROM (
    SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, extra) AS place
    FROM bid) b
WHERE place <= 1
