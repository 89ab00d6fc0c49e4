import type { ErrorKind, Collection } from '../../src/catalog/declaration';
import { throttled, type FaultRule } from './control';
import { served } from './documented';

/**
 * The outcome of a page with a fault: an error, all its rows, some of them, some that are marked, a list cut short,
 * or no row.
 */
export type Outcome = ErrorKind | 'all' | 'fewer' | 'marked' | 'cut' | 'empty';

/** One way in which a cloud can fail or lie. */
export interface NamedFault {
  readonly name: string;
  /** The rule for the stand-in, or the address that takes the place of its own. */
  readonly does: Rule | { readonly address: keyof typeof badAddresses };
  readonly shows: Outcome;
  /** The same where it differs: on a further page; and of the projects, whose list is IAM's and has neither pages nor a total. */
  readonly further?: Outcome;
  readonly projects?: Outcome;
  /** Nothing ends the answer but the patience of who waits for it. */
  readonly endless?: true;
  /** Rows come with more or other texts than they have; their IDs tell which they are. */
  readonly touchesRows?: true;
}

const amount = 7;

/** The rows of each list in the tests of faults, the page size, and the options of a stand-in with that many rows. */
export const faultAmounts = {
  amount,
  pageSize: 3,
  cloud: { rows: Object.fromEntries(served.map(({ document }) => [document, amount])) },
} as const;

/** Hosts that cannot be asked. The second needs {@link untrusted} to run at its port, which is put behind it. */
export const badAddresses = {
  // The port of TCPMUX, which nobody offers.
  refused: 'http://127.0.0.1:1',
  untrusted: 'https://localhost',
  unresolved: 'https://nobody.invalid',
} as const;

type Rule = Pick<FaultRule, 'fault' | 'times'>;

