// Builds Iceberg tables after the specification, as other engines lay them out, with nothing of ours: Avro by avsc, Parquet by DuckDB, JSON and
// Puffin by hand. Each fixture returns the rows that a reader has to see, as JSON texts.
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, gzipSync } from 'node:zlib';

const Snapshot = '3776207205136740581';

export async function buildTable(name, folder, duckdb) {
  return fixtures[name](new Builder(folder, duckdb));
}

class Builder {
  constructor(folder, duckdb) {
    this.folder = folder;
    this.duckdb = duckdb;
    this.location = `s3a://warehouse/db/${folder.split('/').at(-1)}`;
    mkdirSync(join(folder, 'metadata'), { recursive: true });
    mkdirSync(join(folder, 'data'), { recursive: true });
  }

  path(name) { return `${this.location}/${name}`; }

  // A Parquet file of a query; the ids of its columns, none for a file without.
  async parquet(name, query, ids) {
    const fields = ids ? `, FIELD_IDS {${Object.entries(ids).map(([n, i]) => `${n}: ${i}`).join(', ')}}` : '';
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    await this.duckdb(`COPY (${query}) TO '${join(this.folder, name)}' (FORMAT parquet${fields})`);
    return { file_path: this.path(name), file_format: 'PARQUET', file_size_in_bytes: statSync(join(this.folder, name)).size };
  }

  async manifest(name, { version, spec, content, entries, schema }) {
    await this.avro(name, entrySchema(version, spec.types ?? []), entries.map(e => entryOf(e, version)), {
      schema: JSON.stringify(schema), 'schema-id': String(schema['schema-id'] ?? 0),
      'partition-spec': JSON.stringify(spec.fields), 'partition-spec-id': String(spec['spec-id']),
      'format-version': String(version), ...(version > 1 ? { content } : {}),
    });
    return { manifest_path: this.path(name), manifest_length: statSync(join(this.folder, name)).size, partition_spec_id: spec['spec-id'] };
  }

  async list(name, version, manifests) {
    await this.avro(name, listSchema(version), manifests, { 'snapshot-id': Snapshot, 'format-version': String(version), 'parent-snapshot-id': 'null' });
    return this.path(name);
  }

  async avro(name, schema, records, metadata) {
    const avsc = (await import('avsc')).default;
    const encoder = new avsc.streams.BlockEncoder(schema, { codec: 'deflate', metadata: Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, Buffer.from(v)])) });
    const written = pipeline(encoder, createWriteStream(join(this.folder, name)));
    records.forEach(r => encoder.write(r));
    encoder.end();
    await written;
  }

  metadata(name, json, { hint, gzip } = {}) {
    const text = JSON.stringify(json, null, 2).replaceAll(`"@${Snapshot}"`, Snapshot);
    writeFileSync(join(this.folder, 'metadata', name), gzip ? gzipSync(text) : text);
    if (hint !== undefined) writeFileSync(join(this.folder, 'metadata', 'version-hint.text'), hint);
  }
}

const optional = (name, id, type) => ({ name, type: ['null', type], default: null, 'field-id': id });
const required = (name, id, type) => ({ name, type, 'field-id': id });
const pairs = (name, id, key, value) => optional(name, id, {
  type: 'array', logicalType: 'map',
  items: { type: 'record', name: `k${key}_v${key + 1}`, fields: [required('key', key, 'int'), required('value', key + 1, value)] },
});

