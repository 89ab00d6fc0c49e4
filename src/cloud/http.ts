import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { phrase } from '../base/phrase';
import type { ApiResponse } from '../catalog/declaration';
import { CloudError, cancelled, type Failure, type Origin } from './errors';
import { asNetworkError } from './networkErrors';
import { isLoopback, parseUrl } from './url';

/** Maximum size of an answer after decompression, MiB. */
const maxAnswerSize = 16;

/** One HTTP request. `template` is the path without values, for logs and errors. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly template: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** An answer with any status. `text` is the complete body. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly requestId?: string | undefined;
  /** The request, as an error describes it. */
  readonly origin: Origin;
  header: ApiResponse['header'];
}

/** How requests are sent. */
export interface Transport {
  /** Time limit of a request with its answer's body, ms. Read for each request. */
  readonly timeout: () => number;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Sends one request with Node's own https module, so that VS Code's proxy and certificate settings apply.
 * Sends only HTTPS, and plain HTTP to loopback. Does not follow redirects, since the token would travel along.
 * @throws CloudError of kind `network`, `timeout`, `cancelled`, `badAnswer` (a redirect, too large) or `invalidRequest`
 */
export async function send(request: HttpRequest, transport: Transport, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body } = request;
  const call = `${method} ${url.host} ${request.template}`;
  const origin: Origin = { call, host: url.host, repeatable: method === 'GET' ? undefined : false };
  assertSafe(url, origin);
  const http = await import('./nodeFetch');
  if (signal.aborted) {
    throw cancelled();
  }
  const abort = new AbortController();
  const milliseconds = transport.timeout();
  let timedOut = false;
  let complete = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort.abort();
  }, milliseconds);
  const giveUp = (): void => abort.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  const started = transport.clock();
  let outcome = 'no answer';
  try {
    const response = await http.fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      size: maxAnswerSize * 1024 * 1024,
      signal: abort.signal,
      body: body ?? null,
    });
    const { status } = response;
    const requestId = safeId(response.headers.get('x-request-id') ?? response.headers.get('x-iam-trace-id'), request);
    outcome = `${status} ${requestId ?? '-'}`;
    if (status >= 300 && status < 400) {
      throw redirected(response.headers.get('location'), url, { ...origin, status, requestId });
    }
    const text = await response.text();
    complete = true;
    return { status, text, requestId, origin, header: (name) => response.headers.get(name) ?? undefined };
  } catch (thrown) {
    const error = timedOut
      ? new CloudError({
          ...origin,
          kind: 'timeout',
          reason: phrase('No complete answer came within {0} seconds.', milliseconds / 1000),
        })
      : signal.aborted
        ? cancelled()
        : asNetworkError(thrown, origin, maxAnswerSize, http);
    outcome = outcome === 'no answer' ? error.message : `${outcome} ${error.message}`;
    throw error;
  } finally {
    clearTimeout(timer);
    if (!complete) {
      // An unread body would hold its connection.
      abort.abort();
    }
    signal.removeEventListener('abort', giveUp);
    transport.log.info(`${call} ${outcome} ${transport.clock() - started} ms`);
  }
}

// A request ID as errors show it; undefined if it does not look like one, or repeats a part of the request, which may be a
// secret.
function safeId(id: string | null, { headers, body = '' }: HttpRequest): string | undefined {
  const sent = [...Object.values(headers), body];
  return id !== null && /^[\w-]{1,64}$/.test(id) && !sent.some((text) => text.includes(id)) ? id : undefined;
}

function assertSafe(url: URL, origin: Origin): void {
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  // A password in an address would end up in errors and in the proxy's log.
  if (!safe || url.username !== '' || url.password !== '') {
    throw new CloudError({
      ...origin,
      kind: 'invalidRequest',
      reason: phrase(
        'Only https:// addresses without a user name are used. Correct the address in the setting keyExplorer.sites.',
      ),
    });
  }
}

function redirected(location: string | null, from: URL, known: Omit<Failure, 'kind'>): CloudError {
  const host = (location === null ? undefined : parseUrl(location, from.href))?.host ?? '?';
  return new CloudError({
    ...known,
    kind: 'badAnswer',
    reason: phrase(
      'The service redirects to {0}. Redirects are not followed, as they would take the token along.',
      host,
    ),
  });
}
