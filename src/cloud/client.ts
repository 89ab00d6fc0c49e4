import { orAborted } from '../base/abort';
import { phrase } from '../base/phrase';
import type { ApiResponse, Collection } from '../catalog/declaration';
import { errorInside } from './errorInSuccess';
import { CloudError, asCloudError, cancelled } from './errors';
import { send, type HttpAnswer, type Transport } from './http';
import { jsonSteps } from './json';
import { markerAfter, nextPosition, pageQuery, restOf, type Position } from './pages';
import { errorOf, failed } from './parseError';
import { parseInTurn, type Steps } from './parseInTurn';
import { fillPath, fillText } from './path';
import type { Authorizer, Purpose, RequestToAuthorize, TokenScope } from './ports';
import type { RequestPolicy } from './retryPolicy';
import { badFieldsOf, contentOf, listIn, ownFields, rowsOf, totalOf, type Row } from './rows';

/** A declared filter, by its ID, and the text to filter by. `exact`: match the whole text, if the call has a switch for it. */
export interface FilterValue {
  readonly id: string;
  readonly text: string;
  readonly exact: boolean;
}

/** A list to request, and its authorization. */
export interface ListRequest {
  readonly collection: Collection;
  /** The service's URL in the region. */
  readonly base: string;
  readonly scope: TokenScope;
  /** Values for the `{names}` of the path. */
  readonly pathParams: Readonly<Record<string, string>>;
  readonly filter?: FilterValue | undefined;
  /** Default: `click`. */
  readonly purpose?: Purpose;
}

/** One page of a list. */
export interface ListPage {
  readonly rows: readonly Row[];
  /** Number of rows in the whole list, if the answer says so. */
  readonly total?: number | undefined;
  /** Start of the next page; undefined if this is known to be the last page. */
  readonly next?: Position | undefined;
  /** True if the page has fewer rows than requested. */
  readonly partial: boolean;
  /** True if there may be further rows that no request reaches. */
  readonly truncated: boolean;
  /** First dropped row of a numbered page, and where to request it if the next page does not begin with it. */
  readonly rest?: { readonly first: Row; readonly at: Position } | undefined;
  /** Length of the answer, characters. */
  readonly length?: number;
}

/** A parsed answer. */
interface ParsedAnswer extends ApiResponse {
  /** Characters. */
  readonly length: number;
}

/** A client as the explorer uses it. */
export type ListClient = Pick<Client, 'getPage' | 'forgive'>;

/** Requests lists for one account. */
export class Client {
  readonly #authorizer: Authorizer;
  readonly #transport: Transport;
  readonly #retryPolicy: RequestPolicy;

  constructor(authorizer: Authorizer, transport: Transport, retryPolicy: RequestPolicy) {
    this.#authorizer = authorizer;
    this.#transport = transport;
    this.#retryPolicy = retryPolicy;
  }

  /**
   * Requests one page of a list.
   * @param at the start of the page; undefined for the first
   * @param wanted number of rows, which the limits of the call may change
   * @throws CloudError of any kind
   */
  async getPage(list: ListRequest, at: Position | undefined, wanted: number, signal: AbortSignal): Promise<ListPage> {
    const { collection } = list;
    const asked = pageQuery(collection.paging, at, wanted);
    if (!asked) {
      return { rows: [], partial: true, truncated: true };
    }
    const answer = await this.#get(list, { ...asked.query, ...filterQuery(list) }, signal);
    // Slice before parsing rows: a hostile answer may have millions.
    const sent = listIn(collection, answer);
    const rows = rowsOf(collection, sent.slice(asked.start, asked.end), answer.length);
    const surplus = sent.length > asked.end;
    this.#warn(collection, rows, surplus ? sent.length : undefined);
    const [last, dropped] = surplus ? rowsOf(collection, [sent.at(-1), sent[asked.end]], answer.length) : [];
    const restAt = restOf(collection.paging, at, asked.end);
    const following = nextPosition(collection.paging, at, rows.length, answer);
    const next = last && collection.paging.kind === 'marker' ? markerAfter(rows.at(-1), following, last) : following;
    const total = totalOf(collection, answer);
    const partial = sent.length < asked.fullSize && sent.length !== asked.serverCap;
    return {
      rows,
      total,
      next,
      partial,
      truncated: asked.isFarthest ? total !== undefined || !partial : surplus && next === undefined,
      rest: restAt !== undefined && dropped ? { first: dropped, at: restAt } : undefined,
      length: answer.length,
    };
  }

