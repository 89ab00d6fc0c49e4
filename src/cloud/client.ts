import type { ApiResponse, Collection } from '../catalog/declaration';
import { orAborted } from '../base/abort';
import { phrase } from '../base/phrase';
import { errorOf, failed } from './parseError';
import { errorInside } from './errorInSuccess';
import { CloudError, asCloudError, cancelled } from './errors';
import { parseInTurn, type Steps } from './parseInTurn';
import { jsonSteps } from './json';
import { markerBehind, nextPosition, pageQuery, restOf, type Position } from './pages';
import { fillPath, fillText } from './path';
import type { RetryPolicy } from './retryPolicy';
import type { Authorizer, Purpose, TokenScope } from './ports';
import { badFieldsOf, contentOf, listIn, ownFields, rowsOf, totalOf, type Row } from './rows';
import { send, type HttpAnswer, type Transport } from './http';

/** A declared filter, by its ID, and what it looks for. `exact`: the call's own switch from a part to the whole. */
export interface FilterValue {
  readonly id: string;
  readonly text: string;
  readonly exact: boolean;
}

/** Which list is asked, where, for whom and what for. */
export interface ListRequest {
  readonly collection: Collection;
  /** The service's URL in the region. */
  readonly base: string;
  readonly scope: TokenScope;
  /** What fills the path's places. */
  readonly pathParams: Readonly<Record<string, string>>;
  readonly filter?: FilterValue;
  /** A click, if nothing else. */
  readonly purpose?: Purpose;
}

/** One page of a list. */
export interface ListPage {
  readonly rows: readonly Row[];
  /** The rows of the whole list, where the answer tells. */
  readonly total?: number;
  /** Where the next page starts; nothing where this is known to be the last. */
  readonly next?: Position;
  /** True where fewer rows came than were asked for. */
  readonly partial: boolean;
  /** True where further rows may exist that no request reaches. */
  readonly truncated: boolean;
  /** The first dropped row of a numbered page, and where to ask for it if the next page does not begin with it. */
  readonly rest?: { readonly first: Row; readonly at: Position };
  /** The length of the answer in characters. */
  readonly length?: number;
}

/** An answer that was read, and how many characters it had. */
interface ReadAnswer extends ApiResponse {
  readonly length: number;
}

/** Asks the cloud for one account. */
export class Client {
  readonly #authorizer: Authorizer;
  readonly #transport: Transport;
  readonly #patience: RetryPolicy;

  constructor(authorizer: Authorizer, transport: Transport, patience: RetryPolicy) {
    this.#authorizer = authorizer;
    this.#transport = transport;
    this.#patience = patience;
  }

  /**
   * One page of one collection.
   * @param at where it starts; nothing for the first
   * @param wanted how many rows, brought within what the call takes
   * @throws CloudError of any kind
   */
  async getPage(list: ListRequest, at: Position | undefined, wanted: number, signal: AbortSignal): Promise<ListPage> {
    const { collection } = list;
    const asked = pageQuery(collection.paging, at, wanted);
    if (!asked) {
      return { rows: [], partial: true, truncated: true };
    }
    const answer = await this.#get(list, { ...asked.query, ...filterQuery(list) }, signal);
    // Cut before anything is made of a row: there may be millions.
    const sent = listIn(collection, answer);
    const rows = rowsOf(collection, sent.slice(asked.from, asked.until), answer.length);
    const surplus = sent.length > asked.until;
    this.#warn(collection, rows, surplus ? sent.length : undefined);
    const [last, dropped] = surplus ? rowsOf(collection, [sent.at(-1), sent[asked.until]], answer.length) : [];
    const rest = restOf(collection.paging, at, asked.until);
    const told = nextPosition(collection.paging, at, rows.length, answer);
    const next = last && collection.paging.kind === 'marker' ? markerBehind(rows.at(-1), told, last) : told;
    const total = totalOf(collection, answer);
    const short = sent.length < asked.full && sent.length !== asked.sends;
    return {
      rows,
      partial: short,
      truncated: asked.last ? total !== undefined || !short : surplus && next === undefined,
      length: answer.length,
      ...(total === undefined ? {} : { total }),
      ...(next === undefined ? {} : { next }),
      ...(rest && dropped ? { rest: { first: dropped, at: rest } } : {}),
    };
  }

  /** Told that the user asks again: sign-ins that were throttled are sent again. */
  forgive(): void {
    this.#patience.forgive();
  }

