// usage: node polars.mjs PATH TIMES COLUMN...   Reads columns of an Avro file so many times and prints one line of JSON: the
// seconds of the fastest turn, and the number of rows with the sum of each column; text counts by its bytes. Polars is
// native code as DuckDB is. The time to start Node and to load it is not in it.
import pl from 'nodejs-polars';

const [path, times, ...columns] = process.argv.slice(2);
let rows = [];
let seconds = Infinity;
for (let turn = 0; turn < Number(times); turn++) {
    const start = process.hrtime.bigint();
    const table = pl.readAvro(path, { columns });
    const sums = columns.map(name => {
        const column = table.getColumn(name);
        return `${(String(column.dtype).includes('Utf8') || String(column.dtype).includes('String') ? column.str.lengths() : column).sum()}`;
    });
    rows = [[`${table.height}`, ...sums]];
    seconds = Math.min(seconds, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(JSON.stringify({ seconds, rows }));
