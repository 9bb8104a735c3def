// s3rver, an S3 server of others, on a free port and in a folder of its own: node s3rver.mjs BUCKET...
// Its keys are S3RVER and S3RVER. It knows no conditions of writes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';

const directory = mkdtempSync(path.join(tmpdir(), 'millrace-s3rver-'));
const end = () => {
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
};
const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, vhostBuckets: false, configureBuckets: process.argv.slice(2).map(name => ({ name })) });

// It does not decode slashes in the source of a copy, which clients of today write as %2F. Here signatures are not the matter.
server.allowMismatchedSignatures = true;
server.middleware.unshift((context, next) => {
  const source = context.req.headers['x-amz-copy-source'];
  if (source) context.req.headers['x-amz-copy-source'] = encodeURI(decodeURIComponent(source));
  return next();
});
const { port } = await server.run();
console.log(`ready ${port}`);
process.stdin.resume();
process.stdin.on('end', end);
process.on('SIGTERM', end);