const answer = (status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Rule => ({
  fault: { kind: 'answer', status, headers, ...(body === undefined ? {} : { body }) },
});
// Says again what it was sent, as some gateways do.
const refusal = (code: string): object => ({ error_code: code, error_msg: 'Refused {token}' });
const text = (body: string): Rule => ({
  fault: { kind: 'answer', status: 200, body, contentType: 'application/json' },
});
const html = '<html><head><title>Bad Gateway</title></head><body><h1>502</h1></body></html>';
const threshold = throttled.body;

/** Every fault of the tests; `docs/faults.md` shows the view of each. */
export const everyFault: readonly NamedFault[] = [
  { name: 'connection refused', does: { address: 'refused' }, shows: 'network' },
  { name: 'untrusted certificate', does: { address: 'untrusted' }, shows: 'network' },
  { name: 'host without an address', does: { address: 'unresolved' }, shows: 'notOffered', projects: 'network' },
  { name: 'connection reset', does: { fault: { kind: 'reset' } }, shows: 'network' },
  { name: 'connection reset within the answer', does: { fault: { kind: 'truncate', abort: true } }, shows: 'network' },
  { name: 'no answer', does: { fault: { kind: 'hang' } }, shows: 'timeout', endless: true },
  {
    name: 'one byte a second',
    does: { fault: { kind: 'trickle', bytesPerSecond: 1 } },
    shows: 'timeout',
    endless: true,
  },
  {
    name: '301 to another host',
    does: answer(301, '', { location: 'https://elsewhere.invalid/' }),
    shows: 'badAnswer',
  },
  { name: '400', does: answer(400, refusal('XX.0400')), shows: 'invalidRequest' },
  { name: '401 until the token is renewed', does: { ...answer401(), times: 1 }, shows: 'all' },
  { name: '401, also with a new token', does: answer401(), shows: 'forbidden' },
  { name: '403', does: answer(403, refusal('APIGW.0302')), shows: 'forbidden' },
  { name: '404', does: answer(404, refusal('XX.0404')), shows: 'notFound' },
  { name: '404 of the gateway', does: answer(404, refusal('APIGW.0101')), shows: 'notOffered' },
  { name: '409', does: answer(409, refusal('XX.0409')), shows: 'invalidRequest' },
  { name: '429', does: answer(429, threshold), shows: 'throttled' },
  { name: '429 with Retry-After', does: answer(429, threshold, { 'retry-after': '1' }), shows: 'throttled' },
  { name: '500', does: answer(500, refusal('XX.0500')), shows: 'server' },
  { name: '502 with an HTML page', does: answer(502, html, { 'content-type': 'text/html' }), shows: 'server' },
  { name: '503', does: answer(503, refusal('XX.0503')), shows: 'server' },
  { name: '504', does: answer(504), shows: 'server' },
  { name: 'HTML page', does: answer(200, html, { 'content-type': 'text/html' }), shows: 'badAnswer' },
  { name: 'empty body', does: answer(200), shows: 'badAnswer' },
  { name: 'half an answer', does: { fault: { kind: 'truncate' } }, shows: 'badAnswer' },
  { name: 'JSON null', does: text('null'), shows: 'badAnswer' },
  { name: 'JSON text', does: text('"none"'), shows: 'badAnswer' },
  { name: 'JSON number', does: text('7'), shows: 'badAnswer' },
  { name: 'array instead of an object', does: { fault: { kind: 'altered', how: 'alone' } }, shows: 'badAnswer' },
  { name: 'text instead of the rows', does: { fault: { kind: 'altered', how: 'text' } }, shows: 'badAnswer' },
  {
    name: 'an error in an answer of status 200',
    does: text('{"error":{"code":"XX.0200","message":"Refused {token}"},"status":"failed"}'),
    shows: 'server',
  },
  { name: 'a code in an answer of status 200', does: text(JSON.stringify(refusal('XX.0200'))), shows: 'server' },
  {
    name: '404 of the gateway with status 200',
    does: text(JSON.stringify(refusal('APIGW.0101'))),
    shows: 'notOffered',
  },
  { name: 'object without the rows', does: text('{"error":null,"status":"success"}'), shows: 'badAnswer' },
  { name: 'null instead of the rows', does: { fault: { kind: 'altered', how: 'null' } }, shows: 'badAnswer' },
  {
    name: 'no rows, though some are counted',
    does: { fault: { kind: 'altered', how: 'none' } },
    shows: 'badAnswer',
    projects: 'empty',
  },
  { name: 'null instead of a row', does: { fault: { kind: 'altered', how: 'oneNull' } }, shows: 'marked' },
  { name: 'things that are no rows', does: { fault: { kind: 'altered', how: 'odd' } }, shows: 'marked' },
  { name: 'wrong types everywhere', does: { fault: { kind: 'altered', how: 'wrongTypes' } }, shows: 'marked' },
  { name: 'one row twice', does: { fault: { kind: 'altered', how: 'twice' } }, shows: 'fewer' },
  { name: 'one ID for two rows', does: { fault: { kind: 'altered', how: 'twins' } }, shows: 'marked' },
  {
    name: '__proto__ and constructor as keys',
    does: { fault: { kind: 'altered', how: 'polluting' } },
    shows: 'all',
    touchesRows: true,
  },
  { name: '20 MiB', does: { fault: { kind: 'huge', bytes: 20 * 2 ** 20 } }, shows: 'badAnswer' },
  {
    name: 'gzip bomb of 1 GiB',
    does: { fault: { kind: 'huge', bytes: 2 ** 30, gzip: true } },
    shows: 'badAnswer',
  },
  {
    name: '100 KiB of headers',
    does: answer(200, {}, { 'x-large': 'x'.repeat(100 * 1024) }),
    shows: 'badAnswer',
  },
  { name: '100,000 levels of nesting', does: { fault: { kind: 'altered', how: 'nested' } }, shows: 'badAnswer' },
  {
    name: '100,000 levels in a row',
    does: { fault: { kind: 'altered', how: 'nestedField' } },
    shows: 'all',
    touchesRows: true,
  },
  {
    name: 'name that is no UTF-8',
    does: { fault: { kind: 'altered', how: 'invalidUtf8' } },
    shows: 'all',
    touchesRows: true,
  },
  { name: 'byte-order mark', does: { fault: { kind: 'altered', how: 'byteOrderMark' } }, shows: 'all' },
  { name: 'total that is too small', does: { fault: { kind: 'total', is: 1 } }, shows: 'all' },
  { name: 'total that is too large', does: { fault: { kind: 'total', is: 999 } }, shows: 'all' },
  { name: 'negative total', does: { fault: { kind: 'total', is: -1 } }, shows: 'all' },
  { name: 'text as the total', does: { fault: { kind: 'total', is: '7' } }, shows: 'all' },
  {
    name: 'first page again',
    does: { fault: { kind: 'stuck', at: 0, keepsTotal: true } },
    shows: 'all',
    further: 'cut',
  },
  { name: 'last page again, without end', does: { fault: { kind: 'stuck', at: 4 } }, shows: 'all' },
];

function answer401(): Rule {
  return answer(401, refusal('APIGW.0301'));
}

/** Distinguishes the requests of a list from all others. */
export function requestsOf({ path }: Collection): string {
  return `${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`;
}