  // One line a page, however many rows there are.
  #warn(collection: Collection, rows: readonly Row[], sent: number | undefined): void {
    const misfits = rows.filter(({ bad }) => bad.length > 0);
    const fields = [...new Set(misfits.flatMap((row) => badFieldsOf(collection, row)))];
    const parts = [
      ...(sent === undefined ? [] : [`${rows.length} of ${sent} rows are kept`]),
      ...(misfits.length === 0
        ? []
        : [`${misfits.length} of ${rows.length} rows do not fit their document at ${fields.join(', ')}`]),
    ];
    if (parts.length > 0) {
      this.#transport.log.warn(`${collection.id} list: ${parts.join('; ')}`);
    }
  }

  async #get(list: ListRequest, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ReadAnswer> {
    const { collection, pathParams: values } = list;
    const url = fillPath(list.base, collection.path, values);
    for (const [name, value] of Object.entries({ ...filled(collection.query, values), ...query })) {
      url.searchParams.set(name, value);
    }
    const headers = { accept: 'application/json', ...filled(collection.headers, values) };
    const turn = { host: url.host, purpose: list.purpose ?? 'click' };
    // Authorized in its turn: what is known of the account may change while a request waits for it.
    const work = async (): Promise<ReadAnswer> =>
      this.#authorized({ method: 'GET', url, headers, purpose: turn.purpose }, list, signal);
    // Getting a token goes on for others.
    return orAborted(this.#patience.run(turn, work, signal), signal, cancelled);
  }

  async #authorized(
    request: Parameters<Authorizer['authorize']>[0],
    list: ListRequest,
    signal: AbortSignal,
  ): Promise<ReadAnswer> {
    const { scope } = list;
    const headers = await this.#authorizer.authorize(request, scope, signal);
    try {
      return await this.#sendOnce(request, headers, list, signal);
    } catch (error) {
      if (!(error instanceof CloudError) || error.kind !== 'unauthenticated') {
        throw error;
      }
      const renewal = await this.#authorizer.renew(headers, scope, request.purpose);
      if (renewal !== 'renewed') {
        throw renewal === 'needless' ? refusedGood(error) : error;
      }
    }
    const renewed = await this.#authorizer.authorize(request, scope, signal);
    try {
      return await this.#sendOnce(request, renewed, list, signal);
    } catch (error) {
      throw error instanceof CloudError && error.kind === 'unauthenticated' ? refusedGood(error) : error;
    }
  }

  async #sendOnce(
    request: Parameters<Authorizer['authorize']>[0],
    headers: Readonly<Record<string, string>>,
    list: ListRequest,
    signal: AbortSignal,
  ): Promise<ReadAnswer> {
    let answer;
    try {
      answer = await send(
        { ...request, template: list.collection.path, headers: { ...request.headers, ...headers } },
        this.#transport,
        signal,
      );
    } catch (error) {
      this.#authorizer.reportResult(headers, asCloudError(error));
      throw await this.#seenFromHere(error, signal);
    }
    const read = await parseInTurn(answer.text.length, () =>
      readAnswer(answer, list.collection, Object.values(headers)),
    );
    if (read instanceof CloudError) {
      throw this.#authorizer.reportResult(headers, read) ?? read;
    }
    this.#authorizer.reportResult(headers, undefined);
    return read;
  }

  // A host that does not resolve means "not in this region" only while there is a network at all.
  async #seenFromHere(error: unknown, signal: AbortSignal): Promise<unknown> {
    const unresolved = error instanceof CloudError && error.kind === 'network' && error.failure.code === 'ENOTFOUND';
    return unresolved && (await this.#authorizer.isIamReachable(signal)) ? error.as({ kind: 'notOffered' }) : error;
  }
}

// The token is good and was still refused: what is missing is a permission, not a sign-in. The gateway says the same of a
// token that has ended and of one that was made for another region.
function refusedGood(error: CloudError): CloudError {
  const reason = phrase('The service refuses a token that is new or that IAM confirms.');
  return error.as(
    error.failure.signIn === 'expired'
      ? { kind: 'forbidden', signIn: 'otherRegion', reason }
      : { kind: 'forbidden', reason },
  );
}

function filled(
  templates: Readonly<Record<string, string>> = {},
  values: ListRequest['pathParams'],
): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, fillText(template, values)]));
}

// What an answer holds, or the error that it is, whatever its status says.
function* readAnswer(
  answer: HttpAnswer,
  collection: Collection,
  secrets: readonly string[],
): Steps<ReadAnswer | CloudError> {
  const { status, header } = answer;
  if (status < 200 || status > 299) {
    return errorOf(answer, collection.codes, secrets);
  }
  try {
    const read = { body: yield* jsonSteps(answer.text), header, length: answer.text.length };
    const expected = { content: contentOf(collection, read), own: ownFields(collection, read) };
    return errorInside(answer, read.body, expected, collection.codes, secrets) ?? read;
  } catch (error) {
    return error instanceof SyntaxError ? failed(answer, {}, {}, [], 'badAnswer') : asCloudError(error);
  }
}

function filterQuery({ collection, filter }: ListRequest): Record<string, string> {
  const declared = collection.filters.find(({ id }) => id === filter?.id);
  if (!filter || !declared) {
    return {};
  }
  return { [declared.query]: filter.text, ...(filter.exact ? declared.exact : {}) };
}
