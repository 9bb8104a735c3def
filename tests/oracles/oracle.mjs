// Answers questions about files with implementations that are not ours. One JSON request a line on standard input,
// {"id", "op", ...}; one JSON answer a line on standard output, {"id", "result"} or {"id", "error"}.
import { createInterface } from 'node:readline';
import { canonical } from './canonical.mjs';

const operations = {
  async duckdb({ sql }) {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    operations.connection ??= await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await operations.connection.runAndReadAll(sql);
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

  async 'hyparquet-write'({ file, columnData, options }) {
    const { parquetWriteFile } = await import('hyparquet-writer');
    parquetWriteFile({ filename: file, columnData, ...options });
    return true;
  },

  async 'arrow-to-parquet'({ arrow, file, options }) {
    const fs = await import('node:fs');
    const wasm = await import('parquet-wasm/node');
    const table = wasm.Table.fromIPCStream(fs.readFileSync(arrow));
    let builder = new wasm.WriterPropertiesBuilder();
    for (const [name, value] of Object.entries(options ?? {})) builder = builder[name](wasm[value[0]]?.[value[1]] ?? value);
    fs.writeFileSync(file, wasm.writeParquet(table, builder.build()));
    return true;
  },

  async 'avro-read'({ file }) {
    const avsc = (await import('avsc')).default;
    return await new Promise((resolve, reject) => {
      const rows = [];
      let schema = null;
      avsc.createFileDecoder(file)
        .on('metadata', type => { schema = type.schema({ exportAttrs: true }); })
        .on('data', row => rows.push(canonical(row)))
        .on('error', reject)
        .on('end', () => resolve({ schema, rows }));
    });
  },

  async 'avro-write'({ file, schema, rows, codec }) {
    const avsc = (await import('avsc')).default;
    const type = avsc.Type.forSchema(schema);
    const encoder = avsc.createFileEncoder(file, type, { codec: codec ?? 'null' });
    for (const row of rows) encoder.write(type.fromString(JSON.stringify(row)));
    await new Promise((resolve, reject) => encoder.on('error', reject).end(resolve));
    await new Promise(resolve => setImmediate(resolve));
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
