import type { ApiResponse } from '../catalog/declaration';
import { phrase } from '../base/phrase';
import { isLoopback, parseUrl } from './url';
import { CloudError, cancelled } from './errors';
import { largestHeaders } from './largeHeaders';
import type * as NodeFetch from './nodeFetch';
import { textOfError } from './redact';
import type { Log } from '../base/log';
import type { Clock } from '../base/clock';

/** An answer larger than this is refused: 16 MiB, after decompression. */
const largestAnswer = 16 * 1024 * 1024;

/** What Node's codes look like, such as `ECONNRESET`. */
const systemCode = /^[A-Z][A-Z\d_]{1,63}$/;

/** One HTTP request. `template` is the path without values, for logs and errors. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly template: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Any answer, whatever its status. `text` is the whole body. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly requestId?: string;
  readonly call: string;
  header: ApiResponse['header'];
}

/** How requests are sent. `timeout` is read anew for each: milliseconds for everything, the body included. */
export interface Transport {
  readonly timeout: () => number;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Sends one request over Node's own https, so that an editor's proxy and certificate settings apply to it.
 * Only HTTPS, and plain HTTP to loopback, are sent; a redirect is not followed, since the token would travel along.
 * @throws CloudError of kind `network`, `timeout`, `cancelled`, `badAnswer` (a redirect, too large) or `invalidRequest`
 */
export async function send(request: HttpRequest, transport: Transport, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body } = request;
  const call = `${method} ${url.host} ${request.template}`;
  refuseUnsafe(url, call);
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
      size: largestAnswer,
      signal: abort.signal,
      ...(body === undefined ? {} : { body }),
    });
    const requestId = idOf(response.headers.get('x-request-id') ?? response.headers.get('x-iam-trace-id'), request);
    outcome = `${response.status} ${requestId ?? '-'}`;
    if (response.status >= 300 && response.status < 400) {
      throw redirected(response.headers.get('location'), url, { call, status: response.status, ...withId(requestId) });
    }
    const text = await response.text();
    complete = true;
    return {
      status: response.status,
      text,
      call,
      header: (name) => response.headers.get(name) ?? undefined,
      ...withId(requestId),
    };
  } catch (thrown) {
    const error = timedOut
      ? new CloudError({
          kind: 'timeout',
          call,
          reason: phrase('No complete answer came within {0} seconds.', milliseconds / 1000),
        })
      : signal.aborted
        ? cancelled()
        : asNetworkError(thrown, call, http);
    outcome = outcome === 'no answer' ? error.message : `${outcome} ${error.message}`;
    throw error;
  } finally {
    clearTimeout(timer);
    if (!complete) {
      // A body that was not read to its end would hold its connection.
      abort.abort();
    }
    signal.removeEventListener('abort', giveUp);
    transport.log.info(`${call} ${outcome} ${transport.clock() - started} ms`);
  }
}

// What does not look like an ID is none; nor is what the request itself carried, which may be a secret.
function idOf(told: string | null, { headers, body = '' }: HttpRequest): string | undefined {
  const sent = [...Object.values(headers), body];
  return told !== null && /^[\w-]{1,64}$/.test(told) && !sent.some((text) => text.includes(told)) ? told : undefined;
}

function refuseUnsafe(url: URL, call: string): void {
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  // A password in an address would end up in errors and in the proxy's log.
  if (!safe || url.username !== '' || url.password !== '') {
    throw new CloudError({
      kind: 'invalidRequest',
      call,
      reason: phrase(
        'Only https:// addresses without a user name are used. Correct the address in the setting keyExplorer.sites.',
      ),
    });
  }
}

function withId(requestId: string | undefined): { requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

function redirected(
  location: string | null,
  from: URL,
  known: { call: string; status: number; requestId?: string },
): CloudError {
  const host = (location === null ? undefined : parseUrl(location, from.href))?.host ?? '?';
  return new CloudError({
    kind: 'badAnswer',
    ...known,
    reason: phrase(
      'The service redirects to {0}. Redirects are not followed, as they would take the token along.',
      host,
    ),
  });
}

function asNetworkError(thrown: unknown, call: string, { AbortError, FetchError }: typeof NodeFetch): CloudError {
  if (thrown instanceof CloudError) {
    return thrown;
  }
  if (thrown instanceof FetchError && thrown.type === 'max-size') {
    return new CloudError({
      kind: 'badAnswer',
      call,
      reason: phrase('The answer is larger than {0} MiB.', largestAnswer / 1024 / 1024),
    });
  }
  if (thrown instanceof FetchError && thrown.code === 'HPE_HEADER_OVERFLOW') {
    return new CloudError({
      kind: 'badAnswer',
      call,
      reason: phrase(
        'The headers of the answer are larger than {0} KiB. If this is a sign-in, its token is too large: sign in with an access key, which needs no token.',
        largestHeaders / 1024,
      ),
    });
  }
  // What some agent of a proxy calls its code may be any text.
  const code = thrown instanceof FetchError && systemCode.test(thrown.code ?? '') ? thrown.code : undefined;
  if (code === undefined && thrown instanceof AbortError) {
    return cancelled();
  }
  // Codes of Node's parser for what is no HTTP.
  const isAnswer = code?.startsWith('HPE_') === true;
  return new CloudError({
    kind: isAnswer ? 'badAnswer' : 'network',
    call,
    ...(code === undefined ? {} : { code }),
    reason: isAnswer ? phrase('The service sent an answer that could not be understood.') : networkReason(code, thrown),
  });
}

function networkReason(code: string | undefined, thrown: unknown): ReturnType<typeof phrase> {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return phrase('The name of the host could not be resolved.');
    case 'ECONNREFUSED':
      return phrase('The host refused the connection.');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return phrase('The connection broke off before the answer was complete.');
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return phrase('The certificate of the host is not trusted on this machine.');
    default:
      return phrase('The host could not be reached: {0}', code ?? textOfError(thrown));
  }
}
