import { ExactNumber } from '../base/exactNumber';
import { fieldOf, isObject } from '../base/guards';
import { phrase } from '../base/phrase';
import type { ErrorKind } from '../catalog/declaration';
import { CloudError, badAnswer, type Failure, type SignInFault } from './errors';
import type { HttpAnswer } from './http';
import { parseJson } from './json';

/** Maximum length of a message, code or ID, characters. */
const maxMessage = 500;

/** Characters of a message that are searched for the reason of a refused sign-in. */
const maxSearched = 4000;

/** Characters of a page or plain text that are read. */
const maxPage = 20_000;

/** Maximum length of a body that is parsed as JSON, characters: parsing blocks, and no service sends a longer error. */
const maxBody = 2 ** 20;

/** Nesting depth, and elements of each object, that are searched for an error. */
const searched = { depth: 3, elements: 30 };

/** Characters. Shorter secrets are not redacted: they would match ordinary words. */
const minSecret = 6;

/** Codes of the gateway in front of every service; `APIG.0301` is another spelling of `APIGW.0301`. */
const gatewayCodes: readonly [RegExp, ErrorKind][] = [
  [/^APIGW?\.0101$/, 'notOffered'],
  [/^APIGW?\.0(301|305|307)$/, 'unauthenticated'],
  [/^APIGW?\.0308$/, 'throttled'],
];

/** Messages of the gateway and IAM about a refused sign-in (facts, sections 3.1 to 3.3). `after`: only after such a word. */
const faults: readonly [pattern: RegExp, fault: SignInFault, after?: RegExp][] = [
  [/signature expired|signature time/i, 'wrongClock'],
  [/\block(?:ed)?\b|reach the limit/i, 'locked'],
  [/not exist|not found|disabled|inactive/i, 'keyUnknown', /\b(?:ak|access[ _-]?key)\b/i],
  [/aksk signature fail|signature (?:does not|not) match/i, 'wrongSignature'],
  [/^APIGW?\.0307\b|token expires|has expired/i, 'expired'],
];

/** The fields of an error body. */
export interface ErrorBody {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Names of the fields that hold the code and the message of an error. */
export const codeNames: readonly string[] = ['error_code', 'errorCode', 'err_code'];
export const messageNames: readonly string[] = ['error_msg', 'errorMessage', 'error_message', 'errorMsg', 'err_msg'];

/**
 * Makes a {@link CloudError} of an unsuccessful answer. Known bodies: `{error_code, error_msg}` with or without `message`,
 * `error_details` and `request_id` (services, gateway); `{error: {code, message}}` (IAM); `{code, message}`; any of these
 * nested; HTML; plain text; an empty body.
 * @param codes the kinds of the service's own codes; they outweigh the gateway's, which outweigh the status
 * @param secrets the secrets of the request, which an answer may repeat: they are redacted
 */
export function errorOf(
  answer: HttpAnswer,
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
): CloudError {
  return failed(answer, parseBody(answer.text), codes, secrets, kindOfStatus(answer.status));
}

/**
 * Makes a {@link CloudError} of a parsed error body.
 * @param fallback the kind if the code has none
 */
export function failed(
  { origin, status, header, requestId }: HttpAnswer,
  parsed: ErrorBody,
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
  fallback: ErrorKind,
): CloudError {
  const code = redactSecrets(parsed.code, secrets);
  const kind =
    (code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined) ??
    gatewayCodes.find(([pattern]) => code !== undefined && pattern.test(code))?.[1] ??
    fallback;
  const known = {
    ...origin,
    status,
    code,
    serviceMessage: redactSecrets(parsed.message, secrets),
    requestId: redactSecrets(requestId ?? parsed.requestId, secrets),
    retryAfter: parseRetryAfter(header('retry-after')),
  };
  if (kind === 'badAnswer') {
    return badAnswer(known);
  }
  return new CloudError({
    ...known,
    ...(kind === 'unauthenticated' && faultOf(`${code ?? ''} ${parsed.message?.slice(0, maxSearched) ?? ''}`)),
    kind,
  });
}

// Seconds or a date (RFC 9110, section 10.2.3), as ms.
function parseRetryAfter(value = ''): number | undefined {
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** Reads why a service refused a sign-in. @param text its code and message */
export function faultOf(text: string): Pick<Failure, 'signIn' | 'reason'> {
  const [, signIn] =
    faults.find(([pattern, , after]) => {
      const start = after ? text.search(after) : 0;
      return start >= 0 && pattern.test(text.slice(start));
    }) ?? [];
  const [, here, there] = /signature time:(\d{8}T\d{6}Z),\s{0,9}server time:(\d{8}T\d{6}Z)/.exec(text) ?? [];
  if (signIn !== 'wrongClock' || here === undefined || there === undefined) {
    return { signIn };
  }
  const reason = phrase(
    'The clock of this machine is off: it says {0}, the cloud says {1} (UTC).',
    readableTime(here),
    readableTime(there),
  );
  return { signIn, reason };
}

// 20211217T064303Z
function readableTime(time: string): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3 $4:$5:$6');
}

// Cuts the text while it searches: a secret that was cut in two would not be found.
function redactSecrets(text: string | undefined, secrets: readonly string[]): string | undefined {
  if (text === undefined) {
    return undefined;
  }
  const spellings = secrets.filter(({ length }) => length >= minSecret).flatMap(spellingsOf);
  spellings.sort((one, other) => other.length - one.length);
  let redacted = '';
  for (let at = 0; at < text.length && redacted.length < maxMessage;) {
    const found = spellings.find((spelling) => text.startsWith(spelling, at));
    redacted += found === undefined ? text.charAt(at) : '…';
    at += found?.length ?? 1;
  }
  return redacted;
}

function spellingsOf(secret: string): string[] {
  const wellFormed = secret.replace(/\p{Cs}/gu, '\uFFFD');
  const base64 = Buffer.from(secret).toString('base64').replaceAll('=', '');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(wellFormed), base64];
}

