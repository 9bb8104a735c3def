// An Iceberg REST catalog in one process's memory, written from the published OpenAPI document, with faults on demand.
//
//   node iceberg-rest.mjs [PORT STATE]      prints "ready PORT"; ends with its standard input. With a file STATE it may be killed and begun
//                                           again: what it has done is in the file before it answers.
//
// Addresses are BASE/v1/…, whatever BASE is. GET BASE/v1/config?warehouse=W makes the warehouse W: an id, or an address under which
// tables lie; its prefix is W, or, where BASE ends in /iceberg/REF as Nessie's does, REF|W. A branch begins as what main is.
//
// POST /-/warehouses {name, root, config, credentials, pageSize, separator, token, nested}  sets a warehouse up; `config` and
//      `credentials` (a list) come with loaded tables, `token` asks for one that POST BASE/v1/oauth/tokens gives
// POST /-/faults {match, kind, status, count, skip, retryAfter}  breaks the next requests whose "METHOD path" contains `match`, behind the
//      first `skip`: kind before (not done), after (done, but the answer is `status`), cut (done, and the connection breaks off), page (not
//      done, and a proxy answers), expire (all tokens end first).  GET /-/faults  gives those that are still to come
// POST /-/tokens {expired: true}  ends all tokens.  GET /-/log  gives the requests so far, and POST /-/log {} forgets them.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';

const warehouses = new Map();
const states = new Map();
const tokens = new Set();
let faults = [];
let log = [];

const [wantedPort = '0', stateFile] = process.argv.slice(2);

function restore() {
  const kept = JSON.parse(readFileSync(stateFile, 'utf8'));
  for (const [name, warehouse] of kept.warehouses) warehouses.set(name, warehouse);
  for (const [prefix, state] of kept.states) states.set(prefix, { namespaces: new Map(state.namespaces), tables: new Map(state.tables) });
  for (const token of kept.tokens) tokens.add(token);
}

// The file is as before or as after, whenever this process is killed.
function keep() {
  if (!stateFile) return;
  const kept = { warehouses: [...warehouses], states: [...states].map(([prefix, s]) => [prefix, { namespaces: [...s.namespaces], tables: [...s.tables] }]), tokens: [...tokens] };
  writeFileSync(`${stateFile}.new`, JSON.stringify(kept));
  renameSync(`${stateFile}.new`, stateFile);
}

class Refusal extends Error {
  constructor(status, type, message) {
    super(message);
    Object.assign(this, { status, type });
  }
}

const keyOf = parts => JSON.stringify(parts);
const missingTable = name => new Refusal(404, 'NoSuchTableException', `Table does not exist: ${name}`);
const missingNamespace = name => new Refusal(404, 'NoSuchNamespaceException', `Namespace does not exist: ${name}`);

function warehouseOf(name) {
  if (!warehouses.has(name)) warehouses.set(name, { name, root: name });
  return warehouses.get(name);
}

function stateOf(prefix) {
  if (!states.has(prefix)) {
    const main = states.get(`main|${prefix.split('|').at(-1)}`);
    states.set(prefix, prefix.includes('|') && main && !prefix.startsWith('main|')
      ? { namespaces: new Map(main.namespaces), tables: new Map(main.tables) }
      : { namespaces: new Map(), tables: new Map() });
  }
  return states.get(prefix);
}

// Metadata -------------------------------------------------------------------------------------------------------------------------

function highestId(fields) {
  return fields.reduce((most, f) => Math.max(most, f.id, ...childIds(f.type)), 0);
}

function childIds(type) {
  if (typeof type === 'string') return [];
  if (type.type === 'struct') return [highestId(type.fields)];
  if (type.type === 'list') return [type['element-id'], ...childIds(type.element)];
  return [type['key-id'], type['value-id'], ...childIds(type.key), ...childIds(type.value)];
}

