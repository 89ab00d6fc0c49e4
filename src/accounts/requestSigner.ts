import { orAborted } from '../base/abort';
import { cancelled, type CloudError } from '../cloud/errors';
import type { RequestToAuthorize, TokenScope } from '../cloud/ports';
import type { StoredKeys } from './accountSecret';
import type { AddressPolicy } from './addressPolicy';
import type { AuthorizerDeps } from './authorizer';
import { signedHeaders } from './sign';
import type { SignInState } from './signInState';

/** How long a service that does not answer delays the next signature at most, ms. */
const longestTurn = 5000;

/** How long an attempt with a key counts as under way for other windows, ms. */
const attemptTime = 10_000;

/** Codes of the gateway for an unknown identity. */
const gatewayRefusal = /^APIGW?\.030[157]$/;

interface RequestSignerDeps extends Pick<AuthorizerDeps, 'attempts' | 'transport'> {
  readonly state: SignInState;
  readonly addresses: AddressPolicy;
}

/** Signs the requests of one account, and draws conclusions from their results. */
export class RequestSigner {
  readonly #deps: RequestSignerDeps;
  readonly #queue = new SignatureQueue();

  constructor(deps: RequestSignerDeps) {
    this.#deps = deps;
  }

  /**
   * @returns the headers that sign a request; undefined if another sign-in replaced the keys meanwhile
   * @throws CloudError if the sign-in was refused or the address is not allowed
   */
  async sign(
    request: RequestToAuthorize,
    scope: TokenScope,
    keys: StoredKeys,
    signal: AbortSignal,
  ): Promise<Record<string, string> | undefined> {
    const { state, addresses, attempts, transport } = this.#deps;
    const { generation } = state;
    const giveBack = await this.#queue.turn(signal, async () => {
      const either = AbortSignal.any([signal, state.signal]);
      const end = await attempts.begin(state.account, attemptTime, either);
      return () => void state.noted.then(async () => end());
    });
    try {
      if (generation === state.generation) {
        // A request before this one may have been refused meanwhile, here or in another window.
        state.assertNotRefused();
        addresses.assertAllowedAddress(request.url);
        const place = scope.kind === 'project' ? { projectId: scope.projectId } : { domainId: state.account.domain.id };
        return this.#queue.made(signedHeaders(request, keys, place, transport.clock()));
      }
    } catch (error) {
      giveBack();
      throw error;
    }
    giveBack();
    return undefined;
  }

  /** Concludes from the result of a signed request. @returns the error as the caller should see it */
  reportResult(headers: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined {
    if (!this.#queue.isCurrent(headers)) {
      return error;
    }
    const isRefused = error?.kind === 'unauthenticated';
    const { signIn, code = '' } = error?.failure ?? {};
    // The refusal of one service casts no doubt on a key that was accepted.
    if (isRefused && this.#queue.accepted && !signIn && !gatewayRefusal.test(code)) {
      return error.as({ kind: 'forbidden' });
    }
    if (isRefused) {
      // The key is tried once before the user acts: five refusals in a row lock it.
      this.#deps.state.refuse(signIn);
      this.#queue.reset();
      return error;
    }
    // An error before the cloud, or of a proxy or gateway that did not look, says nothing about the key.
    this.#queue.settled(!error || (error.kind === 'forbidden' && code !== ''));
    return error;
  }

  /** Another key, or the same key after a refusal, has to prove itself again. */
  reset(): void {
    this.#queue.reset();
  }
}

/**
 * Lets the first signed request of an account go alone: five failures in a row lock a key, and a wrong key must not be tried by
 * every waiting request. Once a signature was accepted, requests go in parallel.
 */
export class SignatureQueue {
  #accepted = false;
  /** The headers that were signed since the last reset. */
  #made = new WeakSet<object>();
  #first: { readonly ended: Promise<void>; end: () => void } | undefined;

  /** Whether the cloud accepted a signature of this key. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /**
   * Waits until a request may be signed.
   * @param begin called for a request that goes alone: waits for other windows. @returns a function to be called at its end
   * @returns a function that gives the turn back, if nothing was signed in it
   * @throws CloudError of kind `cancelled` if the signal aborts
   */
  async turn(signal: AbortSignal, begin: () => Promise<() => void>): Promise<() => void> {
    while (!this.#accepted && this.#first) {
      await orAborted(this.#first.ended, signal, cancelled);
    }
    if (this.#accepted) {
      return () => undefined;
    }
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const first = { ended, end };
    this.#first = first;
    const giveBack = (): void => {
      if (this.#first === first) {
        this.settled(false);
      }
    };
    try {
      const over = await begin();
      const late = setTimeout(giveBack, longestTurn);
      void ended.then(() => {
        clearTimeout(late);
        over();
      });
    } catch (error) {
      giveBack();
      throw error;
    }
    return giveBack;
  }

  /** Notes headers that were signed. */
  made<T extends object>(headers: T): T {
    this.#made.add(headers);
    return headers;
  }

  /** Whether these headers were signed since the last reset; results of older signatures are ignored. */
  isCurrent(headers: object): boolean {
    return this.#made.has(headers);
  }

  /** Ends a turn with the result of its request. */
  settled(accepted: boolean): void {
    this.#accepted ||= accepted;
    const first = this.#first;
    this.#first = undefined;
    first?.end();
  }

  reset(): void {
    this.#made = new WeakSet();
    this.#accepted = false;
    this.settled(false);
  }
}
