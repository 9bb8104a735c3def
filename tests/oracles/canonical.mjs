// Values of the oracles as JSON that loses nothing: 64-bit integers, decimals, dates and times become strings,
// bytes become {"hex": "…"}, maps become lists of [key, value], not-a-number and the infinities become strings.
export function canonical(value) {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : value) : String(value);
  }
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return Array.from(value, canonical);
  if (value instanceof Map) return Array.from(value, ([k, v]) => [canonical(k), canonical(v)]);
  switch (value.constructor?.name) {
    case 'DuckDBListValue':
    case 'DuckDBArrayValue':
      return Array.from(value.items, canonical);
    case 'DuckDBStructValue':
      return Object.fromEntries(Object.entries(value.entries).map(([k, v]) => [k, canonical(v)]));
    case 'DuckDBMapValue':
      return value.entries.map(({ key, value: v }) => [canonical(key), canonical(v)]);
    case 'DuckDBBlobValue':
      return { hex: Buffer.from(value.bytes).toString('hex') };
    case 'Vector':
      return Array.from(value, canonical);
    case 'MapRow':
      return Array.from(value, ([k, v]) => [canonical(k), canonical(v)]);
    case 'StructRow':
      return Object.fromEntries(Array.from(value, ([k, v]) => [k, canonical(v)]));
    case 'Object':
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, canonical(v)]));
  }
  if (typeof value.toBuffer === 'function') {
    // A record or a branch of a union, as avsc reads them.
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, canonical(v)]));
  }
  return value.toString();
}
