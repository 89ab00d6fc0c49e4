import type { RequestPolicy, RetryPolicy } from './retryPolicy';

/** Loads the retry policy with the first request: activation does not need it. */
export class LazyRetryPolicy implements RequestPolicy {
  readonly #deps: ConstructorParameters<typeof RetryPolicy>;
  #policy: Promise<RetryPolicy> | undefined;

  constructor(...deps: ConstructorParameters<typeof RetryPolicy>) {
    this.#deps = deps;
  }

  readonly run: RetryPolicy['run'] = async (...request) => (await this.#load()).run(...request);

  readonly runOnce: RetryPolicy['runOnce'] = async (...request) => (await this.#load()).runOnce(...request);

  forgive(): void {
    // Without a request there is nothing to forgive.
    void this.#policy?.then((policy) => policy.forgive());
  }

  async #load(): Promise<RetryPolicy> {
    this.#policy ??= import('./retryPolicy').then((loaded) => new loaded.RetryPolicy(...this.#deps));
    return this.#policy;
  }
}
