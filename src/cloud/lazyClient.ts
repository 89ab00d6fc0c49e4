import type { Client, ListClient } from './client';
import type { Transport } from './http';
import type { Authorizer } from './ports';
import type { RequestPolicy } from './retryPolicy';

/** Loads the client with the first request: activation does not need it. */
export class LazyClient implements ListClient {
  readonly #deps: ConstructorParameters<typeof Client>;
  #client: Promise<Client> | undefined;

  constructor(authorizer: Authorizer, transport: Transport, retryPolicy: RequestPolicy) {
    this.#deps = [authorizer, transport, retryPolicy];
  }

  async getPage(...request: Parameters<Client['getPage']>): ReturnType<Client['getPage']> {
    this.#client ??= import('./client').then((loaded) => new loaded.Client(...this.#deps));
    return (await this.#client).getPage(...request);
  }

  forgive(): void {
    const [, , retryPolicy] = this.#deps;
    retryPolicy.forgive();
  }
}
