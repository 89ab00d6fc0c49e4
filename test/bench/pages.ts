import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Random } from '../cloud/random';
import { listNamed } from '../cloud/documented';
import { makeRow } from '../cloud/rows';

/**
 * ROMA Connect for the benchmark: a separate process that prepares each page as bytes, so that it adds as little as possible to
 * the measured times. Its first line of output is its URL.
 * `GET /asked` returns the request paths since the last call, in order.
 */

/** Number of signature keys by instance ID. */
const instances: Readonly<Record<string, number>> = JSON.parse(process.env['KEY_EXPLORER_BENCH_INSTANCES'] ?? '{}');

const random = new Random(1, 'bench');
const pages = new Map<string, Buffer>();
let asked: string[] = [];

function page(total: number, offset: number, limit: number): Buffer {
  const name = `${total} ${offset} ${limit}`;
  const ready = pages.get(name);
  if (ready) {
    return ready;
  }
  const part = rows.slice(offset, Math.min(offset + limit, total));
  const made = Buffer.from(`{"total":${total},"size":${part.length},"signs":[${part.join(',')}]}`);
  pages.set(name, made);
  return made;
}

function listOfInstances(): Buffer {
  const found = Object.keys(instances).map((id) => ({ id, name: id, status: 'RUNNING' }));
  return Buffer.from(JSON.stringify({ total: found.length, size: found.length, instances: found }));
}

function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/asked') {
    response.end(JSON.stringify(asked));
    asked = [];
    return;
  }
  asked.push(url);
  response.setHeader('content-type', 'application/json');
  const [, instance] = /\/instances\/([^/]+)\/signs$/.exec(pathname) ?? [];
  if (instance === undefined) {
    response.end(listOfInstances());
    return;
  }
  const number = (name: string): number => Number(searchParams.get(name));
  response.end(page(instances[instance] ?? 0, number('offset'), number('limit')));
}

const most = Math.max(0, ...Object.values(instances));
const rows = Array.from({ length: most }, (_, index) => JSON.stringify(makeRow(listNamed('signs'), { random, index })));
const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
