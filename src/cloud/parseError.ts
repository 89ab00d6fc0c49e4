import { ExactNumber } from '../base/exactNumber';
import type { ErrorKind } from '../catalog/declaration';
import { phrase } from '../base/phrase';
import { CloudError, type Failure, type SignInFault } from './errors';
import { parseJson } from './json';
import type { HttpAnswer } from './http';
import { fieldOf } from '../base/guards';

/** A message, code or ID longer than this is cut: characters. */
const longestMessage = 500;

/** So much of a message is searched for what it says of a sign-in: characters. */
const longestSearched = 4000;

/** A page that is no JSON is read up to here: characters. */
const longestPage = 20_000;

/** Characters of a body that is parsed at most: parsing more would block, and no service sends that much of an error. */
const longestBody = 2 ** 20;

/** So many fields or elements of a body, and of each of them, are searched for an error. */
const mostSearched = 30;

/** A secret shorter than this is no secret's length, but a common word's: characters. */
const shortestSecret = 6;

/** Codes of the gateway in front of every service; `APIG.0301` is another spelling of `APIGW.0301`. */
const gatewayCodes: readonly [RegExp, ErrorKind][] = [
  [/^APIGW?\.0101$/, 'notOffered'],
  [/^APIGW?\.0(301|305|307)$/, 'unauthenticated'],
  [/^APIGW?\.0308$/, 'throttled'],
];

/** What the gateway and IAM say of a sign-in (facts, sections 3.1 to 3.3), where one behind another word says it. */
const faults: readonly [RegExp, SignInFault, behind?: RegExp][] = [
  [/signature expired|signature time/i, 'wrongClock'],
  [/\block(?:ed)?\b|reach the limit/i, 'locked'],
  [/not exist|not found|disabled|inactive/i, 'keyUnknown', /\b(?:ak|access[ _-]?key)\b/i],
  [/aksk signature fail|signature (?:does not|not) match/i, 'wrongSignature'],
  [/^APIGW?\.0307\b|token expires|has expired/i, 'expired'],
];

/**
 * Turns an answer that is no success into a {@link CloudError}. Envelopes it knows: `{error_code, error_msg}` with
 * or without `message`, `error_details` and `request_id` (services, gateway); `{error: {code, message}}` (IAM);
 * `{code, message}`; the same in any nested object; HTML; plain text; nothing at all.
 * @param codes what a service's own codes mean; they outweigh the gateway's, which outweigh the status
 * @param secrets what the request carried: an answer may repeat it, an error must not
 */
export function errorOf(
  answer: HttpAnswer,
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
): CloudError {
  return failed(answer, readEnvelope(answer.text), codes, secrets, kindOfStatus(answer.status));
}

/** The {@link CloudError} of what an answer tells; `otherwise` where its code says nothing of the kind. */
export function failed(
  answer: HttpAnswer,
  told: Envelope,
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
  otherwise: ErrorKind,
): CloudError {
  const code = without(told.code, secrets);
  const serviceMessage = without(told.message, secrets);
  const requestId = without(answer.requestId ?? told.requestId, secrets);
  const kind =
    (code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined) ??
    gatewayCodes.find(([pattern]) => code !== undefined && pattern.test(code))?.[1] ??
    otherwise;
  return new CloudError({
    kind,
    call: answer.call,
    status: answer.status,
    ...(code === undefined ? {} : { code }),
    ...(serviceMessage === undefined ? {} : { serviceMessage }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(kind === 'badAnswer' ? { reason: phrase('The service sent an answer that could not be understood.') } : {}),
    ...retryAfterOf(answer.header('retry-after')),
    ...(kind === 'unauthenticated' ? faultOf(`${code ?? ''} ${told.message?.slice(0, longestSearched) ?? ''}`) : {}),
  });
}

// Seconds, or a date (RFC 9110, section 10.2.3).
function retryAfterOf(told: string | undefined): Pick<Failure, 'retryAfter'> {
  const milliseconds = /^\d+$/.test(told ?? '') ? Number(told) * 1000 : Date.parse(told ?? '') - Date.now();
  return Number.isFinite(milliseconds) ? { retryAfter: Math.max(0, milliseconds) } : {};
}

/** What a service says of a sign-in that it does not take. @param said its code and message */
export function faultOf(said: string): Pick<Failure, 'signIn' | 'reason'> {
  const signIn = faults.find(([pattern, , behind]) => {
    const start = behind ? said.search(behind) : 0;
    return start >= 0 && pattern.test(said.slice(start));
  })?.[1];
  if (signIn !== 'wrongClock') {
    return signIn ? { signIn } : {};
  }
  const [, here, there] = /signature time:(\d{8}T\d{6}Z),\s{0,9}server time:(\d{8}T\d{6}Z)/.exec(said) ?? [];
  return here === undefined || there === undefined
    ? { signIn }
    : {
        signIn,
        reason: phrase(
          'The clock of this machine is off: it says {0}, the cloud says {1} (UTC).',
          readable(here),
          readable(there),
        ),
      };
}

// 20211217T064303Z
function readable(time: string): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3 $4:$5:$6');
}

