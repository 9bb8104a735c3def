// An S3 server of one process's memory, written from the published API: what s3rver lacks and commits rely on (conditions of
// writes, listing and aborting of uploads, copies of parts), signatures checked, and faults on demand.
//
//   node s3.mjs [keys per page]      prints "ready PORT"; ends with its standard input
//
// PUT /-/buckets/NAME makes a bucket. POST /-/faults {match, kind, status, code, count} breaks the next requests whose
// "METHOD path?query" contains `match`: kind error, cut (an answer that breaks off), lost (done, but nobody is told).
// GET /-/uploads lists unfinished uploads; POST /-/clock {seconds} sets the clock wrong; POST /-/options {conditions} lets the
// server ignore conditions; POST /-/keys {id, secret, token, expired} adds or changes an access key.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import http from 'node:http';

const pageSize = Number(process.argv[2] ?? 1000);
const buckets = new Map();
const uploads = new Map();
const keys = new Map([['MILLRACE', { secret: 'millrace-secret' }]]);
const options = { conditions: true, skew: 0 };
let faults = [];
let uploadNumber = 0;

class S3Error extends Error {
  constructor(status, code, message) {
    super(message ?? code);
    Object.assign(this, { status, code });
  }
}

const now = () => new Date(Date.now() + options.skew * 1000);
const escape = text => text.replace(/[&<>"'\r]/g, c => `&#${c.charCodeAt(0)};`);
const hash = (algorithm, data) => createHash(algorithm).update(data).digest('hex');
const encode = text => encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const byCodePoints = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const xml = (name, body) => `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</${name}>`;

function checkSignature(req, path, query, body) {
  const given = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(req.headers.authorization ?? '');
  if (!given) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const [, id, day, region, signed, signature] = given;
  const key = keys.get(id);
  if (!key) throw new S3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  const date = req.headers['x-amz-date'];
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(at - now()) > 15 * 60_000) throw new S3Error(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
  const canonicalQuery = [...query].map(([n, v]) => `${encode(n)}=${encode(v)}`).sort().join('&');
  const headers = signed.split(';').map(h => `${h}:${(req.headers[h] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const payload = req.headers['x-amz-content-sha256'];
  if (/^[0-9a-f]{64}$/.test(payload)) {
    if (payload !== hash('sha256', body)) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
  } else if (payload !== 'UNSIGNED-PAYLOAD') {
    throw new S3Error(501, 'NotImplemented', `The payload ${payload} is not understood.`);
  }
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, hash('sha256', [req.method, path, canonicalQuery, headers, signed, payload].join('\n'))].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce((k, part) => createHmac('sha256', k).update(part).digest(), `AWS4${key.secret}`);
  if (createHmac('sha256', signingKey).update(text).digest('hex') !== signature) {
    throw new S3Error(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
  }
  if (key.expired) throw new S3Error(400, 'ExpiredToken', 'The provided token has expired.');
  if (key.token && req.headers['x-amz-security-token'] !== key.token) throw new S3Error(403, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  if (key.denied) throw new S3Error(403, 'AccessDenied', `User: arn:aws:iam::1:user/${id} is not authorized.`);
}

function checkConditions(req, bucket, key) {
  if (!options.conditions) return;
  const current = bucket.get(key);
  if (req.headers['if-none-match'] === '*' && current) throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  const match = req.headers['if-match'];
  if (match && !current) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  if (match && match.replaceAll('"', '') !== current.etag) throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

const metadataOf = req => Object.fromEntries(Object.entries(req.headers).filter(([n]) => n.startsWith('x-amz-meta-') || n.startsWith('x-amz-server-side')));

const tagsOf = req => req.headers['x-amz-tagging'] ?? '';

function put(bucket, key, content, metadata, tags, etag) {
  const object = { content, metadata, tags, etag: etag ?? hash('md5', content), modified: now() };
  bucket.set(key, object);
  return object;
}

function find(bucket, key) {
  const found = bucket.get(key);
  if (!found) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  return found;
}

function rangeOf(text, size) {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(text);
  if (Number(start) >= size) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return [Number(start), end === '' ? size - 1 : Math.min(size - 1, Number(end))];
}

function sourceOf(req) {
  const [, name, key] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(req.headers['x-amz-copy-source']));
  return find(buckets.get(name), key);
}

function list(bucket, query) {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const shown = text => escape(query.get('encoding-type') === 'url' ? encode(text).replaceAll('%2F', '/') : text);
  const after = query.has('continuation-token') ? Buffer.from(query.get('continuation-token'), 'base64').toString() : query.get('start-after') ?? '';
  const most = Math.min(pageSize, Number(query.get('max-keys') ?? pageSize));
  const entries = new Map();
  for (const key of [...bucket.keys()].filter(k => k.startsWith(prefix)).sort(byCodePoints)) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const shownKey = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (byCodePoints(shownKey, after) > 0) entries.set(shownKey, cut >= 0);
  }
  const page = [...entries].slice(0, most);
  const isTruncated = entries.size > page.length;
  const contents = page.filter(([, folder]) => !folder).map(([key]) => {
    const object = bucket.get(key);
    return `<Contents><Key>${shown(key)}</Key><LastModified>${object.modified.toISOString()}</LastModified><ETag>&quot;${object.etag}&quot;</ETag><Size>${object.content.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const folders = page.filter(([, folder]) => folder).map(([key]) => `<CommonPrefixes><Prefix>${shown(key)}</Prefix></CommonPrefixes>`);
  const next = isTruncated ? `<NextContinuationToken>${Buffer.from(page.at(-1)[0]).toString('base64')}</NextContinuationToken>` : '';
  return { body: xml('ListBucketResult', `<KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys>${query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}${folders.join('')}${next}`) };
}

const unescape = text => text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex, number, name) => hex ? String.fromCodePoint(parseInt(hex, 16)) : number ? String.fromCodePoint(Number(number)) : { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name]);

function deleteObjects(bucket, body) {
  for (const [, key] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) bucket.delete(unescape(key));
  return { body: xml('DeleteResult', '') };
}

function uploadOf(query, key) {
  const upload = uploads.get(query.get('uploadId'));
  if (!upload || upload.key !== key) throw new S3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
  return upload;
}

function listUploads(name, query) {
  const prefix = query.get('prefix') ?? '';
  const found = [...uploads].filter(([, u]) => u.name === name && u.key.startsWith(prefix)).map(([id, u]) => `<Upload><Key>${escape(u.key)}</Key><UploadId>${id}</UploadId><Initiated>${u.initiated.toISOString()}</Initiated></Upload>`);
  return { body: xml('ListMultipartUploadsResult', `<Bucket>${name}</Bucket><IsTruncated>false</IsTruncated>${found.join('')}`) };
}

function complete(req, bucket, key, query, body) {
  const upload = uploadOf(query, key);
  checkConditions(req, bucket, key);
  const parts = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => Number(/<PartNumber>(\d+)</.exec(part)[1]));
  if (parts.some((n, i) => !upload.parts.has(n) || (i > 0 && n <= parts[i - 1]))) throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
  if (parts.slice(0, -1).some(n => upload.parts.get(n).length < 5 << 20)) throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  const content = Buffer.concat(parts.map(n => upload.parts.get(n)));
  const object = put(bucket, key, content, upload.metadata, upload.tags, `${hash('md5', content)}-${parts.length}`);
  uploads.delete(query.get('uploadId'));
  return { body: xml('CompleteMultipartUploadResult', `<Key>${escape(key)}</Key><ETag>&quot;${object.etag}&quot;</ETag>`) };
}

function answer(req, path, query, body) {
  const [, name, rest] = /^\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  checkSignature(req, path, query, body);
  const bucket = buckets.get(name);
  if (!bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
  const key = decodeURIComponent(rest);
  const method = req.method;
  if (key === '') {
    if (method === 'GET' && query.has('uploads')) return listUploads(name, query);
    if (method === 'GET') return list(bucket, query);
    if (method === 'HEAD') return {};
    if (method === 'POST' && query.has('delete')) return deleteObjects(bucket, body);
  } else if (method === 'POST' && query.has('uploads')) {
    const id = `${++uploadNumber}-${randomBytes(8).toString('hex')}`;
    uploads.set(id, { name, key, metadata: metadataOf(req), tags: tagsOf(req), parts: new Map(), initiated: now() });
    return { body: xml('InitiateMultipartUploadResult', `<Bucket>${name}</Bucket><Key>${escape(key)}</Key><UploadId>${id}</UploadId>`) };
  } else if (method === 'POST' && query.has('uploadId')) {
    return complete(req, bucket, key, query, body);
  } else if (method === 'PUT' && query.has('uploadId')) {
    const upload = uploadOf(query, key);
    let content = body;
    if (req.headers['x-amz-copy-source']) {
      const source = sourceOf(req).content;
      const [start, end] = rangeOf(req.headers['x-amz-copy-source-range'], source.length);
      content = source.subarray(start, end + 1);
    }
    upload.parts.set(Number(query.get('partNumber')), content);
    return req.headers['x-amz-copy-source'] ? { body: xml('CopyPartResult', `<ETag>&quot;${hash('md5', content)}&quot;</ETag>`) } : { headers: { ETag: `"${hash('md5', content)}"` } };
  } else if (method === 'DELETE' && query.has('uploadId')) {
    uploadOf(query, key);
    uploads.delete(query.get('uploadId'));
    return { status: 204 };
  } else if (method === 'PUT') {
    checkConditions(req, bucket, key);
    const content = req.headers['x-amz-copy-source'] ? sourceOf(req).content : body;
    // A copy keeps the tags of its source unless it is told otherwise.
    const tags = req.headers['x-amz-copy-source'] && req.headers['x-amz-tagging-directive'] !== 'REPLACE' ? sourceOf(req).tags : tagsOf(req);
    const object = put(bucket, key, content, metadataOf(req), tags);
    return req.headers['x-amz-copy-source'] ? { body: xml('CopyObjectResult', `<ETag>&quot;${object.etag}&quot;</ETag><LastModified>${object.modified.toISOString()}</LastModified>`) } : { headers: { ETag: `"${object.etag}"` } };
  } else if (method === 'DELETE') {
    bucket.delete(key);
    return { status: 204 };
  } else if (method === 'GET' || method === 'HEAD') {
    const object = find(bucket, key);
    const tags = [...new URLSearchParams(object.tags)];
    if (query.has('tagging')) return { body: xml('Tagging', `<TagSet>${tags.map(([k, v]) => `<Tag><Key>${escape(k)}</Key><Value>${escape(v)}</Value></Tag>`).join('')}</TagSet>`) };
    const match = req.headers['if-match'];
    if (match && match.replaceAll('"', '') !== object.etag) throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    const headers = { ETag: `"${object.etag}"`, 'Last-Modified': object.modified.toUTCString(), 'Content-Length': object.content.length, ...(tags.length > 0 ? { 'x-amz-tagging-count': tags.length } : {}), ...object.metadata };
    if (!req.headers.range) return { headers, body: object.content };
    const [start, end] = rangeOf(req.headers.range, object.content.length);
    return { status: 206, headers: { ...headers, 'Content-Length': end - start + 1, 'Content-Range': `bytes ${start}-${end}/${object.content.length}` }, body: object.content.subarray(start, end + 1) };
  }
  throw new S3Error(405, 'MethodNotAllowed');
}

function control(path, body) {
  const json = body.length ? JSON.parse(body) : {};
  if (path.startsWith('/-/buckets/')) buckets.set(path.slice('/-/buckets/'.length), new Map());
  else if (path === '/-/faults') faults.push(json);
  else if (path === '/-/clear') { faults = []; options.skew = 0; options.conditions = true; }
  else if (path === '/-/clock') options.skew = json.seconds;
  else if (path === '/-/options') Object.assign(options, json);
  else if (path === '/-/keys') keys.set(json.id, json);
  else if (path === '/-/uploads') return { body: JSON.stringify([...uploads.values()].map(u => `${u.name}/${u.key}`)) };
  else if (path.startsWith('/-/metadata/')) {
    const [, name, key] = /^\/-\/metadata\/([^/]+)\/(.+)$/.exec(decodeURIComponent(path));
    const { metadata, tags } = find(buckets.get(name), key);
    return { body: JSON.stringify({ ...metadata, tags: Object.fromEntries(new URLSearchParams(tags)) }) };
  }
  return {};
}

function takeFault(line) {
  const fault = faults.find(f => line.includes(f.match) && line.includes(f.also ?? ''));
  if (fault && --fault.count <= 0) faults = faults.filter(f => f !== fault);
  return fault;
}

async function serve(req, res) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const mark = req.url.indexOf('?');
  const path = mark < 0 ? req.url : req.url.slice(0, mark);
  const query = new Map((mark < 0 ? '' : req.url.slice(mark + 1)).split('&').filter(Boolean).map(p => {
    const at = p.indexOf('=');
    return (at < 0 ? [p, ''] : [p.slice(0, at), p.slice(at + 1)]).map(decodeURIComponent);
  }));
  let result;
  let fault;
  try {
    if (path.startsWith('/-/')) {
      result = control(path, body);
    } else {
      fault = takeFault(`${req.method} ${req.url}`);
      if (fault?.kind === 'error') throw new S3Error(fault.status, fault.code, fault.message);
      result = answer(req, path, query, body);
      if (fault?.kind === 'lost') return req.socket.destroy();
    }
  } catch (e) {
    if (!(e instanceof S3Error)) console.error(e);
    result = { status: e.status ?? 500, body: xml('Error', `<Code>${e.code ?? 'InternalError'}</Code><Message>${escape(e.message)}</Message>`).replace(' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', '') };
  }
  const content = Buffer.isBuffer(result.body) ? result.body : Buffer.from(result.body ?? '');
  res.writeHead(result.status ?? 200, { Date: now().toUTCString(), ...(result.status === 204 ? {} : { 'Content-Length': content.length }), 'x-amz-request-id': randomBytes(8).toString('hex'), ...(Buffer.isBuffer(result.body) ? {} : { 'Content-Type': 'application/xml' }), ...result.headers });
  if (fault?.kind === 'cut') {
    res.write(content.subarray(0, content.length >> 1), () => req.socket.destroy());
    return;
  }
  res.end(req.method === 'HEAD' ? undefined : content);
}

// A client that goes away in the middle of its request is no fault of the server's.
const server = http.createServer({ keepAliveTimeout: 60_000 }, (req, res) => serve(req, res).catch(e => {
  if (e.code !== 'ECONNRESET') console.error(e);
  req.socket.destroy();
}));
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
