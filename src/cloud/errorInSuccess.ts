import { fieldOf } from '../base/guards';
import type { ErrorKind } from '../catalog/declaration';
import type { CloudError } from './errors';
import type { HttpAnswer } from './http';
import { codeNames, failed, kindOfStatus, messageNames, readFields, scalar, type ErrorBody } from './parseError';

/** The content of a successful answer: rows; no rows, which is valid for an empty list; or neither. */
export type Content = 'rows' | 'none' | 'missing';

/** Values of a field that say that there is no error, in the words of many services. */
const successText = /^(?:0+|20\d|ok|success(?:ful|fully)?|succeeded|none|null|false)?$/i;

/** A `status` that says that there is an error. */
const failureText = /^(?:fail(?:ed|ure)?|error)$/i;

/** A text without spaces is a code, such as `CH.004403`. */
const codeText = /^[\w.:-]{1,64}$/;

/** Maximum depth at which the content of an `error` is searched. */
const maxDepth = 3;

/**
 * The error inside an answer whose status says success. A top-level `error` is one always. `errors`, `error_code`,
 * `error_msg`, `success: false` or a `status` of failure are one if there are no rows. Missing data is a `badAnswer`.
 * @param own fields that the answer's document has, which are not errors
 * @param codes the kinds of the service's own codes, as in {@link errorOf}
 * @param secrets the secrets of the request, which an answer may repeat: they are redacted
 */
export function errorInside(
  answer: HttpAnswer,
  body: unknown,
  { content, own = new Set() }: { readonly content: Content; readonly own?: ReadonlySet<string> },
  codes: Readonly<Record<string, ErrorKind>>,
  secrets: readonly string[],
): CloudError | undefined {
  const field = (name: string): unknown => (own.has(name) ? undefined : fieldOf(body, name));
  const outer = readFields(body, 0) ?? {};
  const error = field('error');
  if (!isSuccess(error, maxDepth)) {
    return asFailure(merge(outer, readError(error)), 'server');
  }
  if (content === 'rows') {
    return undefined;
  }
  const errors = field('errors');
  if (!isSuccess(errors, maxDepth)) {
    return asFailure(merge(outer, readError(errors)), 'server');
  }
  const code = codeNames.map(field).find((value) => scalar(value) !== undefined);
  const hasError = code === undefined ? messageNames.some((name) => !isSuccess(field(name), 0)) : !isSuccess(code, 0);
  if (hasError || field('success') === false || failureText.test(scalar(field('status')) ?? '')) {
    return asFailure(outer, 'server');
  }
  return content === 'missing' ? asFailure(outer, 'badAnswer') : undefined;

  function asFailure(parsed: ErrorBody, fallback: ErrorKind): CloudError {
    // IAM repeats a status as the code. This answer has another status.
    const kind = /^[45]\d\d$/.test(parsed.code ?? '') ? kindOfStatus(Number(parsed.code)) : fallback;
    return failed(answer, parsed, codes, secrets, kind);
  }
}

function merge(outer: ErrorBody, inner: ErrorBody): ErrorBody {
  return {
    code: inner.code ?? outer.code,
    message: inner.message ?? outer.message,
    requestId: inner.requestId ?? outer.requestId,
  };
}

function readError(error: unknown): ErrorBody {
  const text = scalar(error);
  return text === undefined
    ? (readFields(error, maxDepth) ?? {})
    : codeText.test(text)
      ? { code: text }
      : { message: text };
}

function isSuccess(value: unknown, depth: number): boolean {
  if (typeof value !== 'object') {
    return value !== true && successText.test(scalar(value)?.trim() ?? '');
  }
  if (value === null) {
    return true;
  }
  const code = readFields(value, 0)?.code;
  if (code !== undefined) {
    return successText.test(code.trim());
  }
  return depth > 0 && Object.values(value).every((inner) => isSuccess(inner, depth - 1));
}
