import { phrase, type Phrase } from '../base/phrase';
import { CloudError, badAnswer, cancelled, type Origin } from './errors';
import { maxHeaderSize } from './largeHeaders';
import type * as NodeFetch from './nodeFetch';
import { textOfError } from './redact';

/** A code of Node, such as `ECONNRESET`. */
const systemCode = /^[A-Z][A-Z\d_]{1,63}$/;

/**
 * An error of node-fetch as a {@link CloudError}.
 * @param maxAnswerSize MiB
 */
export function asNetworkError(
  thrown: unknown,
  origin: Origin,
  maxAnswerSize: number,
  { AbortError, FetchError }: typeof NodeFetch,
): CloudError {
  if (thrown instanceof CloudError) {
    return thrown;
  }
  if (thrown instanceof FetchError && thrown.type === 'max-size') {
    const reason = phrase('The answer is larger than {0} MiB.', maxAnswerSize);
    return new CloudError({ ...origin, kind: 'badAnswer', reason });
  }
  if (thrown instanceof FetchError && thrown.code === 'HPE_HEADER_OVERFLOW') {
    const reason = phrase(
      'The headers of the answer are larger than {0} KiB. If this is a sign-in, its token is too large: sign in with an access key, which needs no token.',
      maxHeaderSize / 1024,
    );
    return new CloudError({ ...origin, kind: 'badAnswer', reason });
  }
  // A proxy's agent may put any text into its code.
  const code = thrown instanceof FetchError && systemCode.test(thrown.code ?? '') ? thrown.code : undefined;
  if (code === undefined && thrown instanceof AbortError) {
    return cancelled();
  }
  // Node's HTTP parser: the answer is not HTTP.
  if (code?.startsWith('HPE_')) {
    return badAnswer({ ...origin, code });
  }
  return new CloudError({ ...origin, kind: 'network', code, reason: reasonOf(code, thrown) });
}

function reasonOf(code: string | undefined, thrown: unknown): Phrase {
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
