-- Calculation: conversion, classification and a count of characters.
SELECT auction, bidder, 0.908 * price AS price,
    CASE WHEN extract(HOUR FROM dateTime) BETWEEN 8 AND 18 THEN 'dayTime'
         WHEN extract(HOUR FROM dateTime) <= 6 OR extract(HOUR FROM dateTime) >= 20 THEN 'nightTime'
         ELSE 'otherTime' END AS bidTimeType,
    dateTime, extra, length(extra) - length(replace(extra, 'c', '')) AS c_counts
FROM bid
WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000
