// Avro types whose longs are BigInts: JavaScript's numbers hold 53 bits only.
export function avroType(avsc, schema) {
  const long = avsc.types.LongType.__with({
    fromBuffer: buffer => buffer.readBigInt64LE(),
    toBuffer: value => {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64LE(value);
      return buffer;
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: value => typeof value === 'bigint',
    compare: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
  });
  return avsc.Type.forSchema(schema, { registry: { long } });
}
