// Servers that give identities, written from the providers' published pages, and a file that only those identities read:
//   node identity.mjs S3ENDPOINT [CERTIFICATE KEY]      prints "ready PORT", or "ready PORT TLSPORT"; ends with its standard input
// Amazon: instance metadata (version 2 only), credentials of containers, AssumeRole and AssumeRoleWithWebIdentity; keys that it
// gives are made known to the S3 test server. Google: metadata server, tokens for signed requests of service accounts, and
// /storage. Azure: managed identity of App Service, tokens for workloads, and /account.
// GET /-/log lists what was asked for; GET /-/service-account.json is a key file.
import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [s3, certificate, certificateKey] = process.argv.slice(2);
const content = Buffer.from('id\n1\n2\n');
const account = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const log = [];
const sessions = new Set();
let number = 0;

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const demand = (holds, status, message) => {
  if (!holds) throw new Refusal(status, message);
};

async function key() {
  const given = { id: `ASIA${++number}`, secret: randomBytes(12).toString('hex'), token: randomBytes(12).toString('hex'), until: new Date(Date.now() + 3_600_000).toISOString() };
  await fetch(`${s3}/-/keys`, { method: 'POST', body: JSON.stringify(given) });
  return given;
}

const asJson = k => ({ Code: 'Success', Type: 'AWS-HMAC', LastUpdated: new Date().toISOString(), AccessKeyId: k.id, SecretAccessKey: k.secret, Token: k.token, Expiration: k.until });

async function amazon(req, url, body) {
  const path = url.pathname;
  if (path === '/latest/api/token') {
    demand(req.method === 'PUT' && req.headers['x-aws-ec2-metadata-token-ttl-seconds'], 400, 'no time to live');
    const session = randomBytes(8).toString('hex');
    sessions.add(session);
    return session;
  }
  if (path.startsWith('/latest/')) demand(sessions.has(req.headers['x-aws-ec2-metadata-token']), 401, 'no session');
  if (path.replace(/\/$/, '') === '/latest/meta-data/iam/security-credentials') return 'loader';
  if (path === '/latest/meta-data/iam/security-credentials/loader') return asJson(await key());
  if (path === '/ecs') {
    demand(req.headers.authorization === 'ecs-secret', 401, 'no authorization');
    return asJson(await key());
  }
  if (req.method !== 'POST' || path !== '/') return undefined;
  const form = new URLSearchParams(body.toString());
  const action = form.get('Action');
  log.push(`${action} ${form.get('RoleArn')} ${form.get('ExternalId') ?? form.get('WebIdentityToken') ?? ''}`.trim());
  if (action === 'AssumeRole') demand(/Credential=MILLRACE\//.test(req.headers.authorization ?? ''), 403, 'not signed by the key');
  const k = await key();
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><Arn>${form.get('RoleArn')}/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>${k.id}</AccessKeyId><SecretAccessKey>${k.secret}</SecretAccessKey><SessionToken>${k.token}</SessionToken><Expiration>${k.until}</Expiration></Credentials></${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
}

function google(req, url, body) {
  const path = url.pathname;
  if (path.startsWith('/computeMetadata/')) {
    demand(req.headers['metadata-flavor'] === 'Google', 403, 'no Metadata-Flavor');
    if (path.endsWith('/token')) return { access_token: 'gcp-token', expires_in: 3600, token_type: 'Bearer' };
    return path.endsWith('/universe-domain') ? 'googleapis.com' : 'default/';
  }
  if (path === '/token') {
    const form = new URLSearchParams(body.toString());
    const [head, claims, signature] = form.get('assertion').split('.');
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    demand(verify.verify(account.publicKey, signature, 'base64url'), 401, 'the signature does not fit');
    const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url'));
    log.push(`${iss} ${scope}`);
    return { access_token: 'gcp-token', expires_in: 3600, token_type: 'Bearer' };
  }
  if (!path.startsWith('/storage/')) return undefined;
  demand(req.headers.authorization === 'Bearer gcp-token', 401, 'Invalid Credentials');
  if (url.searchParams.get('alt') === 'media') return content;
  const resource = { name: 'in.csv', generation: '1', size: String(content.length), updated: new Date(0).toISOString(), metadata: {} };
  return path.endsWith('/o') ? { items: [resource] } : resource;
}

function azure(req, url, body, origin) {
  const path = url.pathname;
  const token = { access_token: 'azure-token', expires_in: '3600', expires_on: String(Math.floor(Date.now() / 1000) + 3600), resource: 'https://storage.azure.com', token_type: 'Bearer' };
  if (path === '/msi') {
    demand(req.headers['x-identity-header'] === 'msi-secret', 401, 'no header');
    return token;
  }
  if (path.endsWith('/oauth2/v2.0/token')) {
    const form = new URLSearchParams(body.toString());
    log.push(`${path.split('/')[1]} ${form.get('client_id')} ${form.get('client_assertion') ?? form.get('client_secret')} ${form.get('scope')}`);
    return { ...token, expires_in: 3600 };
  }
  if (path.endsWith('/.well-known/openid-configuration')) return { token_endpoint: `${origin}/tenant/oauth2/v2.0/token`, authorization_endpoint: `${origin}/tenant/oauth2/v2.0/authorize`, issuer: `${origin}/tenant/v2.0` };
  if (!path.startsWith('/account/')) return undefined;
  demand(req.headers.authorization === 'Bearer azure-token', 401, 'no token');
  return content;
}

async function serve(req, res, scheme) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const origin = `${scheme}://${req.headers.host}`;
  const url = new URL(req.url, origin);
  let status = 200;
  let answer;
  try {
    if (url.pathname === '/-/log') answer = log;
    else if (url.pathname === '/-/service-account.json') answer = { type: 'service_account', project_id: 'p', private_key_id: '1', private_key: account.privateKey, client_email: 'loader@p.iam.gserviceaccount.com', client_id: '1', token_uri: `${origin}/token` };
    else answer = azure(req, url, body, origin) ?? google(req, url, body) ?? await amazon(req, url, body) ?? (status = 404, 'Not Found');
  } catch (e) {
    status = e.status ?? 500;
    answer = { error: 'invalid_request', error_description: e.message };
  }
  const isJson = typeof answer === 'object' && !Buffer.isBuffer(answer);
  let bytes = Buffer.isBuffer(answer) ? answer : Buffer.from(isJson ? JSON.stringify(answer) : answer);
  const headers = { 'Content-Type': isJson ? 'application/json' : String(answer).startsWith('<') ? 'text/xml' : 'text/plain', 'Metadata-Flavor': 'Google', ETag: '"1"', 'Last-Modified': new Date(0).toUTCString() };
  const range = Buffer.isBuffer(answer) && /^bytes=(\d+)-(\d+)$/.exec(req.headers['x-ms-range'] ?? req.headers.range ?? '');
  if (range) {
    headers['Content-Range'] = `bytes ${range[1]}-${range[2]}/${bytes.length}`;
    bytes = bytes.subarray(Number(range[1]), Number(range[2]) + 1);
    status = 206;
  }
  res.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

const listen = server => new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const ports = [await listen(http.createServer((req, res) => serve(req, res, 'http')))];
if (certificate) ports.push(await listen(https.createServer({ cert: readFileSync(certificate), key: readFileSync(certificateKey) }, (req, res) => serve(req, res, 'https'))));
console.log(`ready ${ports.join(' ')}`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
