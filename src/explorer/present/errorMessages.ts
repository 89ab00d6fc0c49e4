import type { Account } from '../../accounts/account';
import { phrase, type Phrase } from '../../base/phrase';
import type { CloudError, SignInFault } from '../../cloud/errors';

/** A failure in a few words, for a row of the tree. */
export function errorSummary({ failure }: CloudError): Phrase {
  switch (failure.kind) {
    case 'unauthenticated':
      return failure.signIn === undefined ? phrase('Sign-in no longer valid') : shortFault(failure.signIn);
    case 'forbidden':
      return phrase('No permission');
    case 'notFound':
      return phrase('No longer there');
    case 'notOffered':
      return phrase('Not offered in this region');
    case 'throttled':
      return phrase('Too many requests');
    case 'invalidRequest':
      return failure.accept === undefined
        ? phrase('The request was not accepted')
        : failure.declined
          ? phrase('A refused address')
          : phrase('A new address');
    case 'server':
      return phrase('The service failed');
    case 'network':
      return phrase('No connection');
    case 'timeout':
      return phrase('No answer in time');
    case 'badAnswer':
      return phrase('The answer could not be understood');
    case 'cancelled':
      return phrase('Cancelled');
  }
}

function shortFault(signIn: SignInFault): Phrase {
  switch (signIn) {
    case 'expired':
      return phrase('Expired');
    case 'otherRegion':
      return phrase('Token of another region');
    case 'keyUnknown':
      return phrase('Access key unknown');
    case 'wrongSignature':
      return phrase('Signature refused');
    case 'locked':
      return phrase('Locked');
    case 'wrongClock':
      return phrase('Wrong system clock');
    case 'code':
      return phrase('MFA code required');
    case 'ofRole':
      return phrase('Its account is signed out');
  }
}

/** What to do about a sign-in that the cloud does not take. */
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

/** What to do about a failure. */
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

/** When a sign-in ends, or that it has ended. `at`, `now`: milliseconds since 1970. @param time the moment as it is shown */
export function endAt(at: number, now: number, time: string): Phrase {
  return at <= now ? phrase('Expired: {0}', time) : phrase('Ends {0}', time);
}

/** How long a pasted token lasts, or that it has ended; as {@link endAt}. */
export function tokenLastsUntil(at: number, now: number, time: string): Phrase {
  return at <= now ? phrase('The token expired: {0}', time) : phrase('The token lasts until {0}', time);
}

/** What a pasted token was made for that serves no project, and what to do. */
export function servedBy({ unscoped }: Account): Phrase {
  return unscoped
    ? phrase(
        'The token was made neither for a project nor for the account. Lists of a project need a token that was made for that project: sign in with that one, or with the password.',
      )
    : phrase(
        'The token was made for the whole account. Lists of a project need a token that was made for that project: sign in with that one, or with the password.',
      );
}

/** A failure in full, a line each: what happened, to which call, what the service said, what to do. */
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
