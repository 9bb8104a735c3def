// Answers questions about files with implementations that are not ours. One JSON request a line on standard input,
// {"id", "op", ...}; one JSON answer a line on standard output, {"id", "result"} or {"id", "error"}.
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { avroDecoders, avroEncoders, avroType } from './avro.mjs';
import { canonical } from './canonical.mjs';
import { buildTable } from './iceberg-tables.mjs';
import { readVersion3 } from './iceberg-version3.mjs';
import { icebirdRead } from './icebird.mjs';
import { revive } from './revive.mjs';

const connections = new Map();

const operations = {
  // Statements of one session see what its earlier ones have made.
  async duckdb({ sql, session = '' }) {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    if (!connections.has(session)) connections.set(session, await (await DuckDBInstance.create(':memory:')).connect());
    const reader = await connections.get(session).runAndReadAll(sql);
    return {
      columns: reader.columnNames(),
      types: reader.columnTypes().map(String),
      rows: reader.getRows().map(row => row.map(canonical)),
    };
  },

  async 'hyparquet-read'({ file, columns }) {
    const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
    const { compressors } = await import('hyparquet-compressors');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors, columns, utf8: false });
    return rows.map(canonical);
  },

  async 'hyparquet-metadata'({ file }) {
    const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
    return canonical(await parquetMetadataAsync(await asyncBufferFromFile(file)));
  },

  // For each row group a list of {columnIndex, offsetIndex}, one per leaf.
  async 'hyparquet-indexes'({ file }) {
    const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, readColumnIndex, readOffsetIndex } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
    const bytes = readFileSync(file);
    const at = (offset, length, read, ...more) => offset === undefined ? null
      : read({ view: new DataView(bytes.buffer, bytes.byteOffset + Number(offset), length), offset: 0 }, ...more);
    const leaves = [];
    const visit = node => node.children.length ? node.children.forEach(visit) : leaves.push(node.element);
    visit(parquetSchema(metadata));
    return metadata.row_groups.map(group => group.columns.map((chunk, i) => canonical({
      columnIndex: at(chunk.column_index_offset, chunk.column_index_length, readColumnIndex, leaves[i]),
      offsetIndex: at(chunk.offset_index_offset, chunk.offset_index_length, readOffsetIndex),
    })));
  },

  async 'hyparquet-write'({ file, columnData, options }) {
    const { parquetWriteFile } = await import('hyparquet-writer');
    parquetWriteFile({ filename: file, columnData: revive(columnData), ...options });
    return true;
  },

  // Reads a file with Rust's implementation and writes it again as asked: options are a list of
  // [setter of its WriterPropertiesBuilder, value or list of values], enumerations written as 'Encoding.PLAIN'.
  async 'parquet-rewrite'({ from, to, options }) {
    const wasm = await import('parquet-wasm/node');
    let builder = new wasm.WriterPropertiesBuilder();
    for (const [name, value] of options ?? []) {
      const values = [value].flat().map(v => (typeof v === 'string' && wasm[v.split('.')[0]]?.[v.split('.')[1]]) ?? v);
      builder = builder[name](...values);
    }
    writeFileSync(to, wasm.writeParquet(wasm.readParquet(readFileSync(from)), builder.build()));
    return true;
  },

  // Rows as Rust's implementation reads them; each row is an array of values.
  async 'parquet-wasm-read'({ file }) {
    const wasm = await import('parquet-wasm/node');
    const { tableFromIPC } = await import('apache-arrow');
    const table = tableFromIPC(wasm.readParquet(readFileSync(file)).intoIPCStream());
    const columns = table.schema.fields.map((_, i) => table.getChildAt(i));
    const rows = Array.from({ length: table.numRows }, (_, row) => columns.map(column => canonical(column.get(row))));
    return { columns: table.schema.fields.map(f => f.name), types: table.schema.fields.map(f => String(f.type)), rows };
  },

  // Lines of JSON as V8 reads them; null for a line that it refuses.
  async 'json-lines'({ file }) {
    return readFileSync(file, 'utf8').split('\n').filter(line => line.trim() !== '').map(line => {
      try {
        return canonical(JSON.parse(line));
      } catch {
        return null;
      }
    });
  },

  // Rows of an Iceberg table as objects; null where the reader is not installed.
  async 'icebird-read'({ table, file }) {
    try {
      await import('icebird');
    } catch {
      return null;
    }
    return (await icebirdRead(table, file)).map(canonical);
  },

  // What the vendor-neutral client of Iceberg's REST protocol does with a catalog: a method of its own, and what it is given.
  async 'iceberg-rest'({ url, warehouse, method, args, token }) {
    const { IcebergRestCatalog } = await import('iceberg-js');
    const catalog = new IcebergRestCatalog({ baseUrl: url, warehouse, auth: token ? { type: 'bearer', token } : { type: 'none' } });
    return canonical(await catalog[method](...args) ?? true);
  },

  // What Amazon's own client of Glue does; an error is its name.
  async glue({ endpoint, command, input }) {
    const sdk = await import('@aws-sdk/client-glue');
    const client = new sdk.GlueClient({ endpoint, region: 'eu-central-1', maxAttempts: 1, credentials: { accessKeyId: 'MILLRACE', secretAccessKey: 'millrace-secret' } });
    try {
      const { $metadata, ...result } = await client.send(new sdk[`${command}Command`](input));
      return canonical(result);
    } catch (e) {
      return { error: e.name };
    } finally {
      client.destroy();
    }
  },

  // Builds a table as another engine lays it out; the result are its rows.
  async 'iceberg-table'({ name, folder }) {
    return buildTable(name, folder, sql => operations.duckdb({ sql, session: 'iceberg' }));
  },

  // Rows of a table of version 3 with their lineage, read after the specification.
  async 'iceberg-version3'({ table }) {
    return readVersion3(table, { avro: async file => (await operations['avro-read']({ file })).rows, duckdb: sql => operations.duckdb({ sql, session: 'iceberg' }) });
  },

  async 'avro-read'({ file }) {
    const avsc = (await import('avsc')).default;
    const parseHook = schema => avroType(avsc, schema);
    const codecs = await avroDecoders();
    return await new Promise((resolve, reject) => {
      const rows = [];
      let schema = null;
      avsc.createFileDecoder(file, { parseHook, codecs })
        .on('metadata', type => { schema = type.schema({ exportAttrs: true }); })
        .on('data', row => rows.push(canonical(row)))
        .on('error', reject)
        .on('end', () => resolve({ schema, rows }));
    });
  },

  // Rows come in Avro's JSON encoding.
  async 'avro-write'({ file, schema, rows, codec }) {
    const avsc = (await import('avsc')).default;
    const type = avroType(avsc, schema);
    const encoder = new avsc.streams.BlockEncoder(type, { codec: codec ?? 'null', codecs: await avroEncoders() });
    for (const row of rows) encoder.write(type.fromString(JSON.stringify(row)));
    encoder.end();
    await pipeline(encoder, createWriteStream(file));
    return true;
  },
};

// One at a time, in order: DuckDB's connection is shared.
let last = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  last = last.then(async () => {
    let answer;
    try {
      const operation = operations[request.op];
      if (typeof operation !== 'function') throw new Error(`no operation ${request.op}`);
      answer = { id: request.id, result: await operation(request) };
    } catch (error) {
      answer = { id: request.id, error: String(error?.message ?? error) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  });
}
await last;
