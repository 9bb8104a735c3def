-- Trades of three symbols, made up as they are read, and their bars of ten seconds. Ctrl-C ends it; started again, it goes on.
CREATE STREAM trades (symbol VARCHAR, price DECIMAL(10,2), quantity INTEGER, at TIMESTAMP,
                      WATERMARK FOR at AS at - INTERVAL '1' SECOND)
WITH (connector = 'datagen', follow = true, rate = 500, seed = 1,
      'fields.symbol.kind' = 'enum', 'fields.symbol.values' = 'AAPL,MSFT,GOOG', 'fields.symbol.weights' = '5,3,1',
      'fields.price.kind' = 'random_walk', 'fields.price.start' = 100, 'fields.price.step' = 0.5, 'fields.price.by' = 'symbol',
      'fields.quantity.kind' = 'zipf', 'fields.quantity.max' = 1000,
      'fields.at.kind' = 'time', 'fields.at.start' = '2026-01-01', 'fields.at.step' = '10ms',
      'fields.at.jitter' = '500ms');
CREATE TABLE bars WITH (path = '../../out/bars/', format = 'csv');

-- @name: bars
INSERT INTO bars
SELECT window_end, symbol, count(*) AS trades, min(price) AS low, max(price) AS high, sum(price * quantity) AS volume
FROM TUMBLE(TABLE trades, DESCRIPTOR(at), INTERVAL '10' SECOND)
GROUP BY window_end, symbol;
