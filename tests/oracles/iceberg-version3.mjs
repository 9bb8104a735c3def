// Reads an Iceberg table of version 3 after the specification, with nothing of ours: Avro by avsc, Parquet by DuckDB, JSON, Puffin and Roaring
// bitmaps by hand. What the format forbids is an error, even where a reader could get along.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

// Rows with their lineage; longs are texts, as DuckDB's answers have them.
export async function readVersion3(folder, { avro, duckdb }) {
  const version = readFileSync(join(folder, 'metadata/version-hint.text'), 'utf8').trim();
  const text = readFileSync(join(folder, `metadata/v${version}.metadata.json`), 'utf8');
  const table = JSON.parse(text.replaceAll(/("(?:current-)?snapshot-id":\s*)(\d+)/g, '$1"$2"'));
  must(table['format-version'] === 3, 'the table has another version');
  const snapshot = table.snapshots.find(s => s['snapshot-id'] === table['current-snapshot-id']);
  must(snapshot['first-row-id'] + snapshot['added-rows'] <= table['next-row-id'], 'next-row-id is behind its snapshot');
  const entries = [];
  for (const manifest of await avro(snapshot['manifest-list'])) {
    must(manifest.content !== 0 || manifest.first_row_id !== null, 'a manifest of data has no first_row_id');
    let next = BigInt(manifest.first_row_id ?? 0);
    for (const { status, sequence_number, data_file: file } of await avro(manifest.manifest_path)) {
      if (status === 2) continue;
      if (file.content === 0 && file.first_row_id == null) {
        file.first_row_id = next;
        next += BigInt(file.record_count);
      }
      must(sequence_number !== null || status === 1, 'an entry lacks its sequence number');
      entries.push({ ...file, sequence: BigInt(sequence_number ?? manifest.sequence_number) });
    }
  }
  const data = entries.filter(e => e.content === 0);
  const vectors = new Map();
  const older = new Map();
  for (const deletes of entries.filter(e => e.content !== 0)) {
    must(deletes.content === 1, `${deletes.file_path} deletes by value`);
    if (deletes.file_format.toUpperCase() !== 'PUFFIN') {
      // Of before the upgrade; a vector says the same and more.
      for (const [path, pos] of (await duckdb(`SELECT file_path, pos FROM read_parquet('${deletes.file_path}', hive_partitioning = false)`)).rows) {
        if (!older.has(path)) older.set(path, new Set());
        older.get(path).add(Number(pos));
      }
      continue;
    }
    must(data.some(d => d.file_path === deletes.referenced_data_file), `a vector is for ${deletes.referenced_data_file}, which is not there`);
    must(!vectors.has(deletes.referenced_data_file), `${deletes.referenced_data_file} has two vectors`);
    vectors.set(deletes.referenced_data_file, vectorOf(deletes));
  }
  const rows = [];
  const ids = new Set();
  for (const file of data) {
    const read = await duckdb(`SELECT * FROM read_parquet('${file.file_path}', file_row_number = true, hive_partitioning = false) ORDER BY file_row_number`);
    must(BigInt(read.rows.length) === BigInt(file.record_count), `${file.file_path} has ${read.rows.length} rows`);
    const before = older.get(file.file_path) ?? new Set();
    const deleted = vectors.get(file.file_path) ?? before;
    must([...before].every(p => deleted.has(p)), `a vector of ${file.file_path} gives rows back`);
    must([...deleted].every(p => p < read.rows.length), `a row behind the last of ${file.file_path} is deleted`);
    for (const values of read.rows) {
      const { file_row_number: position, ...row } = Object.fromEntries(read.columns.map((c, i) => [c, values[i]]));
      if (deleted.has(Number(position))) continue;
      row._row_id = String(row._row_id ?? BigInt(file.first_row_id) + BigInt(position));
      row._last_updated_sequence_number = String(row._last_updated_sequence_number ?? file.sequence);
      must(!ids.has(row._row_id) && BigInt(row._row_id) < BigInt(table['next-row-id']), `a row has the id ${row._row_id}, which is another's`);
      ids.add(row._row_id);
      rows.push(row);
    }
  }
  return rows;
}