function entrySchema(version, partition) {
  const file = [
    ...(version > 1 ? [required('content', 134, 'int')] : []),
    required('file_path', 100, 'string'), required('file_format', 101, 'string'),
    required('partition', 102, { type: 'record', name: 'r102', fields: partition.map(([name, id, type]) => optional(name, id, type)) }),
    required('record_count', 103, 'long'), required('file_size_in_bytes', 104, 'long'),
    ...(version === 1 ? [required('block_size_in_bytes', 105, 'long')] : []),
    pairs('value_counts', 109, 119, 'long'), pairs('null_value_counts', 110, 121, 'long'),
    pairs('lower_bounds', 125, 126, 'bytes'), pairs('upper_bounds', 128, 129, 'bytes'),
    optional('split_offsets', 132, { type: 'array', items: 'long', 'element-id': 133 }),
    ...(version > 1 ? [optional('equality_ids', 135, { type: 'array', items: 'int', 'element-id': 136 })] : []),
    optional('sort_order_id', 140, 'int'),
    ...(version > 2 ? [optional('first_row_id', 142, 'long'), optional('referenced_data_file', 143, 'string'),
      optional('content_offset', 144, 'long'), optional('content_size_in_bytes', 145, 'long')] : []),
  ];
  return {
    type: 'record', name: 'manifest_entry', fields: [
      required('status', 0, 'int'), version === 1 ? required('snapshot_id', 1, 'long') : optional('snapshot_id', 1, 'long'),
      ...(version > 1 ? [optional('sequence_number', 3, 'long'), optional('file_sequence_number', 4, 'long')] : []),
      required('data_file', 2, { type: 'record', name: 'r2', fields: file }),
    ],
  };
}

function listSchema(version) {
  const counts = (type, make) => ['added', 'existing', 'deleted'].map((n, i) => make(`${n}_${type}`, (type === 'files_count' ? 504 : 512) + i, type === 'files_count' ? 'int' : 'long'));
  return {
    type: 'record', name: 'manifest_file', fields: [
      required('manifest_path', 500, 'string'), required('manifest_length', 501, 'long'), required('partition_spec_id', 502, 'int'),
      ...(version > 1 ? [required('content', 517, 'int'), required('sequence_number', 515, 'long'), required('min_sequence_number', 516, 'long')] : []),
      required('added_snapshot_id', 503, 'long'),
      ...(version > 1 ? [...counts('files_count', required), ...counts('rows_count', required)] : counts('files_count', optional)),
      ...(version > 2 ? [optional('first_row_id', 520, 'long')] : []),
    ],
  };
}

function entryOf({ status = 1, sequence = null, ...file }, version) {
  const none = { value_counts: null, null_value_counts: null, lower_bounds: null, upper_bounds: null, split_offsets: null, equality_ids: null, sort_order_id: null,
    first_row_id: null, referenced_data_file: null, content_offset: null, content_size_in_bytes: null, block_size_in_bytes: 67108864, content: 0, partition: {} };
  return { status, snapshot_id: version === 1 ? 1925 : null, sequence_number: sequence, file_sequence_number: sequence, data_file: { ...none, ...file } };
}

const inList = (manifest, sequence, more = {}) => ({
  ...manifest, content: 0, sequence_number: sequence, min_sequence_number: sequence, added_snapshot_id: 1925, added_files_count: 1, existing_files_count: 0,
  deleted_files_count: 0, added_rows_count: 3, existing_rows_count: 0, deleted_rows_count: 0, first_row_id: null, ...more,
});

const column = (id, name, type, required = false, more = {}) => ({ id, name, required, type, ...more });
const schema = (id, ...fields) => ({ type: 'struct', 'schema-id': id, fields });
const long = value => { const b = Buffer.alloc(8); b.writeBigInt64LE(BigInt(value)); return b; };
const uuid = text => createHash('md5').update(text).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function tableOf(builder, version, { schemas, specs, list, more = {}, properties = {} }) {
  return {
    'format-version': version, 'table-uuid': uuid(builder.folder), location: builder.location,
    ...(version > 1 ? { 'last-sequence-number': 9 } : {}), 'last-updated-ms': 1700000000000, 'last-column-id': 100,
    schemas, 'current-schema-id': schemas.at(-1)['schema-id'],
    'partition-specs': specs.map(({ types, ...spec }) => spec), 'default-spec-id': specs.at(-1)['spec-id'], 'last-partition-id': 1005,
    'sort-orders': [{ 'order-id': 0, fields: [] }], 'default-sort-order-id': 0, properties,
    'current-snapshot-id': `@${Snapshot}`,
    snapshots: [{
      'snapshot-id': `@${Snapshot}`, ...(version > 1 ? { 'sequence-number': 9 } : {}), 'timestamp-ms': 1700000000000, 'manifest-list': list,
      summary: { operation: 'append', 'spark.app.id': 'local-1', 'added-records': '3', 'total-records': '3', 'changed-partition-count': '1' }, 'schema-id': schemas.at(-1)['schema-id'],
      ...(version > 2 ? { 'first-row-id': 0, 'added-rows': 6 } : {}),
    }],
    ...(version > 2 ? { 'next-row-id': 6 } : {}), ...more,
  };
}

