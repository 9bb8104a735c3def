import zlib from 'node:zlib';

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

// Codecs that avsc leaves to others.
export async function avroDecoders() {
  const { snappyUncompress } = await import('hysnappy');
  const { decompress } = await import('fzstd');
  return {
    null: (data, done) => done(null, data),
    deflate: zlib.inflateRaw,
    snappy: (data, done) => {
      const body = data.subarray(0, -4);
      let size = 0;
      for (let i = 0, shift = 0; ; i++, shift += 7) {
        size += (body[i] & 0x7f) * 2 ** shift;
        if (body[i] < 0x80) break;
      }
      const rows = Buffer.from(snappyUncompress(body, size));
      done(zlib.crc32(rows) === data.readUInt32BE(body.length) ? null : new Error('wrong CRC'), rows);
    },
    zstandard: (data, done) => done(null, Buffer.from(decompress(data))),
  };
}

export async function avroEncoders() {
  const { snappyCompress } = await import('hysnappy');
  return {
    null: (data, done) => done(null, data),
    deflate: zlib.deflateRaw,
    snappy: (data, done) => {
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(zlib.crc32(data));
      done(null, Buffer.concat([snappyCompress(data), crc]));
    },
  };
}
