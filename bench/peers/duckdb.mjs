// usage: node duckdb.mjs THREADS SQL...   Runs the statements in one in-memory database and prints one line of JSON:
// the seconds that the statements took and the rows of the last one. The time to start Node and to load DuckDB is not in it.
import { DuckDBInstance } from '@duckdb/node-api';

const [threads, ...statements] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const start = process.hrtime.bigint();
let rows = [];
for (const sql of statements) {
    const reader = await connection.runAndReadAll(sql);
    rows = reader.getRowsJson();
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(JSON.stringify({ seconds, rows }));
