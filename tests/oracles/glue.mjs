// The Data Catalog of AWS Glue in one process's memory, as far as Iceberg needs it, written from the published API reference: databases,
// tables with versions, pages, signatures that are checked, and faults on demand.
//
//   node glue.mjs [items per page]      prints "ready PORT"; ends with its standard input
//
// POST /-/faults {match, kind, code, status, count} breaks the next calls whose "OPERATION ACCOUNT" contains `match`: kind before, after (done, but
// nobody is told) or cut (done, and no answer).
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';

const pageSize = Number(process.argv[2] ?? 100);
const secrets = new Map([['MILLRACE', 'millrace-secret']]);
const catalogs = new Map();
let faults = [];

class GlueError extends Error {
  constructor(type, message, status = 400) {
    super(message);
    Object.assign(this, { type, status });
  }
}

const hash = data => createHash('sha256').update(data).digest('hex');

function checkSignature(req, body) {
  const given = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/glue\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(req.headers.authorization ?? '');
  if (!given) throw new GlueError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, id, day, region, signed, signature] = given;
  if (!secrets.has(id)) throw new GlueError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const headers = signed.split(';').map(h => `${h}:${req.headers[h].trim()}\n`).join('');
  const scope = `${day}/${region}/glue/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', req.headers['x-amz-date'], scope, hash(['POST', '/', '', headers, signed, hash(body)].join('\n'))].join('\n');
  const key = [day, region, 'glue', 'aws4_request'].reduce((k, part) => createHmac('sha256', k).update(part).digest(), `AWS4${secrets.get(id)}`);
  if (createHmac('sha256', key).update(text).digest('hex') !== signature) throw new GlueError('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
}

const catalogOf = id => {
  const name = id ?? 'own';
  if (!catalogs.has(name)) catalogs.set(name, new Map());
  return catalogs.get(name);
};

function database(request, name) {
  const found = catalogOf(request.CatalogId).get(name);
  if (!found) throw new GlueError('EntityNotFoundException', `Database ${name} not found.`);
  return found;
}

function table(request, name) {
  const found = database(request, request.DatabaseName).tables.get(name);
  if (!found) throw new GlueError('EntityNotFoundException', `Entity Not Found: table ${name}`);
  return found;
}

function page(request, items) {
  const start = Number(request.NextToken ?? 0);
  return [items.slice(start, start + pageSize), start + pageSize < items.length ? { NextToken: String(start + pageSize) } : {}];
}

const known = ['Name', 'Description', 'Owner', 'LastAccessTime', 'Retention', 'StorageDescriptor', 'PartitionKeys', 'ViewOriginalText', 'ViewExpandedText', 'TableType', 'Parameters', 'TargetTable', 'ViewDefinition'];

function input(given) {
  if (!given?.Name) throw new GlueError('InvalidInputException', 'A table has a name');
  const stranger = Object.keys(given).find(k => !known.includes(k));
  if (stranger) throw new GlueError('ValidationException', `Unknown member ${stranger}`);
  for (const value of Object.values(given.Parameters ?? {})) if (typeof value !== 'string') throw new GlueError('SerializationException', 'Parameters are texts');
  return given;
}

const operations = {
  CreateDatabase(request) {
    const catalog = catalogOf(request.CatalogId);
    const { Name, ...more } = request.DatabaseInput;
    if (catalog.has(Name)) throw new GlueError('AlreadyExistsException', 'Database already exists.');
    catalog.set(Name, { info: { Name, ...more }, tables: new Map() });
    return {};
  },
  GetDatabase: request => ({ Database: database(request, request.Name).info }),
  GetDatabases(request) {
    const [items, next] = page(request, [...catalogOf(request.CatalogId).values()].map(d => d.info));
    return { DatabaseList: items, ...next };
  },
  CreateTable(request) {
    const { tables } = database(request, request.DatabaseName);
    const made = input(request.TableInput);
    if (tables.has(made.Name)) throw new GlueError('AlreadyExistsException', 'Table already exists.');
    tables.set(made.Name, { ...made, DatabaseName: request.DatabaseName, CreateTime: Date.now() / 1000, VersionId: '0', CatalogId: request.CatalogId ?? '000000000000' });
    return {};
  },
  GetTable: request => ({ Table: table(request, request.Name) }),
  GetTables(request) {
    const [items, next] = page(request, [...database(request, request.DatabaseName).tables.values()]);
    return { TableList: items, ...next };
  },
  UpdateTable(request) {
    const changed = input(request.TableInput);
    const there = table(request, changed.Name);
    if (request.VersionId !== undefined && request.VersionId !== there.VersionId) throw new GlueError('ConcurrentModificationException', 'Update table failed due to concurrent modifications.');
    database(request, request.DatabaseName).tables.set(changed.Name, { ...changed, DatabaseName: request.DatabaseName, CreateTime: there.CreateTime, UpdateTime: Date.now() / 1000, VersionId: String(Number(there.VersionId) + 1), CatalogId: there.CatalogId });
    return {};
  },
  DeleteTable(request) {
    table(request, request.Name);
    database(request, request.DatabaseName).tables.delete(request.Name);
    return {};
  },
};

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const reply = (status, value) => {
    res.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
    res.end(JSON.stringify(value));
  };
  if (req.url === '/-/faults') {
    faults.push({ count: 1, status: 400, code: 'ThrottlingException', ...JSON.parse(body) });
    return reply(200, {});
  }
  const operation = /^AWSGlue\.(\w+)$/.exec(req.headers['x-amz-target'] ?? '')?.[1];
  const fault = faults.find(f => `${operation} ${JSON.parse(body).CatalogId ?? ''}`.includes(f.match));
  if (fault && --fault.count === 0) faults = faults.filter(f => f !== fault);
  const broken = () => reply(fault.status, { __type: fault.code, Message: `Ordered: ${fault.code}` });
  if (fault?.kind === 'before') return broken();
  let status = 200;
  let result;
  try {
    checkSignature(req, body);
    if (!operations[operation]) throw new GlueError('UnknownOperationException', operation);
    result = operations[operation](JSON.parse(body));
  } catch (e) {
    [status, result] = [e.status ?? 500, { __type: e.type ?? 'InternalServiceException', Message: e.message }];
  }
  if (fault?.kind === 'cut') return res.destroy();
  if (fault?.kind === 'after') return broken();
  reply(status, result);
});
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
