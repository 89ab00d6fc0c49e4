import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { reply, type Cloud, type Surroundings } from './answers';
import type { Clock } from './clock';
import { projectOf, SAMPLE, type AccessKey, type Principal } from './data';
import {
  algorithm,
  canonicalRequest,
  dateOf,
  isSignedWith,
  readSignature,
  timeOf,
  type Received,
  type Signature,
} from './signature';

const lockAfter = 5;
const lockFor = 5 * 60_000;
const largestSkew = 15 * 60_000;

/** Keys that a token was exchanged for. `expiresAt`: milliseconds since the epoch. */
interface TemporaryKey extends AccessKey {
  readonly securityToken: string;
  readonly expiresAt: number;
}

interface Known {
  readonly key: AccessKey | TemporaryKey;
  readonly owner: Principal;
}

/** The access keys that are good, the permanent ones of the sample and temporary ones, and how often each failed. */
export class KeyStore {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #failed = new Map<string, { times: number; lockedUntil: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.reset();
  }

  /** Gives out temporary keys. */
  issue(owner: Principal, seconds: number): TemporaryKey {
    const key = {
      access: `HST${randomBytes(9).toString('hex').slice(0, 17).toUpperCase()}`,
      secret: randomBytes(30).toString('base64url'),
      // As long as real ones, which always begin so.
      securityToken: `gQpjbi1ub3J0aC00${randomBytes(600).toString('base64url')}`,
      expiresAt: this.#clock.now() + seconds * 1000,
    };
    this.#known.set(key.access, { key, owner });
    return key;
  }

  /** Whose permanent key it is; `undefined` for temporary and unknown ones. */
  ownerOf(access: string): Principal | undefined {
    const known = this.#known.get(access);
    return known === undefined || 'securityToken' in known.key ? undefined : known.owner;
  }

  /** Deletes a key. */
  revoke(access: string): void {
    this.#known.delete(access);
  }

  /** Who signed a request, or why the signature does not count (facts, section 3.3). */
  check(request: Received): Principal | { readonly refusal: string } {
    const signature = readSignature(request.headers.authorization);
    if (signature === undefined) {
      return { refusal: 'verify aksk signature fail' };
    }
    const { access } = signature;
    const known = this.#known.get(access);
    if (known === undefined) {
      return { refusal: `ak ${access} not exist` };
    }
    const failed = this.#failed.get(access) ?? { times: 0, lockedUntil: 0 };
    if (failed.lockedUntil > this.#clock.now()) {
      return { refusal: 'AK access failed to reach the limit,forbidden.' };
    }
    const refusal = this.#refusal(request, signature, known.key);
    if (refusal === undefined) {
      this.#failed.delete(access);
      return known.owner;
    }
    const times = failed.times + 1;
    const locks = times >= lockAfter;
    this.#failed.set(access, { times: locks ? 0 : times, lockedUntil: locks ? this.#clock.now() + lockFor : 0 });
    return { refusal };
  }

  /** Back to the permanent keys, none of them locked. */
  reset(): void {
    this.#known.clear();
    this.#failed.clear();
    for (const user of SAMPLE.users) {
      this.#known.set(user.key.access, { key: user.key, owner: user });
    }
  }

  #refusal(request: Received, { names, hex }: Signature, key: AccessKey | TemporaryKey): string | undefined {
    const now = this.#clock.now();
    const date = String(request.headers['x-sdk-date'] ?? '');
    const time = timeOf(date);
    if (time === undefined || Math.abs(now - time) > largestSkew) {
      const times = `signature time:${date},server time:${dateOf(now)}`;
      return `calc aksk signature fail:signature expired, ${times}`;
    }
    const canonical = canonicalRequest(request, names);
    if (!isSignedWith(key.secret, canonical, date, hex)) {
      return `verify aksk signature fail, canonicalRequest:${canonical.replaceAll('\n', '|')}`;
    }
    if ('securityToken' in key && request.headers['x-security-token'] !== key.securityToken) {
      return 'decrypt token fail';
    }
    if ('securityToken' in key && key.expiresAt <= now) {
      return `token expires, expires_at: ${new Date(key.expiresAt).toISOString()}`;
    }
    return undefined;
  }
}

/** Checks the requests that are signed, between the faults and the routes; those that are not go on as they are. */
export function signed({ keys }: Cloud): MiddlewareHandler<Surroundings> {
  return async (asked, next) => {
    const { method, url = '', headers } = asked.env.incoming;
    if (headers.authorization?.startsWith(algorithm) !== true) {
      return next();
    }
    const body = new Uint8Array(await asked.req.arrayBuffer());
    const found = keys.check({ method: method ?? '', target: url, headers, body });
    if ('refusal' in found) {
      return reply(401, {
        error_msg: `Incorrect IAM authentication information: ${found.refusal}`,
        error_code: 'APIGW.0301',
        request_id: asked.get('requestId'),
      });
    }
    const id = asked.req.header('x-project-id');
    asked.set('signer', { user: found, project: id === undefined ? undefined : projectOf(found.domain, { id }) });
    return next();
  };
}
