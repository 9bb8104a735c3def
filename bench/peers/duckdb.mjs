// usage: node duckdb.mjs THREADS TIMES SQL...   Runs the statements so many times in one in-memory database and prints one
// line of JSON: the seconds that they took in the fastest turn, and the rows of the last statement. The time to start
// Node and to load DuckDB is not in it, nor that of statements which follow 'once:' and run before all others.
import { DuckDBInstance } from '@duckdb/node-api';

const [threads, times, ...statements] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const timed = statements.filter(sql => !sql.startsWith('once:'));
for (const sql of statements.filter(sql => sql.startsWith('once:'))) {
    await connection.run(sql.slice('once:'.length));
}
let rows = [];
let seconds = Infinity;
for (let turn = 0; turn < Number(times); turn++) {
    const start = process.hrtime.bigint();
    for (const sql of timed) {
        const reader = await connection.runAndReadAll(sql);
        rows = reader.getRowsJson();
    }
    seconds = Math.min(seconds, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(JSON.stringify({ seconds, rows }));
