import { Client, type ListPage, type ListRequest } from '../../src/cloud/client';
import { asCloudError, cancelled, type CloudError } from '../../src/cloud/errors';
import type { Transport } from '../../src/cloud/http';
import type { Position } from '../../src/cloud/pages';
import type { Authorizer, Renewal, RequestToAuthorize, TokenScope } from '../../src/cloud/ports';
import { RetryPolicy } from '../../src/cloud/retryPolicy';

/** An authorizer with scripted results that records its calls. */
export class FakeAuthorizer implements Authorizer {
  tokens: readonly string[] = ['the-token'];
  renews = false;
  reaches = false;
  readonly asked: { readonly url: URL; readonly scope: TokenScope }[] = [];
  readonly refused: Readonly<Record<string, string>>[] = [];
  iamAsked = 0;
  settledTimes = 0;

  authorize(request: RequestToAuthorize, scope: TokenScope): Promise<Readonly<Record<string, string>>> {
    this.asked.push({ url: request.url, scope });
    return Promise.resolve({ 'x-auth-token': this.tokens[this.refused.length] ?? this.tokens.at(-1) ?? '' });
  }

  renew(refused: Readonly<Record<string, string>>): Promise<Renewal> {
    this.refused.push(refused);
    return Promise.resolve(this.renews ? 'renewed' : 'impossible');
  }

  reportResult(_: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined {
    this.settledTimes += 1;
    return error;
  }

  isIamReachable(): Promise<boolean> {
    this.iamAsked += 1;
    return Promise.resolve(this.reaches);
  }
}

/** A client with its authorizer and its log lines. */
export interface TestClient {
  readonly client: Client;
  readonly authorizer: FakeAuthorizer;
  readonly lines: readonly string[];
}

/** A retry policy that never sleeps: each pause, in ms, goes into `waits`, and its clock moves on by it. */
export function instantRetries(waits: number[] = [], clock: () => number = Date.now): RetryPolicy {
  let waited = 0;
  const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    waits.push(milliseconds);
    waited += milliseconds;
    if (signal.aborted) {
      throw cancelled();
    }
  };
  return new RetryPolicy({ clock: () => clock() + waited, pause, random: () => 0.5, waiting: () => undefined });
}

/** A client that logs to an array. `timeout`: ms. */
export function testClient(
  timeout = 30_000,
  authorizer: FakeAuthorizer = new FakeAuthorizer(),
  retryPolicy: RetryPolicy = instantRetries(),
): TestClient {
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  const transport: Transport = { timeout: () => timeout, log, clock: Date.now };
  return { client: new Client(authorizer, transport, retryPolicy), authorizer, lines };
}

/** One page of a list, without cancellation. */
export function pageOf({ client }: TestClient, list: ListRequest, at?: Position, wanted = 100): Promise<ListPage> {
  return client.getPage(list, at, wanted, new AbortController().signal);
}

/** The error that a promise rejects with. @throws if it resolves */
export async function errorFrom(work: Promise<unknown>): Promise<CloudError> {
  try {
    await work;
  } catch (error) {
    return asCloudError(error);
  }
  throw new Error('It did not fail');
}
