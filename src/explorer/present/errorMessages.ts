import { phrase, type Phrase } from '../../base/phrase';
import type { CloudError, SignInFault } from '../../cloud/errors';

/** An error in a few words, for a row of the tree. */
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
