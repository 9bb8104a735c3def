-- Every statement and clause of the language; each is parsed, printed, and parsed again.
SELECT 1;
SELECT 1 AS a, 'it''s' b, "Quoted ""Name""" AS "x y", `ticks` FROM t;
SELECT ALL a FROM t WHERE a > 1 AND b IS NOT NULL GROUP BY a, b + 1 HAVING count(*) > 2 ORDER BY a DESC NULLS LAST, 2 ASC, c NULLS FIRST LIMIT 10 OFFSET 5;
SELECT DISTINCT a FROM t FETCH FIRST 3 ROWS ONLY;
SELECT DISTINCT ON (a, b) a, b, c FROM t ORDER BY a, b, c DESC OFFSET 2 ROWS FETCH NEXT ROW ONLY;
SELECT * FROM a, b, c WHERE a.id = b.id LIMIT ALL;
SELECT t.*, s.t.* EXCEPT (a, "B"), u.* EXCLUDE (c), v.* EXCLUDE d REPLACE (a + 1 AS a, b AS b) FROM t;
SELECT * EXCEPT (a) REPLACE (upper(b) AS b) FROM t;
SELECT * FROM t EXCEPT (SELECT * FROM u);
SELECT * EXCEPT SELECT * FROM u;
SELECT id PRIMARY KEY, ts AS _event_time, name AS n PRIMARY KEY, k PRIMARY KEY AS kk FROM t;
FROM t;
FROM t SELECT a, b WHERE a > 1;
FROM t WHERE a > 1 SELECT DISTINCT b ORDER BY b;
FROM 'trades.jsonl';
SELECT * FROM 'x.csv' (a int, b decimal(12, 2) NOT NULL, c text FROM 'Source Name') WITH ('delimiter' = ';', "header" = 'true', quote.escape = none, rows = 100) AS x (p, q, r);
SELECT * FROM 'kafka://broker/topic?format=json' OPTIONS (idle.timeout = 5m, batch.bytes = 64MB, ratio = -1.5) k WHERE k.a = 1;
SELECT * FROM 'lake/orders/*.parquet' o JOIN 'c.csv' AS c WITH (header = true) ON o.id = c.id;
VALUES (1, 'a'), (2, NULL);
VALUES (1) ORDER BY 1 DESC LIMIT 1;
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, s);
TABLE orders;
WITH a AS (SELECT 1 AS x), b (y, z) AS (SELECT x, x FROM a), c AS NOT MATERIALIZED (VALUES (1)) SELECT * FROM a, b, c;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT * FROM n;
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 INTERSECT SELECT 4 EXCEPT ALL SELECT 5 ORDER BY 1 LIMIT 2;
(SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT b FROM u) LIMIT 3;
((SELECT 1)) UNION DISTINCT ((SELECT 2) INTERSECT ALL SELECT 3);
SELECT * FROM a JOIN b ON a.id = b.id INNER JOIN c USING (id, k) LEFT OUTER JOIN d ON true RIGHT JOIN e ON false FULL OUTER JOIN f ON a.x = f.x CROSS JOIN g;
SELECT * FROM a NATURAL JOIN b NATURAL LEFT JOIN c;
SELECT * FROM a SEMI JOIN b ON a.id = b.id ANTI JOIN c USING (id) LEFT SEMI JOIN d ON a.x = d.x LEFT ANTI JOIN e ON a.y = e.y;
SELECT * FROM trades t ASOF JOIN quotes q ON t.s = q.s AND t.ts >= q.ts ASOF LEFT JOIN other o ON t.s = o.s AND t.ts >= o.ts;
SELECT * FROM (a JOIN b ON a.id = b.id) AS ab JOIN (c CROSS JOIN d) ON ab.id = c.id;
SELECT * FROM ((SELECT 1 AS x) a CROSS JOIN (SELECT 2 AS y) b);
SELECT * FROM ((SELECT 1) UNION (SELECT 2)) u;
SELECT * FROM a JOIN b ON a.id = b.id WITHIN INTERVAL '5' MINUTE JOIN c WITHIN 30s ON a.id = c.id;
SELECT * FROM orders AS o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.c = r.c LEFT JOIN p q FOR SYSTEM_TIME AS OF o.ts + INTERVAL '1' DAY ON o.p = q.p;
SELECT * FROM iceberg('lake/orders') FOR VERSION AS OF 123 AS o, 'x' FOR TIMESTAMP AS OF '2026-03-01', t FOR SYSTEM_VERSION AS OF 'audit', t AS u FOR SYSTEM_TIME AS OF TIMESTAMP '2026-03-01 12:00:00';
SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.a = t.a LIMIT 3) l, LATERAL unnest(t.items) WITH ORDINALITY AS i (v, n);
SELECT * FROM generate_series(1, 10) g (i), read_csv('x.csv', delimiter = ';', header => true), TABLE(unnest(ARRAY[1, 2]));
SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE);
SELECT window_start, count(*) FROM HOP(TABLE t, DESCRIPTOR(ts), 30s, INTERVAL '1' MINUTE) w GROUP BY window_start;
SELECT * FROM CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY) JOIN SESSION(TABLE t PARTITION BY (k, l), DESCRIPTOR(ts), INTERVAL '30' SECOND) AS s ON true;
SELECT * FROM TUMBLE((SELECT * FROM t), DESCRIPTOR(ts), 5m), SESSION(TABLE t PARTITION BY k, DESCRIPTOR("Event Time"), 90s);
SELECT * FROM GAP_FILL((SELECT * FROM t) PARTITION BY k, DESCRIPTOR(ts), 5m) AS g, GAP_FILL(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE);
SELECT k, sum(v) FROM t GROUP BY k WINDOW TUMBLING(1m);
SELECT k, sum(v) FROM t WINDOW TUMBLING(ts, 1m) WHERE v > 0 GROUP BY k EMIT FINAL;
SELECT k, sum(v) FROM t GROUP BY k WINDOW TUMBLING(INTERVAL '1' MINUTE) EMIT CHANGES;
SELECT k, sum(v) FROM t WINDOW SLIDING(5m, 1m) GROUP BY k;
SELECT k, sum(v) FROM t WINDOW SLIDING(t.ts, INTERVAL '1' HOUR, 500ms) GROUP BY k HAVING sum(v) > 1;
SELECT k, sum(v) FROM t WINDOW SESSION(30s) GROUP BY k;
SELECT k, sum(v) FROM t GROUP BY k WINDOW SESSION(ts, 1w, customer_id) LIMIT 5;
SELECT a FROM t LIMIT 5 WHERE a > 1 ORDER BY a GROUP BY a HAVING a > 2 EMIT CHANGES INTO sink WITH ('sink.type' = 'kafka');
SELECT a INTO sink FROM t WHERE a = 1 WITH ('connector' = 'kafka', 'topic' = '${TOPIC:-orders}', brokers = ${BROKERS:?set it}, 'orders.config_file' = 'x.yaml');
SELECT rank() OVER w, sum(a) OVER (w ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(a) OVER () FROM t WINDOW w AS (PARTITION BY c, d ORDER BY e DESC NULLS LAST), v AS (w RANGE UNBOUNDED PRECEDING);
SELECT sum(a) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES), sum(b) OVER (ORDER BY x GROUPS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW), sum(c) OVER (ROWS 3 PRECEDING EXCLUDE GROUP), sum(d) OVER (ROWS CURRENT ROW EXCLUDE NO OTHERS) FROM t;
SELECT avg(p) OVER (ROWS WINDOW BUFFER 100 ROWS PARTITION BY s ORDER BY ts ROWS BETWEEN 10 PRECEDING AND CURRENT ROW EMIT ON BUFFER FULL EXPIRE AFTER INTERVAL '1' HOUR INACTIVITY) FROM t;
SELECT avg(p) OVER (ROWS WINDOW BUFFER 5 ROWS ORDER BY ts PARTITION BY s EMIT EVERY RECORD EXPIRE NEVER), max(p) OVER (ROWS WINDOW BUFFER 1 ROW) FROM t;
SELECT a, row_number() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t QUALIFY rn <= 3;
SELECT a, b, sum(c) FROM t GROUP BY ALL;
SELECT a, b, sum(c) FROM t GROUP BY ROLLUP (a, (b, c), d), CUBE (e, f), GROUPING SETS ((a, b), c, (), ROLLUP (x, y), GROUPING SETS (z)), (), g;
SELECT count(*), count(DISTINCT a), sum(ALL b), count(t.*), string_agg(c, ',' ORDER BY d DESC, e) FILTER (WHERE f > 0), percentile_cont(0.5) WITHIN GROUP (ORDER BY g), first_value(h IGNORE NULLS) OVER w, lag(i, 1, 0) RESPECT NULLS OVER w, last(j) IGNORE NULLS OVER (ORDER BY k) FROM t WINDOW w AS (ORDER BY x);
SELECT listagg(DISTINCT name, '; ') WITHIN GROUP (ORDER BY name) FILTER (WHERE name <> '') FROM t;
SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END, CASE CASE a WHEN 1 THEN 2 END WHEN 2 THEN NOT true END;
SELECT CAST(a AS decimal(10, 2)), a::bigint, TRY_CAST('x' AS date), a::double precision, a::character varying(10), a::int[], a::timestamp(3) with time zone, a::array<map<text, struct<x int not null, "y z" array<bigint>>>>, CAST(a AS ROW(p int, q text)), a::timestamp without time zone, a::timestamptz[Europe/Paris];
SELECT DATE '2024-01-31', TIMESTAMP '2024-01-31 10:00:00', timestamp with time zone '2024-01-31 10:00:00+02', TIME '10:00', uuid '00000000-0000-0000-0000-000000000000', decimal(5, 2) '1.23', double precision '1.5', json '{"a": 1}';
SELECT INTERVAL '1' HOUR, INTERVAL '1 day 2 hours', INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 4:05:06.789' DAY TO SECOND(3), INTERVAL '-5' MINUTE, INTERVAL 5 MINUTE, INTERVAL 'P1Y2M3DT4H5M6S', INTERVAL '1 week 2 days ago', INTERVAL '@ 1 minute', INTERVAL '1h30m', INTERVAL '04:05' MINUTE TO SECOND, interval '1.5 months', INTERVAL '90', interval from_name FROM t;
SELECT 1, 1.5, .5, 5., 1e10, 1.5E-3, 1_000_000, 0xFF, 0b101, 0o17, 12345678901234567890123456789012345678, NULL, TRUE, false;
SELECT 'plain', E'tab\t\'quote\' \\ \x41\u00e9\U0001F600\101', $$dollar 'quoted'$$, $tag$with $$ inside$tag$, X'CAFEbabe', x'';
SELECT +a, -a, - -a, -(-1), ~a, ~ ~a, NOT NOT a, -(a + b) * c, (a OR b) AND c, NOT (a AND b), a - (b - c), (a = b) = (c = d), (a IS NULL) IS NULL;
SELECT a || b, a -> 'x' ->> 'y', a & b | c # d, a << 2 >> 1, a ~ 'x', a ~* 'x', a !~ 'x', a !~* 'x', a % b, a ^ b, a <> b, a != b, a <= b, a >= b;
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN SYMMETRIC 2 AND 1, a IN (1, 2, 3), a NOT IN (SELECT b FROM u), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1)), a IN ((SELECT 1), 2);
SELECT a LIKE 'x%', a NOT LIKE 'x#%' ESCAPE '#', a ILIKE b, a NOT ILIKE b, a SIMILAR TO 'x|y', a NOT SIMILAR TO b ESCAPE '\';
SELECT a IS NULL, a IS NOT NULL, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM NULL, a ISNULL, a NOTNULL;
SELECT EXISTS (SELECT 1 FROM u WHERE u.a = t.a), NOT EXISTS (SELECT 1), a = ANY (SELECT b FROM u), a < ALL (ARRAY[1, 2]), a <> SOME (b), a ~ ANY (c), (SELECT max(a) FROM t), ((SELECT 1)), ((SELECT 1) + 1) FROM t;
SELECT ARRAY[1, 2, 3], [1, 2], ARRAY[], ARRAY[[1, 2], [3]], MAP {'a': 1, 'b': 2}, MAP['a', 1, 'b', 2], MAP {}, STRUCT(a AS x, b), ROW(1, 2), ROW(), (a, b, 3);
SELECT a[1], a[1][2], m['key'], a[2:3], a[:3], a[2:], a[:], (f(x)).y, f(x)[1].z, (a).b, t.a.b.c, (STRUCT(1 AS x)).x, (a::struct<x int>).x, (map)[1];
SELECT EXTRACT(YEAR FROM ts), extract('dow' FROM ts), ts AT TIME ZONE 'Europe/Paris', SUBSTRING(a FROM 2), SUBSTRING(a FROM 2 FOR 3), SUBSTRING(a FOR 3), substring(a, 2, 3), POSITION('x' IN a), position(a, 'x'), OVERLAY(a PLACING b FROM 1 FOR 2), TRIM(a), TRIM(BOTH 'x' FROM a), TRIM(LEADING FROM a), TRIM(TRAILING 'y' FROM a), TRIM('x' FROM a), trim(a, 'x');
SELECT CURRENT_DATE, CURRENT_TIMESTAMP, current_timestamp(), LOCALTIMESTAMP, left(a, 1), right(b, 2), join(c, ','), replace(a, 'b', 'c'), if(a, b, c), coalesce(a, b), map(k, v), now();
SELECT value, key, timestamp, date, time, interval, year, month, status, version, rows, range, "order", first, last, filter, over, position, row, type, name, emit, options, strategy, map FROM stream AS table_alias, job;
SELECT _key, _timestamp, HEADER('k'), SET_HEADER('k', v) FROM t;
SELECT größe, naïve_1, col$1 FROM "schema"."таблица";
CREATE STREAM orders (id BIGINT, ts TIMESTAMP(3), v DECIMAL(10, 2) NOT NULL, name VARCHAR FROM 'Customer Name', WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'kafka', 'topic' = '${TOPIC}', "format" = "json", batch.size = 100);
CREATE OR REPLACE TABLE IF NOT EXISTS users (id BIGINT PRIMARY KEY, name TEXT NULL, tags ARRAY<TEXT>, PRIMARY KEY (id, "name") NOT ENFORCED) WITH (connector = files, path = 'users/');
CREATE TABLE t (a INT NOT NULL PRIMARY KEY);
CREATE STREAM s WITH ('connector' = 'files') AS SELECT * FROM t EMIT CHANGES;
CREATE STREAM big_trades AS SELECT * FROM trades WHERE v > 100 WITH ('trades.type' = 'kafka_source', 'trades.topic' = 't', 'big_trades.config_file' = 'x.yaml');
CREATE TABLE totals AS SELECT k, sum(v) FROM t GROUP BY k;
CREATE VIEW v AS WITH a AS (SELECT 1) SELECT * FROM a;
CREATE OR REPLACE VIEW s.v AS VALUES (1);
DROP STREAM s; DROP TABLE IF EXISTS a.t; DROP VIEW v; DROP JOB j;
INSERT INTO t SELECT * FROM u;
INSERT INTO t (a, b) VALUES (1, 2), (3, 4);
INSERT INTO t (SELECT 1);
INSERT INTO 'out.parquet' WITH ('compression' = 'zstd') SELECT * FROM t;
INSERT INTO t FROM u SELECT a WITH (batch.size = 5);
EXPLAIN SELECT 1; EXPLAIN ANALYZE SELECT * FROM t; EXPLAIN WATERMARK CREATE STREAM s AS SELECT * FROM t; EXPLAIN INSERT INTO t SELECT 1;
SHOW STREAMS; SHOW TABLES LIKE 'a%'; SHOW VIEWS; SHOW FUNCTIONS LIKE '%json%'; SHOW JOBS; SHOW TOPICS; SHOW PARTITIONS orders; SHOW SCHEMA s.orders; SHOW STATUS; SHOW STATUS j; SHOW VERSIONS j; SHOW METRICS; SHOW METRICS j LIKE 'p%'; SHOW METRICS LIKE 'p';
DESCRIBE t; DESC s.t; DESCRIBE 'file.csv'; DESCRIBE SELECT a FROM t; DESCRIBE 'file.csv' WITH (header = false); DESCRIBE STREAM t; DESCRIBE FUNCTION upper; DESCRIBE FUNCTION left; LOAD 'functions.dll'; DESCRIBE function;
SET memory.limit = '1GB'; SET threads = 4; SET "case" TO off; SET offset.x = -1;
START JOB j AS SELECT * FROM t INTO sink; START JOB j AS INSERT INTO a SELECT * FROM b; START JOB j AS CREATE STREAM s AS SELECT 1;
STOP JOB j; STOP JOB j FORCE; PAUSE JOB j; RESUME JOB j;
DEPLOY JOB j VERSION '1.2.0' AS SELECT * FROM t STRATEGY BLUE_GREEN; DEPLOY JOB j VERSION '2' AS SELECT * FROM t WHERE a = 1 STRATEGY CANARY(10); DEPLOY JOB j VERSION '3' STRATEGY ROLLING AS INSERT INTO a SELECT 1; DEPLOY JOB j VERSION '4' AS SELECT a FROM t STRATEGY REPLACE; DEPLOY JOB j VERSION '5' AS SELECT a FROM t;
ROLLBACK JOB j; ROLLBACK JOB j VERSION '1.0';

-- @name: large orders
-- @version: 1.2.0
-- @job_mode: transactional
-- @observability.metrics.enabled: true
-- a comment that is no annotation
-- @metric: orders_total
-- @metric_labels: a, b
-- @metric_condition: v > 100 -- and more
/* a block /* nested */ comment */
CREATE STREAM large AS
SELECT * -- @not: an annotation here
FROM orders WHERE v > 100;
;;
SELECT 'last without a semicolon'
