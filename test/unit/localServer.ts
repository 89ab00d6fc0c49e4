import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { catalog } from '../../src/catalog/catalog';
import { isService, type ApiResponse, type ChildDeclaration, type Collection } from '../../src/catalog/declaration';
import { Client, type ListRequest, type ListPage } from '../../src/cloud/client';
import type { CloudError } from '../../src/cloud/errors';
import { asCloudError, cancelled } from '../../src/cloud/errors';
import type { Position } from '../../src/cloud/pages';
import { RetryPolicy } from '../../src/cloud/retryPolicy';
import type { Authorizer, RequestToAuthorize, Renewal, TokenScope } from '../../src/cloud/ports';
import { listIn, rowsOf, type Row } from '../../src/cloud/rows';
import type { Transport } from '../../src/cloud/http';

/** A server in this process, for answers that no documented cloud gives. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** Every request so far. */
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1, or of all addresses. */
export async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<LocalServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  // A server that listens on TCP has an address of this type.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers every request with one JSON value. */
export function answering(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** An authorizer that says what it is told to, and remembers what it was asked. */
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

/** A client with everything around it that a test wants to see. */
export interface TestClient {
  readonly client: Client;
  readonly authorizer: FakeAuthorizer;
  readonly lines: readonly string[];
}

/** What waits for nothing, and takes it to be over; each wait is put into `waits`, in milliseconds. */
export function impatient(waits: number[] = [], clock: () => number = Date.now): RetryPolicy {
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

/** Makes a client that logs to an array. */
export function testClient(
  timeout = 30_000,
  authorizer: FakeAuthorizer = new FakeAuthorizer(),
  patience: RetryPolicy = impatient(),
): TestClient {
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  const transport: Transport = { timeout: () => timeout, log, clock: Date.now };
  return { client: new Client(authorizer, transport, patience), authorizer, lines };
}

/** A page of a list, asked for with no wish to give it up. */
export function pageOf({ client }: TestClient, list: ListRequest, at?: Position, wanted = 100): Promise<ListPage> {
  return client.getPage(list, at, wanted, new AbortController().signal);
}

/** The error that a promise ends with; fails where it ends well. */
export async function errorFrom(work: Promise<unknown>): Promise<CloudError> {
  try {
    await work;
  } catch (error) {
    return asCloudError(error);
  }
  throw new Error('It ended well');
}

/** Every collection below these, the outer ones first. */
export function collectionsIn(below: readonly ChildDeclaration[]): readonly Collection[] {
  return below.flatMap((each) =>
    isService(each)
      ? collectionsIn(each.collections)
      : [each, ...(each.displayNamesFrom ? [each.displayNamesFrom] : []), ...collectionsIn(each.children ?? [])],
  );
}

/** A collection of the catalog. */
export function collectionOf(id: string): Collection {
  const found = collectionsIn(catalog).find((each) => each.id === id);
  if (!found) {
    throw new Error(`No collection ${id}`);
  }
  return found;
}

/** The rows of an answer, all of them. */
export function rowsIn(collection: Collection, answer: ApiResponse): readonly Row[] {
  return rowsOf(collection, listIn(collection, answer), 0);
}
