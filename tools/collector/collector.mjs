// collector.mjs FOLDER-OF-PACKAGES [STATUS]
// A collector for the tests: takes OTLP over HTTP and over gRPC on ports of its own, which the first line on stdout tells, and writes what it gets as one
// line of JSON each. STATUS answers every request over HTTP with that status instead of 200. Ends when stdin is closed.
import http from 'node:http';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import path from 'node:path';

const [packages, status] = process.argv.slice(2);
const require = createRequire(path.join(packages, 'package.json'));
const root = require('@opentelemetry/otlp-transformer/build/src/generated/root.js');
const collector = root.opentelemetry.proto.collector;
const kinds = {
  metrics: collector.metrics.v1.ExportMetricsServiceRequest,
  traces: collector.trace.v1.ExportTraceServiceRequest,
};

function tell(way, kind, headers, body) {
  const type = kinds[kind];
  const decoded = type.toObject(type.decode(body), { longs: Number, enums: String, bytes: String });
  process.stdout.write(`${JSON.stringify({ way, kind, headers, body: decoded })}\n`);
}

const plain = http.createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const kind = request.url === '/v1/metrics' ? 'metrics' : request.url === '/v1/traces' ? 'traces' : null;
    if (kind === null) {
      response.writeHead(404).end();
      return;
    }

    tell('http', kind, request.headers, Buffer.concat(parts));
    response.writeHead(Number(status ?? 200), { 'content-type': 'application/x-protobuf' }).end();
  });
});

const remote = http2.createServer();
remote.on('stream', (stream, headers) => {
  const parts = [];
  stream.on('error', () => {});
  stream.on('data', part => parts.push(part));
  stream.on('end', () => {
    const kind = headers[':path'].includes('MetricsService') ? 'metrics' : 'traces';
    // A message of gRPC: a flag, four bytes of length, the bytes.
    tell('grpc', kind, headers, Buffer.concat(parts).subarray(5));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
  });
});

plain.listen(0, '127.0.0.1', () => remote.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ http: plain.address().port, grpc: remote.address().port })}\n`)));
process.stdin.resume();
// What is written to a pipe is not there at once.
process.stdin.on('end', () => process.stdout.write('', () => process.exit(0)));
