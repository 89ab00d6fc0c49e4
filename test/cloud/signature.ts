import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

// SDK-HMAC-SHA256 as the gateway checks it (facts, section 3.2), on the bytes that came. It is written twice on purpose:
// nothing here is shared with the extension's signer.

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** The parts of an `Authorization` header. */
export interface Signature {
  readonly access: string;
  readonly names: readonly string[];
  readonly hex: string;
}

/** The name of the algorithm, with which the header begins. */
export const algorithm = 'SDK-HMAC-SHA256';

/** Reads an `Authorization` header; `undefined` where it is no signature. */
export function readSignature(header: string | undefined): Signature | undefined {
  const pattern = new RegExp(`^${algorithm} Access=([^,\\s]+), ?SignedHeaders=([^,\\s]+), ?Signature=([0-9a-f]{64})$`);
  const [, access, names, hex] = pattern.exec(header ?? '') ?? [];
  return access === undefined || names === undefined || hex === undefined
    ? undefined
    : { access, names: names.split(';'), hex };
}

/** The request in the one form that both sides hash. */
export function canonicalRequest({ method, target, headers, body }: Received, names: readonly string[]): string {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  let text = `${method}\n${pathOf(path)}\n${queryOf(query)}\n`;
  for (const name of names) {
    text += `${name}:${valueOf(headers, name)}\n`;
  }
  return `${text}\n${names.join(';')}\n${createHash('sha256').update(body).digest('hex')}`;
}

/** Whether the secret made the signature. */
export function isSignedWith(secret: string, canonical: string, date: string, hex: string): boolean {
  const hash = createHash('sha256').update(canonical).digest('hex');
  const right = createHmac('sha256', secret).update(`${algorithm}\n${date}\n${hash}`).digest();
  return timingSafeEqual(right, Buffer.from(hex, 'hex'));
}

/** The time of an `X-Sdk-Date` header in milliseconds since the epoch, `undefined` where it is none. */
export function timeOf(date: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1).map(Number);
  const [year = 0, month = 0, day, hour, minute, second] = parts ?? [];
  return parts === undefined ? undefined : Date.UTC(year, month - 1, day, hour, minute, second);
}

/** A time as an `X-Sdk-Date` header has it. */
export function dateOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`;
}

function pathOf(path: string): string {
  const segments = path.split('/').map((segment) => escaped(unescaped(segment)));
  if (segments.at(-1) !== '') {
    segments.push('');
  }
  return segments.join('/');
}

function queryOf(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...rest] = pair.replaceAll('+', ' ').split('=');
      return [unescaped(name), unescaped(rest.join('='))] as const;
    });
  pairs.sort(([name1, value1], [name2, value2]) => name1.compare(name2) || value1.compare(value2));
  return pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
}

function valueOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name] ?? '';
  return (Array.isArray(value) ? value.join(',') : value).trim();
}

function unescaped(text: string): Buffer {
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let at = 0; at < source.length; at += 1) {
    const digits = source.toString('latin1', at + 1, at + 3);
    if (source[at] === 0x25 && /^[0-9a-f]{2}$/i.test(digits)) {
      bytes.push(Number.parseInt(digits, 16));
      at += 2;
    } else {
      bytes.push(source[at] ?? 0);
    }
  }
  return Buffer.from(bytes);
}

function escaped(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