// The numbers of the rows in a vector, which lies where the manifest and the footer say.
function vectorOf({ file_path, file_size_in_bytes, referenced_data_file, content_offset, content_size_in_bytes, record_count }) {
  const puffin = readFileSync(file_path);
  const [offset, length] = [Number(content_offset), Number(content_size_in_bytes)];
  must(puffin.length === Number(file_size_in_bytes), `${file_path} has another size`);
  const footer = puffin.readInt32LE(puffin.length - 12);
  const begin = puffin.length - 12 - footer - 4;
  for (const at of [0, begin, puffin.length - 4]) must(puffin.toString('latin1', at, at + 4) === 'PFA1', `${file_path} has no magic number at ${at}`);
  must(puffin.readUInt32LE(puffin.length - 8) === 0, `${file_path} has flags`);
  const blob = JSON.parse(puffin.toString('utf8', begin + 4, begin + 4 + footer)).blobs.find(b => b.offset === offset);
  must(blob?.type === 'deletion-vector-v1' && blob.length === length && blob['snapshot-id'] === -1 && blob['sequence-number'] === -1 && !('compression-codec' in blob),
    `the footer of ${file_path} tells something else`);
  must(blob.properties['referenced-data-file'] === referenced_data_file && blob.properties.cardinality === String(record_count), `a vector of ${file_path} is another's`);
  const bytes = puffin.subarray(offset, offset + length);
  must(bytes.readUInt32BE(0) === length - 8 && bytes.readUInt32BE(4) === 0xd1d33964, `a vector of ${file_path} begins otherwise`);
  must(crc32(bytes.subarray(4, length - 4)) === bytes.readUInt32BE(length - 4), `a vector of ${file_path} has another checksum`);
  const rows = bitmaps(bytes.subarray(8, length - 4));
  must(rows.size === Number(record_count), `a vector of ${file_path} has ${rows.size} rows`);
  return rows;
}

// Roaring bitmaps of 64 bits in their portable form.
function bitmaps(bytes) {
  const rows = new Set();
  let at = 0;
  const u16 = () => bytes.readUInt16LE((at += 2) - 2);
  const u32 = () => bytes.readUInt32LE((at += 4) - 4);
  const count = Number(bytes.readBigUInt64LE(0));
  at = 8;
  for (let i = 0; i < count; i++) {
    const high = u32() * 2 ** 32;
    const start = at;
    const cookie = u32();
    const hasRuns = (cookie & 0xffff) === 12347;
    must(hasRuns || cookie === 12346, `a bitmap begins with ${cookie}`);
    const containers = hasRuns ? (cookie >>> 16) + 1 : u32();
    const runs = hasRuns ? bytes.subarray(at, at += (containers + 7) >> 3) : null;
    const heads = Array.from({ length: containers }, () => [u16(), u16() + 1]);
    const offsets = !hasRuns || containers >= 4 ? heads.map(() => u32()) : null;
    heads.forEach(([key, cardinality], c) => {
      must(!offsets || start + offsets[c] === at, 'a container is not where it should be');
      const base = high + key * 65536;
      if (runs && (runs[c >> 3] >> (c & 7)) & 1) {
        for (let r = u16(); r > 0; r--) for (let first = u16(), last = first + u16(); first <= last; first++) rows.add(base + first);
      } else if (cardinality <= 4096) {
        for (let r = 0; r < cardinality; r++) rows.add(base + u16());
      } else {
        for (let bit = 0; bit < 65536; bit++) if ((bytes[at + (bit >> 3)] >> (bit & 7)) & 1) rows.add(base + bit);
        at += 8192;
      }
    });
  }
  must(at === bytes.length, 'bytes follow the last bitmap');
  return rows;
}

function must(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
