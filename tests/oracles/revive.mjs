// The way back from canonical.mjs, for values that a writer is asked to write: {"hex"} are bytes, {"bigint"} a 64-bit
// integer, {"date"} a JavaScript date.
export function revive(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(revive);
  const names = Object.keys(value);
  if (names.length === 1) {
    switch (names[0]) {
      case 'hex': return new Uint8Array(Buffer.from(value.hex, 'hex'));
      case 'bigint': return BigInt(value.bigint);
      case 'date': return new Date(value.date);
    }
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
}
