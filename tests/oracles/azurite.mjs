// Azurite, Microsoft's emulator of Azure Storage, on a free port in memory: node azurite.mjs CONTAINER...
// Makes the containers, whose account is the one that all emulators have, with a signature of this script's own.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';

const account = 'devstoreaccount1';
const key = Buffer.from('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==', 'base64');
const containers = process.argv.slice(2);
const port = await new Promise(resolve => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
process.argv = [process.argv[0], 'azurite-blob', '--blobPort', String(port), '--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry'];
createRequire(import.meta.url)('azurite/dist/src/blob/main.js');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

function request(name) {
  const date = new Date().toUTCString();
  const resource = `/${account}/${account}/${name}\nrestype:container`;
  const text = `PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${date}\nx-ms-version:2021-12-02\n${resource}`;
  const signature = createHmac('sha256', key).update(text).digest('base64');
  return new Promise((resolve, reject) => http.request({ port, host: '127.0.0.1', method: 'PUT', path: `/${account}/${name}?restype=container`, headers: { 'Content-Length': 0, 'x-ms-date': date, 'x-ms-version': '2021-12-02', Authorization: `SharedKey ${account}:${signature}` } }, resolve).on('error', reject).end());
}

async function make(name) {
  for (let attempt = 0; ; attempt++) {
    try {
      const { statusCode } = await request(name);
      if (statusCode !== 201) throw new Error(`The container ${name} was answered with ${statusCode}.`);
      return;
    } catch (e) {
      if (e.code !== 'ECONNREFUSED' || attempt > 300) throw e;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

for (const name of containers) await make(name);
console.log(`ready ${port}`);
