import { phrase, type Phrase } from '../../base/phrase';
import type { CloudError, SignInFault } from '../../cloud/errors';
import { errorSummary } from './errorMessages';

/** A failure in full, one line each: the summary, the reason, the service's own words, the call, and the next step. */
export function errorDetails(error: CloudError): readonly Phrase[] {
  const { failure } = error;
  const status = failure.status === undefined ? undefined : `HTTP ${failure.status}`;
  const said = [status, failure.code, failure.serviceMessage].filter((part) => part !== undefined).join(' ');
  return [
    errorSummary(error),
    ...(failure.reason ? [failure.reason] : []),
    ...(said === '' ? [] : [phrase('The service said: {0}', said)]),
    ...(failure.call === undefined ? [] : [phrase('Call: {0}', failure.call)]),
    ...(failure.requestId === undefined ? [] : [phrase('Request ID: {0}', failure.requestId)]),
    nextStep(error),
  ];
}

/** The next step after a refused sign-in. */
function nextSignIn(signIn: SignInFault): Phrase {
  switch (signIn) {
    case 'expired':
      return phrase('Sign in again.');
    case 'otherRegion':
      return phrase(
        'The token may be of another region: sign in at the global address of IAM, see the setting keyExplorer.sites.',
      );
    case 'keyUnknown':
      return phrase('The access key was deleted or switched off. Sign in again with another one.');
    case 'wrongSignature':
      return phrase('The secret access key does not belong to the access key. Sign in again with the right one.');
    case 'locked':
      return phrase('Too many tries failed. Wait 15 minutes, then sign in again.');
    case 'wrongClock':
      return phrase('Correct the date and time of this machine, then sign in again.');
    case 'code':
      return phrase('Sign in again with a code of the MFA device.');
    case 'ofRole':
      return phrase('Sign in again to the account that takes on this role.');
  }
}

/** The next step after a failure. */
function nextStep({ failure }: CloudError): Phrase {
  if (failure.signIn) {
    return nextSignIn(failure.signIn);
  }
  switch (failure.kind) {
    case 'unauthenticated':
      return phrase('Sign in again.');
    case 'forbidden':
      return phrase('Ask an administrator of the account for the permission to list these.');
    case 'notFound':
      return phrase('Refresh the row above it.');
    case 'notOffered':
      return phrase('If it is offered here after all, name its address in the setting keyExplorer.sites.');
    case 'throttled':
      return phrase('Wait a few minutes, then retry.');
    case 'invalidRequest':
      return failure.accept === undefined
        ? phrase('Check the settings of Key Explorer, then retry.')
        : phrase('Accept the address if you added it yourself.');
    case 'server':
      return phrase('Retry later. If it keeps failing, give the request ID to Huawei Cloud support.');
    case 'network':
      return phrase('Check the network, the proxy and the certificates, then retry.');
    case 'timeout':
      return phrase('Retry, or raise the setting keyExplorer.requestTimeout.');
    case 'badAnswer':
      return phrase('Retry; if it stays so, check the address in the setting keyExplorer.sites.');
    case 'cancelled':
      return phrase('Retry.');
  }
}
