-- Winning bids: the highest valid bid of each auction, of equal ones the earliest.
SELECT id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra, bidder, price, bidTime, bidExtra
FROM (
    SELECT a.*, b.bidder, b.price, b.dateTime AS bidTime, b.extra AS bidExtra,
        row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime, b.bidder) AS place
    FROM auction a JOIN bid b ON a.id = b.auction
    WHERE b.dateTime BETWEEN a.dateTime AND a.expires) bids
WHERE place <= 1
