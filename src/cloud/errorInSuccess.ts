import type { ErrorKind } from '../catalog/declaration';
import { codeNames, failed, kindOfStatus, messageNames, readFields, scalar, type Envelope } from './parseError';
import type { CloudError } from './errors';
import type { HttpAnswer } from './http';
import { fieldOf } from '../base/guards';

/**
 * What a successful answer has of what was asked for. `none`: what may well be nothing, such as an empty list. `missing`: what
 * must be there is not.
 */
export type Content = 'rows' | 'none' | 'missing';

/** Values that say that there is no error, in the words of many services. */
const success = /^(?:0+|20\d|ok|success(?:ful|fully)?|succeeded|none|null|false)?$/i;

/** A `status` that says that there is one. */
const failure = /^(?:fail(?:ed|ure)?|error)$/i;

/** A text without spaces is a code, such as `CH.004403`. */
const codeText = /^[\w.:-]{1,64}$/;

/** Levels at which the content of an `error` is looked for. */
const deepest = 3;

/**
 * The error that an answer with a status of success holds: a top-level `error`, whatever else is there; where what was asked
 * for is not there, or empty, `errors`, `error_code`, `error_msg`, `success: false` or a `status` of failure; and `badAnswer`
 * where only that is missing.
 * @param own the names that the answer's own document has, which are no errors
 * @param codes what a service's own codes mean, as in {@link errorOf}
 * @param secrets what the request carried: an answer may repeat it, an error must not
 */
export function errorInside(
  answer: HttpAnswer,
  body: unknown,
  { content, own = new Set() }: { readonly content: Content; readonly own?: ReadonlySet<string> },
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
): CloudError | undefined {
  const given = (name: string): unknown => (own.has(name) ? undefined : fieldOf(body, name));
  const beside = readFields(body, 0) ?? {};
  const error = given('error');
  if (!isNone(error, deepest)) {
    return asFailure({ ...beside, ...readError(error) }, 'server');
  }
  if (content === 'rows') {
    return undefined;
  }
  const several = given('errors');
  if (!isNone(several, deepest)) {
    return asFailure({ ...beside, ...readError(several) }, 'server');
  }
  const code = codeNames.map(given).find((told) => scalar(told) !== undefined);
  const isCoded = code === undefined ? messageNames.some((name) => !isNone(given(name), 0)) : !isNone(code, 0);
  if (isCoded || given('success') === false || failure.test(scalar(given('status')) ?? '')) {
    return asFailure(beside, 'server');
  }
  return content === 'missing' ? asFailure(beside, 'badAnswer') : undefined;

  function asFailure(told: Envelope, otherwise: ErrorKind): CloudError {
    // IAM repeats the status as a code, and this answer has another status.
    const kind = /^[45]\d\d$/.test(told.code ?? '') ? kindOfStatus(Number(told.code)) : otherwise;
    return failed(answer, told, codes, secrets, kind);
  }
}

function readError(error: unknown): Envelope {
  const text = scalar(error);
  return text === undefined
    ? (readFields(error, deepest) ?? {})
    : codeText.test(text)
      ? { code: text }
      : { message: text };
}

function isNone(value: unknown, depth: number): boolean {
  if (typeof value !== 'object') {
    return value !== true && success.test(scalar(value)?.trim() ?? '');
  }
  if (value === null) {
    return true;
  }
  const code = readFields(value, 0)?.code;
  if (code !== undefined) {
    return success.test(code.trim());
  }
  return depth > 0 && Object.values(value).every((inner) => isNone(inner, depth - 1));
}