// An answer may repeat what it was sent, in whatever spelling. A short secret would take common words along. Cut
// while it is searched: a secret cut in two would not be found.
function without(text: string | undefined, secrets: readonly string[]): string | undefined {
  if (text === undefined) {
    return undefined;
  }
  const spellings = secrets.filter(({ length }) => length >= shortestSecret).flatMap(spellingsOf);
  spellings.sort((one, other) => other.length - one.length);
  let left = '';
  for (let at = 0; at < text.length && left.length < longestMessage;) {
    const found = spellings.find((spelling) => text.startsWith(spelling, at));
    left += found === undefined ? text.charAt(at) : '…';
    at += found?.length ?? 1;
  }
  return left;
}

function spellingsOf(secret: string): string[] {
  const wellFormed = secret.replace(/\p{Cs}/gu, '\uFFFD');
  const base64 = Buffer.from(secret).toString('base64').replaceAll('=', '');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(wellFormed), base64];
}

/** What services call the code and the message of an error. */
export const codeNames: readonly string[] = ['error_code', 'errorCode', 'err_code'];
export const messageNames: readonly string[] = ['error_msg', 'errorMessage', 'error_message', 'errorMsg', 'err_msg'];

/** What the body of an error tells. */
export interface Envelope {
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

/** Reads any of the known envelopes; a body that is none becomes its own message, without tags and cut short. */
function readEnvelope(text: string): Envelope {
  if (text.length > longestBody) {
    return plain(text);
  }
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return plain(text);
  }
  return readFields(body, 3) ?? plain(typeof body === 'string' ? body : '');
}

/** Reads the fields of an error: those of an object, else of the first that has any among what it holds, so many levels down. */
export function readFields(value: unknown, depth: number): Envelope | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const given = (name: string): string | undefined => scalar(fieldOf(value, name));
  const first = (names: readonly string[]): string | undefined => names.map(given).find((told) => told !== undefined);
  const code = first(codeNames) ?? given('code');
  const summary = first(messageNames);
  const details = given('message') ?? given('error_details');
  const message = [...new Set([summary, details])].filter((part) => part !== undefined).join(' ');
  if (code !== undefined || message !== '') {
    const requestId = given('request_id');
    return {
      ...(code === undefined ? {} : { code }),
      ...(message === '' ? {} : { message }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
  if (depth > 0) {
    const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (const nested of inside.slice(0, mostSearched)) {
      const found = readFields(nested, depth - 1);
      if (found) {
        // Some carry the request's ID beside the error.
        const requestId = given('request_id');
        return requestId === undefined ? found : { requestId, ...found };
      }
    }
  }
  return undefined;
}

/** A text or number of an answer as text; an empty text counts as nothing. */
export function scalar(value: unknown): string | undefined {
  const isScalar = typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber;
  return isScalar && value !== '' ? String(value) : undefined;
}

// A gateway's HTML page carries its message in the title and headings; scripts and styles carry none.
function plain(text: string): Envelope {
  const [start = '', ...withScripts] = text.slice(0, longestPage).split(/<(?:script|style)\b/i);
  const words = [start, ...withScripts.map(behindScript)]
    .join(' ')
    .replace(/<[^<>]{0,1000}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? {} : { message: words };
}

function behindScript(text: string): string {
  const end = text.search(/<\/(?:script|style)/i);
  return end < 0 ? '' : text.slice(end);
}

/** What an HTTP status means by itself. */
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