  /** Retries throttled sign-ins of scans: the user asked again. */
  forgive(): void {
    this.#retryPolicy.forgive();
  }

  // One line a page, however many rows it has.
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

  async #get(list: ListRequest, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ParsedAnswer> {
    const { collection, pathParams, purpose = 'click' } = list;
    const url = fillPath(list.base, collection.path, pathParams);
    for (const [name, value] of Object.entries({ ...fillAll(collection.query, pathParams), ...query })) {
      url.searchParams.set(name, value);
    }
    const headers = { accept: 'application/json', ...fillAll(collection.headers, pathParams) };
    // Authorized when it is its turn: the account may change while a request waits.
    const work = async (): Promise<ParsedAnswer> =>
      this.#authorized({ method: 'GET', url, headers, purpose }, list, signal);
    // Other requests may wait for the same token, so getting it goes on.
    return orAborted(this.#retryPolicy.run({ host: url.host, purpose }, work, signal), signal, cancelled);
  }

  async #authorized(request: RequestToAuthorize, list: ListRequest, signal: AbortSignal): Promise<ParsedAnswer> {
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
        throw renewal === 'needless' ? asForbidden(error) : error;
      }
    }
    const renewed = await this.#authorizer.authorize(request, scope, signal);
    try {
      return await this.#sendOnce(request, renewed, list, signal);
    } catch (error) {
      throw error instanceof CloudError && error.kind === 'unauthenticated' ? asForbidden(error) : error;
    }
  }

  async #sendOnce(
    request: RequestToAuthorize,
    headers: Readonly<Record<string, string>>,
    list: ListRequest,
    signal: AbortSignal,
  ): Promise<ParsedAnswer> {
    let answer;
    try {
      answer = await send(
        { ...request, template: list.collection.path, headers: { ...request.headers, ...headers } },
        this.#transport,
        signal,
      );
    } catch (error) {
      this.#authorizer.reportResult(headers, asCloudError(error));
      throw await this.#explainUnresolved(error, signal);
    }
    const parsed = await parseInTurn(answer.text.length, () =>
      parseAnswer(answer, list.collection, Object.values(headers)),
    );
    if (parsed instanceof CloudError) {
      throw this.#authorizer.reportResult(headers, parsed) ?? parsed;
    }
    this.#authorizer.reportResult(headers, undefined);
    return parsed;
  }

  // A host that does not resolve means "not in this region" only if the network works.
  async #explainUnresolved(error: unknown, signal: AbortSignal): Promise<unknown> {
    const unresolved = error instanceof CloudError && error.kind === 'network' && error.failure.code === 'ENOTFOUND';
    return unresolved && (await this.#authorizer.isIamReachable(signal)) ? error.as({ kind: 'notOffered' }) : error;
  }
}

// A valid token was refused, so a permission is missing. The gateway says "expired" of a token for another region as well.
function asForbidden(error: CloudError): CloudError {
  const reason = phrase('The service refuses a token that is new or that IAM confirms.');
  return error.as(
    error.failure.signIn === 'expired'
      ? { kind: 'forbidden', signIn: 'otherRegion', reason }
      : { kind: 'forbidden', reason },
  );
}

function fillAll(
  templates: Readonly<Record<string, string>> = {},
  values: ListRequest['pathParams'],
): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, fillText(template, values)]));
}

// The parsed answer, or its error: the status alone does not tell.
function* parseAnswer(
  answer: HttpAnswer,
  collection: Collection,
  secrets: readonly string[],
): Steps<ParsedAnswer | CloudError> {
  const { status, header } = answer;
  if (status < 200 || status > 299) {
    return errorOf(answer, collection.codes, secrets);
  }
  try {
    const parsed = { body: yield* jsonSteps(answer.text), header, length: answer.text.length };
    const expected = { content: contentOf(collection, parsed), own: ownFields(collection, parsed) };
    return errorInside(answer, parsed.body, expected, collection.codes, secrets) ?? parsed;
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
