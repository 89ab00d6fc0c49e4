import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import { altered, counting } from './alterations';
import { reply, type Asked, type Surroundings } from './answers';
import type { Clock } from './clock';
import { throttled, type Fault, type FaultRule } from './control';
import { documented } from './documented';

/** The rules in force, oldest first. */
export class Faults {
  readonly #clock: Clock;
  /** `times`: when requests came that a limit let through. */
  #rules: { readonly rule: FaultRule; left: number; times: readonly number[] }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? Infinity, times: [] });
  }

  /** Takes back the rules of a match, or all. */
  clear(match: string | undefined): void {
    this.#rules = match === undefined ? [] : this.#rules.filter(({ rule }) => rule.match !== match);
  }

  /** The rules for a request: every slowness that matches, and the first other fault. Counts them as used. */
  take(method: string, pathAndQuery: string): Fault[] {
    const taken: Fault[] = [];
    let decided = false;
    for (const entry of this.#rules) {
      const { fault } = entry.rule;
      const slow = fault.kind === 'slow';
      if (entry.left > 0 && (slow || !decided) && matches(entry.rule, method, pathAndQuery)) {
        if (fault.kind === 'limit') {
          const now = this.#clock.now();
          entry.times = entry.times.filter((at) => now - at < fault.within);
          if (entry.times.length < fault.requests) {
            entry.times = [...entry.times, now];
            continue;
          }
        }
        entry.left -= 1;
        decided ||= !slow;
        taken.push(fault);
      }
    }
    return taken;
  }
}

/** Does to each request what the rules say, between the log and the routes. */
export function faulty(faults: Faults): MiddlewareHandler<Surroundings> {
  return async (asked, next) => {
    const url = new URL(asked.req.url);
    const taken = faults.take(asked.req.method, decoded(url.pathname) + url.search);
    await wait(taken.reduce((sum, one) => sum + (one.kind === 'slow' ? one.ms : 0), 0));
    const fault = taken.find((one) => one.kind !== 'slow');
    return fault === undefined ? next() : broken(fault, asked, next);
  };
}

async function broken(
  fault: Exclude<Fault, { kind: 'slow' }>,
  asked: Asked,
  next: () => Promise<void>,
): Promise<Response | void> {
  switch (fault.kind) {
    case 'answer':
      return canned(fault, asked.req.header('x-auth-token') ?? '');
    case 'limit':
      return canned(
        {
          ...throttled,
          ...(fault.retryAfter === undefined ? {} : { headers: { 'retry-after': fault.retryAfter } }),
        },
        '',
      );
    case 'document':
      return reply(fault.status, documented(fault.document, fault.status, fault.index));
    case 'reset':
      asked.env.outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    case 'hang':
      return new Promise<never>(() => undefined);
    case 'stuck':
      startAtMost(asked, fault.at);
      await next();
      return reshaped(fault, asked);
    case 'truncate':
    case 'trickle':
    case 'huge':
    case 'altered':
    case 'total':
      await next();
      return reshaped(fault, asked);
  }
}

type Reshaping = Extract<Fault, { kind: 'truncate' | 'trickle' | 'huge' | 'altered' | 'total' | 'stuck' }>;

/** Has the routes see an offset that is no larger than this. */
function startAtMost(asked: Asked, most: number): void {
  const url = new URL(asked.req.url);
  url.searchParams.set('offset', String(Math.min(most, Number(url.searchParams.get('offset') ?? 0))));
  asked.req.raw = new Request(url, { headers: asked.req.raw.headers });
}

async function reshaped(fault: Reshaping, asked: Asked): Promise<void> {
  const whole = new Uint8Array(await asked.res.arrayBuffer());
  const { status, headers } = asked.res;
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  // Hono keeps the headers of the answer that it replaces.
  asked.res = undefined;
  if (fault.kind === 'truncate' && fault.abort === true) {
    const { outgoing } = asked.env;
    outgoing.writeHead(status, { ...Object.fromEntries(headers), 'content-length': whole.length });
    outgoing.write(half, () => outgoing.destroy());
    asked.res = RESPONSE_ALREADY_SENT;
  } else if (fault.kind === 'truncate') {
    asked.res = new Response(half, { status, headers });
  } else if (fault.kind === 'trickle') {
    asked.res = new Response(dribble(whole, fault.bytesPerSecond), { status, headers });
  } else if (fault.kind === 'huge') {
    const body = fault.gzip ? packed(whole, fault.bytes) : swollen(whole, fault.bytes);
    asked.res = new Response(body, { status, headers });
    if (fault.gzip) {
      asked.res.headers.set('content-encoding', 'gzip');
    }
  } else {
    const text = Buffer.from(whole).toString();
    const body =
      fault.kind === 'altered'
        ? altered(text, fault.how)
        : fault.kind === 'total'
          ? counting(text, fault.is)
          : fault.keepsTotal
            ? text
            : counting(text, undefined);
    asked.res = new Response(body, { status, headers });
  }
}

const packedPart = 16 * 2 ** 20;
let packedBlanks: Uint8Array | undefined;

/** The same as {@link swollen}, packed: one part of blanks over and over, which a thousandth of the bytes suffices for. */
function packed(body: Uint8Array, bytes: number): Uint8Array {
  const some = (packedBlanks ??= gzipSync(Buffer.alloc(packedPart, ' ')));
  return new Uint8Array(Buffer.concat([...Array(Math.ceil(bytes / packedPart)).fill(some), gzipSync(body)]));
}

/** A body sent in ten parts a second, at a rate in bytes a second. */
function dribble(body: Uint8Array, bytesPerSecond: number): ReadableStream<Uint8Array> {
  const step = Math.max(1, Math.round(bytesPerSecond / 10));
  let at = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      await wait((step / bytesPerSecond) * 1000);
      controller.enqueue(body.subarray(at, at + step));
      at += step;
      if (at >= body.length) {
        controller.close();
      }
    },
  });
}

/** A body after blanks, padded to a size in bytes. Made while it is read, so that any size is possible. */
function swollen(body: Uint8Array, bytes: number): ReadableStream<Uint8Array> {
  const blanks = new Uint8Array(2 ** 20).fill(0x20);
  let left = Math.max(0, bytes - body.length);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left > 0) {
        const some = blanks.subarray(0, Math.min(left, blanks.length));
        left -= some.length;
        controller.enqueue(some);
      } else {
        controller.enqueue(body);
        controller.close();
      }
    },
  });
}

function canned(fault: Extract<Fault, { kind: 'answer' }>, token: string): Response {
  const { status, body, headers = {} } = fault;
  const written = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const text = written?.replaceAll('{token}', token);
  const type =
    fault.contentType ?? (typeof body === 'string' ? 'text/plain;charset=UTF-8' : 'application/json;charset=UTF-8');
  // A 204 or 304 may not have a body at all.
  const bodiless = text === undefined || status === 204 || status === 304;
  return new Response(bodiless ? null : text, { status, headers: { 'content-type': type, ...headers } });
}

function matches(rule: FaultRule, method: string, pathAndQuery: string): boolean {
  if (rule.method !== undefined && rule.method !== method) {
    return false;
  }
  if (pathAndQuery.includes(rule.match)) {
    return true;
  }
  try {
    return new RegExp(rule.match).test(pathAndQuery);
  } catch {
    return false;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