// A body without the fields of an error becomes the message.
function parseBody(text: string): ErrorBody {
  if (text.length > maxBody) {
    return fromText(text);
  }
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return fromText(text);
  }
  return readFields(body, searched.depth) ?? fromText(typeof body === 'string' ? body : '');
}

/** Reads the fields of an error in a value, else in the values nested in it, down to a depth; undefined if there are none. */
export function readFields(value: unknown, depth: number): ErrorBody | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const field = (name: string): string | undefined => scalar(fieldOf(value, name));
  const first = (names: readonly string[]): string | undefined => names.map(field).find((text) => text !== undefined);
  const requestId = field('request_id');
  const code = first(codeNames) ?? field('code');
  const summary = first(messageNames);
  const details = field('message') ?? field('error_details');
  const message = [...new Set([summary, details])].filter((part) => part !== undefined).join(' ');
  if (code !== undefined || message !== '') {
    return { code, message: message === '' ? undefined : message, requestId };
  }
  if (depth > 0) {
    const nested: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (const inner of nested.slice(0, searched.elements)) {
      const found = readFields(inner, depth - 1);
      if (found) {
        // Some services put the request ID beside the error.
        return { ...found, requestId: found.requestId ?? requestId };
      }
    }
  }
  return undefined;
}

/** A text or number as text; undefined for anything else and for an empty text. */
export function scalar(value: unknown): string | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber;
  return isScalar && value !== '' ? String(value) : undefined;
}

// The message of a gateway's HTML page is in its title and headings, not in its scripts and styles.
function fromText(text: string): ErrorBody {
  const [start = '', ...withScripts] = text.slice(0, maxPage).split(/<(?:script|style)\b/i);
  const words = [start, ...withScripts.map(afterScript)]
    .join(' ')
    .replace(/<[^<>]{0,1000}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? {} : { message: words };
}

function afterScript(text: string): string {
  const end = text.search(/<\/(?:script|style)/i);
  return end < 0 ? '' : text.slice(end);
}

/** The kind of an HTTP status without an error code. */
export function kindOfStatus(status: number): ErrorKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 408:
      return 'timeout';
    case 429:
      return 'throttled';
    default:
      return status >= 500 ? 'server' : status >= 400 ? 'invalidRequest' : 'badAnswer';
  }
}
