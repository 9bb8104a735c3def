SELECT a FROM t LIMIT 5 WHERE a > 1 ORDER BY a GROUP BY a HAVING a > 2 EMIT CHANGES INTO sink WITH ('sink.type' = 'kafka');
SELECT a INTO sink FROM t WHERE a = 1 WITH ('connector' = 'kafka', 'topic' = '${TOPIC:-orders}', brokers = ${BROKERS:?set it}, 'orders.config_file' = 'x.yaml');
SELECT a || b, a -> 'x' ->> 'y', a & b | c # d, a << 2 >> 1, a ~ 'x', a ~* 'x', a !~ 'x', a !~* 'x', a % b, a ^ b, a <> b, a != b, a <= b, a >= b;
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN SYMMETRIC 2 AND 1, a IN (1, 2, 3), a NOT IN (SELECT b FROM u), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1)), a IN ((SELECT 1), 2);
SELECT a LIKE 'x%', a NOT LIKE 'x#%' ESCAPE '#', a ILIKE b, a NOT ILIKE b, a SIMILAR TO 'x|y', a NOT SIMILAR TO b ESCAPE '\';
SELECT a IS NULL, a IS NOT NULL, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM NULL, a ISNULL, a NOTNULL;
