import { serviceIds } from './documented';

/** How a test controls a running stand-in. A bundle of tests in another process can hold it. */

/** One thing to do to the answers of matching requests. Times in milliseconds, sizes in bytes. */
export type Fault =
  | { readonly kind: 'slow'; readonly ms: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      /**
       * A string is sent as it is, anything else as JSON; without it the body is empty. `{token}` in it becomes the token
       * that came with the request, as some gateways repeat it.
       */
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly contentType?: string;
    }
  /** Destroys the socket before any byte of an answer. */
  | { readonly kind: 'reset' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Answers 429 to requests beyond the limit within a time, in ms of the stand-in's clock. */
  | {
      readonly kind: 'limit';
      readonly requests: number;
      readonly within: number;
      /** The answer's `Retry-After`. */
      readonly retryAfter?: string;
    }
  /** Half of the answer, then a proper end; with `abort`, the whole length is announced and the connection dropped. */
  | { readonly kind: 'truncate'; readonly abort?: boolean }
  /** One of `test/cloud/documents`, the `index`-th (from 0) of that status. */
  | { readonly kind: 'document'; readonly document: string; readonly status: number; readonly index?: number }
  | { readonly kind: 'trickle'; readonly bytesPerSecond: number }
  /** The answer led by blanks until it has `bytes`, about, where it is packed by gzip; still valid JSON. */
  | { readonly kind: 'huge'; readonly bytes: number; readonly gzip?: true }
  /** The answer's rows, or all of it, made into something else. */
  | { readonly kind: 'altered'; readonly how: Alteration }
  /** Every number beside the rows, its total among them, becomes this. */
  | { readonly kind: 'total'; readonly is: unknown }
  /** No page starts behind this row; without `keepsTotal` the answer has no total. */
  | { readonly kind: 'stuck'; readonly at: number; readonly keepsTotal?: true };

/** How the rows of an answer are altered, by `alterations.ts`. */
export type Alteration =
  | 'alone'
  | 'text'
  | 'null'
  | 'none'
  | 'oneNull'
  | 'odd'
  | 'wrongTypes'
  | 'twice'
  | 'twins'
  | 'polluting'
  | 'nested'
  | 'nestedField'
  | 'invalidUtf8'
  | 'byteOrderMark';

/** Which requests a fault meets, and how often. */
export interface FaultRule {
  /** A substring, or the source of a regular expression, of path and query. */
  readonly match: string;
  readonly method?: string;
  /** Without it: until the faults are cleared. */
  readonly times?: number;
  readonly fault: Fault;
}

/** One line of the log of requests; it never holds a token's value. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** Lower-case header names, and the first eight hex digits of the SHA-256 of `x-auth-token`. */
  readonly headers: { readonly names: readonly string[]; readonly token?: string };
  /** `null` until it is answered, and for ever when the connection was cut. */
  status: number | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Which tokens to expire; all of them when it is empty. `project` is a project's ID or name. */
export interface Expiry {
  readonly scope?: 'project' | 'domain';
  readonly project?: string;
}

/** The answer of the gateway when a user asks too often: 429 with the body seen live (facts, section 3.3). */
export const throttled: Extract<Fault, { kind: 'answer' }> = {
  kind: 'answer',
  status: 429,
  body: {
    error_msg: 'The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute',
    error_code: 'APIGW.0308',
    request_id: 'd4e8174b8df00840aef0c6907ec0e384',
  },
};

/** Tells a running stand-in, in whatever process it is, what to do; `url` is its address without a trailing slash. */
export class StandInControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = `${url}/stand-in`;
  }

  /** Adds one rule; the first rule that matches a request wins, slowness apart, which adds to what follows it. */
  async fault(rule: FaultRule): Promise<void> {
    await this.#send('POST', '/faults', rule);
  }

  /** Takes back the rules that were added with this match, or all. */
  async clearFaults(match?: string): Promise<void> {
    await this.#send(
      'DELETE',
      match === undefined ? '/faults' : `/faults?${new URLSearchParams({ match }).toString()}`,
    );
  }

  /** The requests so far, oldest first; those to the control itself are not among them. */
  async requests(): Promise<LoggedRequest[]> {
    const log: LoggedRequest[] = JSON.parse(await this.#send('GET', '/requests'));
    return log;
  }

  async clearRequests(): Promise<void> {
    await this.#send('DELETE', '/requests');
  }

  /** How many requests wait for the end of their answer at this moment; those whose connection was cut do not. */
  async underWay(): Promise<number> {
    const { underWay }: { underWay: number } = JSON.parse(await this.#send('GET', '/under-way'));
    return underWay;
  }

  /** Replaces this number of rows in each list that was requested, except parents of lists in the first project. */
  async churn(rows: number): Promise<void> {
    await this.#send('POST', '/churn', { rows });
  }

  /** Expires tokens now. */
  async expire(which: Expiry = {}): Promise<void> {
    await this.#send('POST', '/expire', which);
  }

  /** Changes a user's password, which ends its tokens. */
  async changePassword(user: string, password: string): Promise<void> {
    await this.#send('POST', '/password', { user, password });
  }

  /** Deletes an access key. */
  async revokeKey(access: string): Promise<void> {
    await this.#send('POST', '/revoke', { access });
  }

  /** Sets the offset of the cloud's clock, ms; negative: it is slow. */
  async setClock(offset: number): Promise<void> {
    await this.#send('POST', '/clock', { offset });
  }

  /** Forgets tokens, temporary keys, faults, requests, failures, and all that was changed. */
  async reset(): Promise<void> {
    await this.#send('POST', '/reset');
  }

  /** How many seconds tokens live that are given out from now on. */
  async tokenLife(seconds: number): Promise<void> {
    await this.#send('POST', '/token-life', { seconds });
  }

  async #send(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await fetch(this.#url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`The stand-in refused ${method} ${path}: ${answer.status} ${text}`);
    }
    return text;
  }
}

/** A site as the product's settings describe one, all of whose hosts are the stand-in at `url`. */
export function sampleSite(url: string): {
  label: string;
  iam: string;
  services: Readonly<Record<string, string>>;
} {
  const services = Object.fromEntries(serviceIds.map((id) => [id, `${url}/${id}/{region}`]));
  return { label: 'Sample Cloud', iam: url, services };
}