function newTable(request, location) {
  const { 'format-version': version = '2', ...properties } = request.properties ?? {};
  const spec = { 'spec-id': 0, fields: (request['partition-spec']?.fields ?? []).map((f, i) => ({ 'field-id': 1000 + i, ...f })) };
  return {
    'format-version': Number(version),
    'table-uuid': randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': Date.now(),
    'last-column-id': highestId(request.schema.fields),
    'current-schema-id': 0,
    schemas: [{ ...request.schema, 'schema-id': 0 }],
    'default-spec-id': 0,
    'partition-specs': [spec],
    'last-partition-id': Math.max(999, ...spec.fields.map(f => f['field-id'])),
    'default-sort-order-id': request['write-order']?.['order-id'] ?? 0,
    'sort-orders': [request['write-order'] ?? { 'order-id': 0, fields: [] }],
    properties,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

// What a staged table is before the updates of its first commit.
const empty = () => ({
  'format-version': 1, 'last-sequence-number': 0, 'last-updated-ms': 0, 'last-column-id': 0, schemas: [], 'partition-specs': [], 'last-partition-id': 999, 'sort-orders': [],
  properties: {}, refs: {}, snapshots: [], 'snapshot-log': [], 'metadata-log': [],
});

const requirements = {
  'assert-create': (m) => m === undefined,
  'assert-table-uuid': (m, r) => m['table-uuid'] === r.uuid,
  'assert-ref-snapshot-id': (m, r) => (m.refs[r.ref]?.['snapshot-id'] ?? null) === (r['snapshot-id'] ?? null),
  'assert-last-assigned-field-id': (m, r) => m['last-column-id'] === r['last-assigned-field-id'],
  'assert-current-schema-id': (m, r) => m['current-schema-id'] === r['current-schema-id'],
  'assert-last-assigned-partition-id': (m, r) => m['last-partition-id'] === r['last-assigned-partition-id'],
  'assert-default-spec-id': (m, r) => m['default-spec-id'] === r['default-spec-id'],
  'assert-default-sort-order-id': (m, r) => m['default-sort-order-id'] === r['default-sort-order-id'],
};

// Adds to a list what has no equal in it, under the next id; gives the id.
function addTo(list, item, idName) {
  const plain = x => JSON.stringify({ ...x, [idName]: 0 });
  const same = list.find(x => plain(x) === plain(item));
  if (same) return same[idName];
  const id = Math.max(-1, ...list.map(x => x[idName])) + 1;
  list.push({ ...item, [idName]: id });
  return id;
}

function need(object, ...names) {
  for (const name of names) if (object[name] === undefined) throw new Refusal(400, 'BadRequestException', `'${name}' is missing in ${JSON.stringify(object)}`);
}

const updates = {
  'assign-uuid': (m, u) => { m['table-uuid'] = u.uuid; },
  'upgrade-format-version': (m, u) => {
    need(u, 'format-version');
    if (u['format-version'] < m['format-version']) throw new Refusal(400, 'BadRequestException', 'Cannot downgrade');
    m['format-version'] = u['format-version'];
  },
  'add-schema': (m, u, added) => {
    need(u, 'schema');
    if (u.schema.type !== 'struct') throw new Refusal(400, 'BadRequestException', 'A schema is a struct');
    added.schema = addTo(m.schemas, u.schema, 'schema-id');
    m['last-column-id'] = Math.max(m['last-column-id'], highestId(u.schema.fields));
  },
  'set-current-schema': (m, u, added) => { need(u, 'schema-id'); m['current-schema-id'] = u['schema-id'] === -1 ? added.schema : u['schema-id']; },
  'add-spec': (m, u, added) => {
    need(u, 'spec');
    added.spec = addTo(m['partition-specs'], u.spec, 'spec-id');
    m['last-partition-id'] = Math.max(m['last-partition-id'], ...u.spec.fields.map(f => f['field-id']));
  },
  'set-default-spec': (m, u, added) => { need(u, 'spec-id'); m['default-spec-id'] = u['spec-id'] === -1 ? added.spec : u['spec-id']; },
  'add-sort-order': (m, u, added) => { need(u, 'sort-order'); added.order = addTo(m['sort-orders'], u['sort-order'], 'order-id'); },
  'set-default-sort-order': (m, u, added) => { need(u, 'sort-order-id'); m['default-sort-order-id'] = u['sort-order-id'] === -1 ? added.order : u['sort-order-id']; },
  'add-snapshot': (m, u) => {
    need(u, 'snapshot');
    need(u.snapshot, 'snapshot-id', 'timestamp-ms', 'manifest-list', 'summary');
    if (m.snapshots.some(s => s['snapshot-id'] === u.snapshot['snapshot-id'])) throw new Refusal(400, 'BadRequestException', 'Snapshot already exists');
    if (m['format-version'] > 1 && u.snapshot['sequence-number'] <= m['last-sequence-number']) throw new Refusal(400, 'BadRequestException', 'The sequence number does not grow');
    m.snapshots.push(u.snapshot);
    m['last-sequence-number'] = u.snapshot['sequence-number'] ?? 0;
  },
  'set-snapshot-ref': (m, u) => {
    need(u, 'ref-name', 'type', 'snapshot-id');
    if (!m.snapshots.some(s => s['snapshot-id'] === u['snapshot-id'])) throw new Refusal(400, 'BadRequestException', 'No such snapshot');
    const { action, 'ref-name': name, ...ref } = u;
    m.refs[name] = ref;
    if (name === 'main' && m['current-snapshot-id'] !== u['snapshot-id']) {
      m['current-snapshot-id'] = u['snapshot-id'];
      m['snapshot-log'].push({ 'snapshot-id': u['snapshot-id'], 'timestamp-ms': Date.now() });
    }
  },
  'remove-snapshots': (m, u) => {
    need(u, 'snapshot-ids');
    m.snapshots = m.snapshots.filter(s => !u['snapshot-ids'].includes(s['snapshot-id']));
    m['snapshot-log'] = m['snapshot-log'].filter(s => !u['snapshot-ids'].includes(s['snapshot-id']));
  },
  'remove-snapshot-ref': (m, u) => {
    need(u, 'ref-name');
    delete m.refs[u['ref-name']];
    if (u['ref-name'] === 'main') delete m['current-snapshot-id'];
  },
  'set-location': (m, u) => { need(u, 'location'); m.location = u.location; },
  'set-properties': (m, u) => { need(u, 'updates'); m.properties = { ...m.properties, ...u.updates }; },
  'remove-properties': (m, u) => { need(u, 'removals'); for (const name of u.removals) delete m.properties[name]; },
  'set-statistics': (m, u) => { need(u, 'statistics'); m.statistics = [...(m.statistics ?? []).filter(s => s['snapshot-id'] !== u.statistics['snapshot-id']), u.statistics]; },
  'remove-statistics': (m, u) => { need(u, 'snapshot-id'); m.statistics = (m.statistics ?? []).filter(s => s['snapshot-id'] !== u['snapshot-id']); },
  'set-partition-statistics': (m, u) => { need(u, 'partition-statistics'); m['partition-statistics'] = [...(m['partition-statistics'] ?? []).filter(s => s['snapshot-id'] !== u['partition-statistics']['snapshot-id']), u['partition-statistics']]; },
  'remove-partition-statistics': (m, u) => { need(u, 'snapshot-id'); m['partition-statistics'] = (m['partition-statistics'] ?? []).filter(s => s['snapshot-id'] !== u['snapshot-id']); },
  'remove-partition-specs': (m, u) => { need(u, 'spec-ids'); m['partition-specs'] = m['partition-specs'].filter(s => !u['spec-ids'].includes(s['spec-id'])); },
  'remove-schemas': (m, u) => { need(u, 'schema-ids'); m.schemas = m.schemas.filter(s => !u['schema-ids'].includes(s['schema-id'])); },
};

// JavaScript's numbers end where ids of snapshots go on, so they stay texts in here.
const idNames = 'snapshot-id|parent-snapshot-id|current-snapshot-id';
const parse = text => JSON.parse(text
  .replace(new RegExp(`("(?:${idNames})"\\s*:\\s*)(-?\\d+)`, 'g'), '$1"#$2"')
  .replace(/("snapshot-ids"\s*:\s*\[)([^\]]*)\]/g, (_, head, ids) => `${head}${ids.split(',').filter(Boolean).map(i => `"#${i.trim()}"`).join(',')}]`));
const print = value => JSON.stringify(value).replace(/"#(-?\d+)"/g, '$1');

function publish(table) {
  table.version = (table.version ?? -1) + 1;
  const file = `${table.metadata.location}/metadata/${String(table.version).padStart(5, '0')}-${randomUUID()}.metadata.json`;
  if (table.location) table.metadata['metadata-log'].push({ 'metadata-file': table.location, 'timestamp-ms': table.metadata['last-updated-ms'] });
  table.metadata['last-updated-ms'] = Math.max(Date.now(), table.metadata['last-updated-ms']);
  table.location = file;
  if (file.startsWith('file://') || file.startsWith('/')) {
    const path = file.replace(/^file:\/\//, '');
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, print({ ...table.metadata, 'current-snapshot-id': table.metadata['current-snapshot-id'] ?? '#-1' }));
  }
}

function commit(table, request) {
  if (!Array.isArray(request.requirements) || !Array.isArray(request.updates)) throw new Refusal(400, 'BadRequestException', 'A commit has requirements and updates');
  for (const requirement of request.requirements) {
    const check = requirements[requirement.type];
    if (!check) throw new Refusal(400, 'BadRequestException', `Unknown requirement ${requirement.type}`);
    if (!check(table.metadata, requirement)) throw new Refusal(409, 'CommitFailedException', `Requirement failed: ${requirement.type}`);
  }
  const metadata = structuredClone(table.metadata) ?? empty();
  const added = {};
  for (const update of request.updates) {
    const apply = updates[update.action];
    if (!apply) throw new Refusal(400, 'BadRequestException', `Unknown update ${update.action}`);
    apply(metadata, update, added);
  }
  need(metadata, 'table-uuid', 'location', 'current-schema-id', 'default-spec-id', 'default-sort-order-id');
  table.metadata = metadata;
  publish(table);
}

// Requests -------------------------------------------------------------------------------------------------------------------------

function page(warehouse, items, query) {
  const size = Number(query.get('pageSize') ?? warehouse.pageSize ?? Infinity);
  const start = Number(query.get('pageToken') || 0);
  return { items: items.slice(start, start + size), next: start + size < items.length ? { 'next-page-token': String(start + size) } : {} };
}

function loaded(warehouse, table, query) {
  const metadata = query?.get('snapshots') === 'refs'
    ? { ...table.metadata, snapshots: table.metadata.snapshots.filter(s => Object.values(table.metadata.refs).some(r => r['snapshot-id'] === s['snapshot-id'])) }
    : table.metadata;
  return { 'metadata-location': table.location, metadata, config: warehouse.config ?? {}, ...(warehouse.credentials ? { 'storage-credentials': warehouse.credentials } : {}) };
}

function token(body) {
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type');
  if (grant === 'client_credentials' && !(form.get('client_id') === 'loader' && form.get('client_secret') === 'se:cret')) throw { oauth: 'invalid_client', description: 'Unknown client' };
  if (grant === 'urn:ietf:params:oauth:grant-type:token-exchange' && !(form.get('subject_token') && form.get('subject_token_type'))) throw { oauth: 'invalid_request', description: 'No subject' };
  if (grant !== 'client_credentials' && grant !== 'urn:ietf:params:oauth:grant-type:token-exchange') throw { oauth: 'unsupported_grant_type', description: grant };
  if (form.get('scope') !== 'catalog') throw { oauth: 'invalid_scope', description: form.get('scope') };
  const given = `token-${createHash('sha1').update(randomUUID()).digest('hex').slice(0, 12)}`;
  tokens.add(given);
  return { access_token: given, token_type: 'bearer', expires_in: 3600, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
}

function answer(method, base, rest, query, headers, body) {
  if (method === 'POST' && rest === 'oauth/tokens') return token(body);
  if (rest === 'config') {
    const name = query.get('warehouse') ?? 'default';
    if (name === 'unknown') throw new Refusal(404, 'NotFoundException', `Warehouse not found: ${name}`);
    const warehouse = warehouseOf(name);
    const ref = /\/iceberg\/([^/]+)$/.exec(base)?.[1];
    authorize(warehouse, headers);
    const prefix = encodeURIComponent(ref ? `${ref}|${name}` : name);
    return { defaults: { prefix }, overrides: { ...(warehouse.separator ? { 'namespace-separator': encodeURIComponent(warehouse.separator) } : {}) } };
  }
  const segments = rest.split('/').map(decodeURIComponent);
  const prefix = segments.shift();
  const warehouse = warehouseOf(prefix.split('|').at(-1));
  authorize(warehouse, headers);
  const state = stateOf(prefix);
  const split = text => text === '' || text === null ? [] : text.split(warehouse.separator ?? '\u001f');
  const [kind, spaceText, below, name, more] = segments;
  if (kind === 'tables' && spaceText === 'rename' && method === 'POST') return rename(state, parse(body));
  if (kind !== 'namespaces') throw new Refusal(400, 'BadRequestException', `Unknown path ${rest}`);
  if (spaceText === undefined) {
    if (method === 'POST') return newNamespace(state, parse(body));
    const parent = split(query.get('parent'));
    if (parent.length > 0 && !state.namespaces.has(keyOf(parent))) throw missingNamespace(parent.join('.'));
    const all = [...state.namespaces.keys()].map(JSON.parse).filter(n => n.length === parent.length + 1 && parent.every((p, i) => n[i] === p));
    const { items, next } = page(warehouse, all, query);
    return { namespaces: items, ...next };
  }
  const space = split(spaceText);
  const known = state.namespaces.get(keyOf(space));
  if (!known) throw missingNamespace(space.join('.'));
  if (below === undefined) {
    if (method === 'DELETE') {
      if ([...state.tables.keys()].some(k => keyOf(JSON.parse(k)[0]) === keyOf(space))) throw new Refusal(409, 'NamespaceNotEmptyException', 'Namespace is not empty');
      state.namespaces.delete(keyOf(space));
      return undefined;
    }
    return method === 'HEAD' ? undefined : { namespace: space, properties: known };
  }
  if (below !== 'tables') throw new Refusal(406, 'UnsupportedOperationException', `Unknown path ${rest}`);
  if (name === undefined) {
    if (method === 'POST') return newTableIn(warehouse, state, space, parse(body));
    const all = [...state.tables.keys()].map(JSON.parse).filter(([n]) => keyOf(n) === keyOf(space));
    const { items, next } = page(warehouse, all, query);
    return { identifiers: items.map(([namespace, n]) => ({ namespace, name: n })), ...next };
  }
  const key = keyOf([space, name]);
  let table = state.tables.get(key);
  if (method === 'POST' && more === undefined && parse(body).requirements?.some(r => r.type === 'assert-create')) {
    if (table) throw new Refusal(409, 'CommitFailedException', 'Requirement failed: assert-create');
    table = { metadata: undefined };
  }
  if (!table) throw missingTable([...space, name].join('.'));
  if (more === 'credentials') return { 'storage-credentials': warehouse.credentials ?? [] };
  if (method === 'GET') return loaded(warehouse, table, query);
  if (method === 'HEAD') return undefined;
  if (method === 'DELETE') {
    state.tables.delete(key);
    return undefined;
  }
  // Branches have tables of their own from the first change on.
  const own = { ...table };
  commit(own, parse(body));
  state.tables.set(key, own);
  return { 'metadata-location': own.location, metadata: own.metadata };
}

function authorize(warehouse, headers) {
  if (warehouse.token && !tokens.has(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1])) throw new Refusal(401, 'NotAuthorizedException', 'Not authorized: the token is not known');
  if (warehouse.denied) throw new Refusal(403, 'ForbiddenException', `Not allowed in ${warehouse.name}`);
}

function newNamespace(state, { namespace, properties = {} }) {
  if (!Array.isArray(namespace) || namespace.length === 0 || namespace.some(p => p === '')) throw new Refusal(400, 'BadRequestException', 'A namespace has parts');
  if (state.namespaces.has(keyOf(namespace))) throw new Refusal(409, 'AlreadyExistsException', `Namespace already exists: ${namespace.join('.')}`);
  if (namespace.length > 1 && !state.namespaces.has(keyOf(namespace.slice(0, -1)))) throw missingNamespace(namespace.slice(0, -1).join('.'));
  state.namespaces.set(keyOf(namespace), properties);
  return { namespace, properties };
}

function newTableIn(warehouse, state, space, request) {
  need(request, 'name', 'schema');
  const key = keyOf([space, request.name]);
  if (state.tables.has(key)) throw new Refusal(409, 'AlreadyExistsException', `Table already exists: ${[...space, request.name].join('.')}`);
  const folder = [...space, request.name].map(p => encodeURIComponent(p).replaceAll('%', '_')).join('/');
  const table = { metadata: newTable(request, (request.location ?? `${warehouse.root}/${folder}`).replace(/\/$/, '')) };
  if (!request['stage-create']) {
    publish(table);
    state.tables.set(key, table);
  }
  return loaded(warehouse, table);
}

function rename(state, { source, destination }) {
  const from = keyOf([source.namespace, source.name]);
  const to = keyOf([destination.namespace, destination.name]);
  if (!state.tables.has(from)) throw missingTable(source.name);
  if (!state.namespaces.has(keyOf(destination.namespace))) throw missingNamespace(destination.namespace.join('.'));
  if (state.tables.has(to)) throw new Refusal(409, 'AlreadyExistsException', 'Table already exists');
  state.tables.set(to, state.tables.get(from));
  state.tables.delete(from);
}

function control(name, body) {
  if (name === 'warehouses') warehouses.set(body.name, { root: body.name, ...warehouses.get(body.name), ...body });
  else if (name === 'faults') faults.push({ count: 1, status: 500, ...body });
  else if (name === 'tokens') tokens.clear();
  else if (name === 'log') log = [];
}

function reply(res, status, body, more = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...more });
  res.end(body === undefined ? undefined : typeof body === 'string' ? body : print(body));
}

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const question = req.url.indexOf('?');
  const path = question < 0 ? req.url : req.url.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : req.url.slice(question + 1));
  if (path.startsWith('/-/')) {
    if (req.method === 'GET') return reply(res, 200, path === '/-/faults' ? faults : log);
    control(path.slice(3), JSON.parse(body));
    keep();
    return reply(res, 200, {});
  }
  const line = `${req.method} ${req.url}`;
  log.push(line);
  const fault = faults.find(f => line.includes(f.match) && !(f.skip-- > 0));
  if (fault && --fault.count === 0) faults = faults.filter(f => f !== fault);
  const broken = () => reply(res, fault.status, { error: { message: `Ordered: ${fault.status}`, type: fault.type ?? 'ServiceFailure', code: fault.status } }, fault.retryAfter ? { 'Retry-After': String(fault.retryAfter) } : {});
  if (fault?.kind === 'before') return broken();
  if (fault?.kind === 'page') return reply(res, fault.status, '<html>A proxy</html>', { 'Content-Type': 'text/html' });
  if (fault?.kind === 'expire') tokens.clear();
  const at = path.lastIndexOf('/v1/');
  let status = 200;
  let result;
  try {
    if (at < 0) throw new Refusal(404, 'NotFoundException', `No such path: ${path}`);
    result = answer(req.method, path.slice(0, at), path.slice(at + 4), query, req.headers, body);
    if (result === undefined) status = 204;
    if (req.method !== 'GET' && req.method !== 'HEAD') keep();
  } catch (e) {
    if (e.oauth) [status, result] = [400, { error: e.oauth, error_description: e.description }];
    else [status, result] = [e.status ?? 500, { error: { message: e.message, type: e.type ?? 'InternalServerError', code: e.status ?? 500 } }];
    if (!e.status && !e.oauth) console.error(e);
  }
  if (fault?.kind === 'cut') return res.destroy();
  if (fault?.kind === 'after') return broken();
  reply(res, status, result);
});
if (stateFile && existsSync(stateFile)) restore();
server.listen(Number(wantedPort), '127.0.0.1', () => console.log(`ready ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