// The portable form of Roaring bitmaps with run containers, and the frame of a deletion vector.
function vectorBlob(runs) {
  const bitmap = Buffer.alloc(4 + 1 + 4 + 2 + 4 * runs.length);
  bitmap.writeUInt32LE(12347, 0);
  bitmap.writeUInt8(1, 4);
  bitmap.writeUInt16LE(0, 5);
  bitmap.writeUInt16LE(runs.reduce((n, [first, last]) => n + last - first + 1, 0) - 1, 7);
  bitmap.writeUInt16LE(runs.length, 9);
  runs.forEach(([first, last], i) => { bitmap.writeUInt16LE(first, 11 + 4 * i); bitmap.writeUInt16LE(last - first, 13 + 4 * i); });
  const head = Buffer.alloc(12);
  head.writeBigInt64LE(1n, 0);
  head.writeUInt32LE(0, 8);
  const body = Buffer.concat([Buffer.from([0xd1, 0xd3, 0x39, 0x64]), head, bitmap]);
  const size = Buffer.alloc(4); size.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4); sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

const fixtures = {
  // Version 2 with columns renamed, dropped, moved and widened, a spec that evolved, deletes by place and by value, and sequence numbers inherited.
  async 'evolved'(b) {
    const old = schema(0, column(1, 'id', 'int', true), column(2, 'nm', 'string'), column(3, 'gone', 'double'), column(4, 'day', 'date'));
    const now = schema(1, column(5, 'note', 'string'), column(2, 'name', 'string'), column(1, 'id', 'long', true), column(4, 'day', 'date'));
    const byDay = { 'spec-id': 0, fields: [{ 'source-id': 4, 'field-id': 1000, name: 'day_month', transform: 'month' }], types: [['day_month', 1000, 'int']] };
    const byId = { 'spec-id': 1, fields: [{ 'source-id': 1, 'field-id': 1001, name: 'id_bucket', transform: 'bucket[4]' }], types: [['id_bucket', 1001, 'int']] };
    const plain = { 'spec-id': 2, fields: [] };
    const ids = { id: 1, nm: 2, gone: 3, day: 4 };
    const first = await b.parquet('data/day_month=2024-01/00000-1-a.parquet',
      "SELECT i::INTEGER AS id, 'n' || i AS nm, i / 2.0 AS gone, DATE '2024-01-05' AS day FROM range(4) t(i)", ids);
    const second = await b.parquet('data/id_bucket=2/00001-2-b.parquet',
      "SELECT * FROM (VALUES (NULL, 'x', 100::BIGINT, DATE '2024-02-01'), ('hi', NULL, 101, NULL)) t(note, name, id, day)", { note: 5, name: 2, id: 1, day: 4 });
    const places = await b.parquet('data/day_month=2024-01/00002-3-deletes.parquet',
      `SELECT '${first.file_path}' AS file_path, 1::BIGINT AS pos`, { file_path: 2147483546, pos: 2147483545 });
    const values = await b.parquet('data/00003-4-equality.parquet', "SELECT 'n3' AS name", { name: 2 });
    const one = await b.manifest('metadata/m0.avro', { version: 2, spec: byDay, content: 'data', schema: old, entries: [
      { ...first, record_count: 4, partition: { day_month: 648 }, lower_bounds: [{ key: 1, value: Buffer.from([0, 0, 0, 0]) }], upper_bounds: [{ key: 1, value: Buffer.from([3, 0, 0, 0]) }] }] });
    const two = await b.manifest('metadata/m1.avro', { version: 2, spec: byId, content: 'data', schema: now, entries: [
      { ...second, record_count: 2, partition: { id_bucket: 2 }, lower_bounds: [{ key: 1, value: long(100) }], upper_bounds: [{ key: 1, value: long(101) }] },
      { ...second, file_path: b.path('data/not-there.parquet'), status: 2, sequence: 1, record_count: 9, partition: { id_bucket: 1 } }] });
    const three = await b.manifest('metadata/m2.avro', { version: 2, spec: byDay, content: 'deletes', schema: old, entries: [
      { ...places, content: 1, record_count: 1, partition: { day_month: 648 } }] });
    const four = await b.manifest('metadata/m3.avro', { version: 2, spec: plain, content: 'deletes', schema: now, entries: [{ ...values, content: 2, record_count: 1, equality_ids: [2] }] });
    const list = await b.list('metadata/snap-1.avro', 2, [
      inList(one, 1), inList(two, 4), inList(three, 2, { content: 1 }), inList(four, 3, { content: 1 })]);
    b.metadata('v3.metadata.json', tableOf(b, 2, { schemas: [old, now], specs: [byDay, byId, plain], list, more: {
      statistics: [{ 'snapshot-id': `@${Snapshot}`, 'statistics-path': b.path('metadata/stats.puffin'), 'file-size-in-bytes': 413, 'file-footer-size-in-bytes': 42,
        'blob-metadata': [{ type: 'apache-datasketches-theta-v1', 'snapshot-id': `@${Snapshot}`, 'sequence-number': 9, fields: [1], properties: { ndv: '6' } }] }] } }), { hint: '3\n' });
    return [
      { note: null, name: 'n0', id: 0, day: '2024-01-05' }, { note: null, name: 'n2', id: 2, day: '2024-01-05' },
      { note: null, name: 'x', id: 100, day: '2024-02-01' }, { note: 'hi', name: null, id: 101, day: null }];
  },

  // Version 1 in gzip, with sizes of blocks, one schema and one spec without ids of fields, null for what is missing, no hint.
  async 'version1'(b) {
    const only = { type: 'struct', fields: [column(1, 'id', 'long', true), column(2, 'region', 'string')] };
    const spec = { 'spec-id': 0, fields: [{ 'source-id': 2, 'field-id': 1000, name: 'region', transform: 'identity' }], types: [['region', 1000, 'string']] };
    const file = await b.parquet('data/region=eu/20240105_a.parquet', "SELECT i AS id, 'eu' AS region FROM range(3) t(i)", { id: 1, region: 2 });
    const one = await b.manifest('metadata/abc-m0.avro', { version: 1, spec, schema: only, entries: [{ ...file, record_count: 3, partition: { region: 'eu' } }] });
    const list = await b.list('metadata/snap-1.avro', 1, [{ ...inList(one, 0), added_files_count: null, existing_files_count: null, deleted_files_count: null }]);
    b.metadata('v7.gz.metadata.json', {
      'format-version': 1, location: b.location, 'last-updated-ms': 1700000000000, 'last-column-id': 2, schema: only,
      'partition-spec': [{ 'source-id': 2, name: 'region', transform: 'identity' }], properties: null, 'current-snapshot-id': `@${Snapshot}`,
      snapshots: [{ 'snapshot-id': `@${Snapshot}`, 'timestamp-ms': 1700000000000, 'manifest-list': list }], 'snapshot-log': null, refs: null, 'sort-orders': null,
    }, { gzip: true });
    return [0, 1, 2].map(id => ({ id, region: 'eu' }));
  },

  // Files that were there before the table was: no ids in them, a name mapping, and a partition column that only their folders had.
  async 'migrated'(b) {
    const only = schema(0, column(1, 'id', 'long'), column(2, 'full_name', 'string'), column(3, 'region', 'string'), column(4, 'n', 'int'));
    const spec = { 'spec-id': 0, fields: [{ 'source-id': 3, 'field-id': 1000, name: 'region', transform: 'identity' }, { 'source-id': 4, 'field-id': 1001, name: 'n', transform: 'identity' }],
      types: [['region', 1000, 'string'], ['n', 1001, 'int']] };
    const eu = await b.parquet('old/region=eu/part-0.parquet', "SELECT i AS id, 'p' || i AS name FROM range(2) t(i)");
    const none = await b.parquet('old/region=__HIVE_DEFAULT_PARTITION__/part-0.parquet', "SELECT 7::BIGINT AS id, 'q' AS full_name, 5::INTEGER AS n");
    const one = await b.manifest('metadata/m0.avro', { version: 2, spec, content: 'data', schema: only, entries: [
      { ...eu, record_count: 2, partition: { region: 'eu', n: 3 } }, { ...none, record_count: 1, partition: { region: null, n: 4 } }] });
    const list = await b.list('metadata/snap-1.avro', 2, [inList(one, 1)]);
    b.metadata('00003-0c1f.metadata.json', tableOf(b, 2, { schemas: [only], specs: [spec], list, properties: {
      'schema.name-mapping.default': JSON.stringify([{ 'field-id': 1, names: ['id'] }, { 'field-id': 2, names: ['full_name', 'name'] }, { 'field-id': 4, names: ['n'] }]) } }));
    return [{ id: 0, full_name: 'p0', region: 'eu', n: 3 }, { id: 1, full_name: 'p1', region: 'eu', n: 3 }, { id: 7, full_name: 'q', region: null, n: 5 }];
  },

  // Version 3: deletion vectors in a Puffin file, which set aside older deletes by place, default values, and ids of rows.
  async 'version3'(b) {
    const old = schema(0, column(1, 'id', 'long', true));
    const now = schema(1, column(1, 'id', 'long', true), column(2, 'grade', 'int', true, { 'initial-default': 5, 'write-default': 6 }),
      column(3, 'at', 'timestamp_ns', false, { 'initial-default': '2024-01-02T03:04:05.123456789' }));
    const plain = { 'spec-id': 0, fields: [] };
    const first = await b.parquet('data/a.parquet', 'SELECT i AS id FROM range(6) t(i)', { id: 1 });
    const ignored = await b.parquet('data/a-deletes.parquet', `SELECT '${first.file_path}' AS file_path, 5::BIGINT AS pos`, { file_path: 2147483546, pos: 2147483545 });
    const blob = vectorBlob([[0, 1], [3, 3]]);
    const footer = Buffer.from(JSON.stringify({ blobs: [{ type: 'deletion-vector-v1', fields: [2147483645], 'snapshot-id': -1, 'sequence-number': -1, offset: 4, length: blob.length,
      properties: { 'referenced-data-file': first.file_path, cardinality: '3' } }], properties: { 'created-by': 'fixture' } }));
    const size = Buffer.alloc(8); size.writeUInt32LE(footer.length);
    const puffin = Buffer.concat([Buffer.from('PFA1'), blob, Buffer.from('PFA1'), footer, size, Buffer.from('PFA1')]);
    writeFileSync(join(b.folder, 'data/a-dv.puffin'), puffin);
    const one = await b.manifest('metadata/m0.avro', { version: 3, spec: plain, content: 'data', schema: now, entries: [{ ...first, record_count: 6 }] });
    const two = await b.manifest('metadata/m1.avro', { version: 3, spec: plain, content: 'deletes', schema: now, entries: [
      { ...ignored, content: 1, record_count: 1, sequence: 2, status: 0 },
      { file_path: b.path('data/a-dv.puffin'), file_format: 'PUFFIN', file_size_in_bytes: puffin.length, content: 1, record_count: 3, referenced_data_file: first.file_path,
        content_offset: 4, content_size_in_bytes: blob.length }] });
    const list = await b.list('metadata/snap-1.avro', 3, [inList(one, 1, { added_rows_count: 6, first_row_id: 0 }), inList(two, 3, { content: 1 })]);
    b.metadata('v2.metadata.json', tableOf(b, 3, { schemas: [old, now], specs: [plain], list }), { hint: '2' });
    return [2, 4, 5].map(id => ({ id, grade: 5, at: '2024-01-02T03:04:05.123456789' }));
  },
};
