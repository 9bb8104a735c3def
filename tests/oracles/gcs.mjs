// A server of Google Cloud Storage's JSON API in one process's memory, written from the published reference:
//   node gcs.mjs [objects per page] BUCKET...      prints "ready PORT"; ends with its standard input
// Requests that carry "Bearer expired" or "Bearer denied" are refused as such. POST /-/faults {match, kind, status, count}
// breaks the next requests whose "METHOD path?query" contains `match`: kind error, or lost (done, but nobody is told).
// POST /-/tokens [token...]  refuses all but these from then on.
import { randomBytes } from 'node:crypto';
import http from 'node:http';

const pageSize = Number(process.argv[2] ?? 1000);
const buckets = new Map(process.argv.slice(3).map(name => [name, new Map()]));
const sessions = new Map();
let faults = [];
let tokens;
let generation = Date.now() * 1000;

class GcsError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const byCodePoints = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const resource = o => ({ kind: 'storage#object', name: o.name, bucket: o.bucket, generation: o.generation, metageneration: '1', size: String(o.content.length), updated: o.updated, timeCreated: o.updated, etag: o.generation, metadata: o.metadata, contentType: 'application/octet-stream' });

function bucketOf(name) {
  const bucket = buckets.get(name);
  if (!bucket) throw new GcsError(404, 'The specified bucket does not exist.');
  return bucket;
}

function objectOf(bucket, name) {
  const object = bucketOf(bucket).get(name);
  if (!object) throw new GcsError(404, `No such object: ${bucket}/${name}`);
  return object;
}

function check(current, wanted) {
  if (wanted !== undefined && wanted !== (current?.generation ?? '0')) throw new GcsError(412, 'At least one of the pre-conditions you specified did not hold.');
}

function put(bucket, name, content, metadata, condition) {
  check(bucketOf(bucket).get(name), condition);
  const object = { bucket, name, content, metadata, generation: String(++generation), updated: new Date().toISOString() };
  buckets.get(bucket).set(name, object);
  return object;
}

function list(bucket, query) {
  const prefix = query.prefix ?? '';
  const entries = new Map();
  for (const name of [...bucketOf(bucket).keys()].filter(n => n.startsWith(prefix)).sort(byCodePoints)) {
    const cut = query.delimiter ? name.indexOf(query.delimiter, prefix.length) : -1;
    const shown = cut < 0 ? name : name.slice(0, cut + query.delimiter.length);
    if (!query.pageToken || byCodePoints(shown, Buffer.from(query.pageToken, 'base64').toString()) > 0) entries.set(shown, cut >= 0);
  }
  const page = [...entries].slice(0, pageSize);
  return {
    kind: 'storage#objects',
    items: page.filter(([, folder]) => !folder).map(([name]) => resource(objectOf(bucket, name))),
    prefixes: page.filter(([, folder]) => folder).map(([name]) => name),
    nextPageToken: entries.size > page.length ? Buffer.from(page.at(-1)[0]).toString('base64') : undefined,
  };
}

function multipart(req, body) {
  const boundary = /boundary="?([^";]+)"?/.exec(req.headers['content-type'])[1];
  const parts = [];
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); ;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    parts.push(part.subarray(part.indexOf('\r\n\r\n') + 4));
    at = next;
  }
  return [JSON.parse(parts[0].toString()), parts[1]];
}

function upload(req, bucket, query, body, origin) {
  if (query.uploadType === 'multipart') {
    const [meta, content] = multipart(req, body);
    return { json: resource(put(bucket, meta.name ?? query.name, content, meta.metadata, query.ifGenerationMatch)) };
  }
  if (query.upload_id) {
    const session = sessions.get(query.upload_id);
    if (!session) throw new GcsError(410, 'The upload is gone.');
    if (req.method === 'DELETE') {
      sessions.delete(query.upload_id);
      return { status: 499 };
    }
    const [, start, end, total] = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(req.headers['content-range'] ?? `bytes 0-${body.length - 1}/${body.length}`);
    if (start !== undefined && Number(start) === session.size) {
      if (end !== '*' && body.length !== Number(end) - Number(start) + 1) throw new GcsError(400, 'The range is not that of the content.');
      if (total === '*' && end !== '*' && body.length % (256 << 10) !== 0) throw new GcsError(400, 'Pieces are multiples of 256 KiB.');
      session.parts.push(body);
      session.size += body.length;
    }
    // A client that does not know the size sends all of it at once, to the end of the request.
    if (end !== '*' && (total === '*' || Number(total) !== session.size)) return { status: 308, headers: { Range: `bytes=0-${session.size - 1}` } };
    sessions.delete(query.upload_id);
    return { json: resource(put(bucket, session.meta.name, Buffer.concat(session.parts), session.meta.metadata, session.condition)) };
  }
  bucketOf(bucket);
  const id = randomBytes(12).toString('hex');
  sessions.set(id, { meta: { name: query.name, ...(body.length ? JSON.parse(body) : {}) }, parts: [], size: 0, condition: query.ifGenerationMatch });
  return { headers: { Location: `${origin}${req.url.split('?')[0]}?uploadType=resumable&upload_id=${id}` } };
}

