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
SET memory.limit = '1GB'; SET threads = 4; SET "case" TO off; SET offset.x = -1;
CREATE STREAM large AS
