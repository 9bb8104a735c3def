import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';

// Reads a table of this machine with icebird, which only knows how to fetch: paths are served as a web server would, with ranges.
// A catalog tells the name of the metadata file; without one the version hint does.
export async function icebirdRead(table, metadataFileName) {
  const { icebergRead } = await import('icebird');
  const outside = globalThis.fetch;
  globalThis.fetch = serve;
  try {
    return await icebergRead({ tableUrl: table, metadataFileName });
  } finally {
    globalThis.fetch = outside;
  }
}

async function serve(address, { method = 'GET', headers } = {}) {
  const url = address.replace(/^file:\/\//, '');
  if (!existsSync(url)) return new Response(null, { status: 404, statusText: 'Not Found' });
  const size = statSync(url).size;
  if (method === 'HEAD') return new Response(null, { headers: { 'Content-Length': String(size) } });
  const range = new Headers(headers).get('Range')?.match(/^bytes=(\d+)-(\d*)$/);
  if (!range) return new Response(readFileSync(url));
  const end = range[2] === '' ? size - 1 : Math.min(Number(range[2]), size - 1);
  return new Response(Readable.toWeb(createReadStream(url, { start: Number(range[1]), end })), { status: 206 });
}