function answer(req, path, query, body, origin) {
  if (req.headers.authorization === 'Bearer expired' || (tokens && !tokens.some(t => req.headers.authorization === `Bearer ${t}`))) throw new GcsError(401, 'Invalid Credentials');
  if (req.headers.authorization === 'Bearer denied') throw new GcsError(403, 'loader@example.iam.gserviceaccount.com does not have storage.objects.create access.');
  const uploads = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path);
  if (uploads) return upload(req, decodeURIComponent(uploads[1]), query, body, origin);
  const rewrite = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)\/rewriteTo\/b\/([^/]+)\/o\/([^/]+)$/.exec(path);
  if (rewrite) {
    const [from, name, to, target] = rewrite.slice(1).map(decodeURIComponent);
    const source = objectOf(from, name);
    check(source, query.ifSourceGenerationMatch);
    // The first call for larger objects only says how to go on.
    if (source.content.length > 1 << 20 && !query.rewriteToken) return { json: { kind: 'storage#rewriteResponse', done: false, rewriteToken: 'more', objectSize: String(source.content.length), totalBytesRewritten: '1048576' } };
    const meta = body.length ? JSON.parse(body) : {};
    return { json: { kind: 'storage#rewriteResponse', done: true, resource: resource(put(to, target, source.content, meta.metadata ?? source.metadata, query.ifGenerationMatch)) } };
  }
  const [, bucket, name] = /^(?:\/download)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(path) ?? [];
  if (!bucket) throw new GcsError(404, 'Not Found');
  if (!name) return { json: list(decodeURIComponent(bucket), query) };
  const object = objectOf(decodeURIComponent(bucket), decodeURIComponent(name));
  check(object, query.ifGenerationMatch);
  if (req.method === 'DELETE') {
    buckets.get(object.bucket).delete(object.name);
    return { status: 204 };
  }
  if (query.alt !== 'media') return { json: resource(object) };
  const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '');
  if (!range) return { content: object.content };
  const [start, end] = [Number(range[1]), range[2] === '' ? object.content.length - 1 : Math.min(object.content.length - 1, Number(range[2]))];
  if (start >= object.content.length) throw new GcsError(416, 'The requested range cannot be satisfied.');
  return { status: 206, headers: { 'Content-Range': `bytes ${start}-${end}/${object.content.length}` }, content: object.content.subarray(start, end + 1) };
}

async function serve(req, res) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(req.url, 'http://x');
  let result;
  try {
    if (url.pathname.startsWith('/-/')) {
      if (url.pathname === '/-/tokens') tokens = JSON.parse(body);
      else faults.push(JSON.parse(body));
      result = {};
    } else {
      const line = `${req.method} ${req.url}`;
      const fault = faults.find(f => line.includes(f.match) && line.includes(f.also ?? ''));
      if (fault && --fault.count <= 0) faults = faults.filter(f => f !== fault);
      if (fault?.kind === 'error') throw new GcsError(fault.status, 'A fault on demand.');
      result = answer(req, req.url.split('?')[0], Object.fromEntries(url.searchParams), body, `http://${req.headers.host}`);
      if (fault?.kind === 'lost') return req.socket.destroy();
    }
  } catch (e) {
    if (!(e instanceof GcsError)) console.error(e);
    result = { status: e.status ?? 500, json: { error: { code: e.status ?? 500, message: e.message } } };
  }
  const content = result.content ?? Buffer.from(result.json ? JSON.stringify(result.json) : '');
  res.writeHead(result.status ?? 200, { 'Content-Type': result.json ? 'application/json' : 'application/octet-stream', ...(result.status === 204 ? {} : { 'Content-Length': content.length }), ...result.headers });
  res.end(content);
}

const server = http.createServer((req, res) => serve(req, res).catch(() => req.socket.destroy()));
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
