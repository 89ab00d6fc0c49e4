import { fieldOf } from '../catalog/fields';
import type { ErrorKind } from '../catalog/shape';
import { phrase } from '../catalog/phrase';
import { CloudError } from './errors';
import { parseJson, type HttpAnswer } from './send';

/** A message longer than this is cut: characters. */
const longestMessage = 500;

/** Codes of the gateway in front of every service; `APIG.0301` is another spelling of `APIGW.0301`. */
const gatewayCodes: readonly [RegExp, ErrorKind][] = [
  [/^APIGW?\.0101$/, 'notOffered'],
  [/^APIGW?\.0(301|305|307)$/, 'unauthenticated'],
  [/^APIGW?\.0308$/, 'throttled'],
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
  const found = readEnvelope(without(answer.text, secrets));
  const kind =
    (found.code !== undefined && Object.hasOwn(codes, found.code) ? codes[found.code] : undefined) ??
    gatewayCodes.find(([pattern]) => found.code !== undefined && pattern.test(found.code))?.[1] ??
    kindOfStatus(answer.status);
  const requestId = answer.requestId ?? found.requestId;
  return new CloudError({
    kind,
    call: answer.call,
    status: answer.status,
    ...(found.code === undefined ? {} : { code: found.code }),
    ...(found.message === undefined ? {} : { serviceMessage: found.message }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(kind === 'badAnswer' ? { reason: phrase('The service sent an answer that could not be understood.') } : {}),
  });
}

function without(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), secret]).filter(Boolean);
  return spellings.reduce((left, spelling) => left.replaceAll(spelling, '…'), text);
}

/** What the body of an error tells. */
interface Envelope {
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

/** Reads any of the known envelopes; a body that is none becomes its own message, without tags and cut short. */
function readEnvelope(text: string): Envelope {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return plain(text);
  }
  return search(body, 3) ?? plain(typeof body === 'string' ? body : '');
}

function search(value: unknown, depth: number): Envelope | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const given = (name: string): string | undefined => scalar(fieldOf(value, name));
  const code = given('error_code') ?? given('errorCode') ?? given('code');
  const summary = given('error_msg') ?? given('errorMessage');
  const details = given('message') ?? given('error_details');
  const message = [...new Set([summary, details])].filter((part) => part !== undefined).join(' ');
  if (code !== undefined || message !== '') {
    const requestId = given('request_id');
    return {
      ...(code === undefined ? {} : { code }),
      ...(message === '' ? {} : { message: message.slice(0, longestMessage) }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
  if (depth > 0) {
    for (const nested of Object.values(value)) {
      const found = search(nested, depth - 1);
      if (found) {
        // Some carry the request's ID beside the error.
        const requestId = given('request_id');
        return requestId === undefined ? found : { requestId, ...found };
      }
    }
  }
  return undefined;
}

function scalar(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}

function plain(text: string): Envelope {
  const words = text
    // A gateway's HTML page carries its message in the title and headings; scripts and styles carry none.
    .slice(0, 20_000)
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? {} : { message: words.slice(0, longestMessage) };
}

function kindOfStatus(status: number): ErrorKind {
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
