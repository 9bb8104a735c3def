// Google's own client against gcs.mjs: what it writes, reads, lists and moves there, so that the server is as the client expects.
//   node gcs-check.mjs ENDPOINT BUCKET      prints "ok"
import assert from 'node:assert/strict';
import { Storage } from '@google-cloud/storage';

const [endpoint, name] = process.argv.slice(2);
const authClient = { getRequestHeaders: async () => new Headers(), request: () => { throw new Error('not used'); } };
const storage = new Storage({ apiEndpoint: endpoint, projectId: 'p', authClient, retryOptions: { autoRetry: false } });
const bucket = storage.bucket(name);
const large = Buffer.alloc((2 << 20) + 5, 'x');
await bucket.file('check/a b+%.txt').save('hello', { resumable: false, validation: false, preconditionOpts: { ifGenerationMatch: 0 }, metadata: { metadata: { k: 'v' } } });
await bucket.file('check/large').save(large, { resumable: true, validation: false });
await assert.rejects(bucket.file('check/a b+%.txt').save('again', { resumable: false, validation: false, preconditionOpts: { ifGenerationMatch: 0 } }), e => e.code === 412);
const [files] = await bucket.getFiles({ prefix: 'check/' });
assert.deepEqual(files.map(f => f.name), ['check/a b+%.txt', 'check/large']);
assert.equal(files[0].metadata.metadata.k, 'v');
const [text] = await bucket.file('check/a b+%.txt').download({ validation: false });
assert.equal(text.toString(), 'hello');
await bucket.file('check/large').move('check/moved');
const [metadata] = await bucket.file('check/moved').getMetadata();
assert.equal(Number(metadata.size), large.length);
await bucket.file('check/moved').delete();
await assert.rejects(bucket.file('check/moved').getMetadata(), e => e.code === 404);
await bucket.file('check/a b+%.txt').delete();
console.log('ok');
