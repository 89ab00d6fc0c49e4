import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of a list, as it is sent. */
export type Row = Readonly<Record<string, unknown>>;

/** An example answer or an error body, as it is printed. */
export interface DocumentedAnswer {
  readonly status: number;
  readonly call?: string;
  readonly body: object;
  /** The parameter that the error is about, and its value where the body prints one. Its printed name or value is an example. */
  readonly about?: { readonly parameter: string; readonly text?: string };
  /** The kind of the error, if it differs from that of its status. */
  readonly kind?: 'forbidden';
}

/** One page of API documentation. */
export interface ApiDocument {
  readonly document: string;
  readonly title: string;
  /** Method, path and query. */
  readonly call: string;
  readonly answers: readonly DocumentedAnswer[];
}

/** A parameter. `min` and `max` are the range of a number, or of the length of a text. */
export interface Parameter {
  readonly in?: 'path';
  readonly type: 'String' | 'Integer' | 'Long';
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
  /** The effect of a negative offset, if it is not refused. */
  readonly negative?: 'counts as 0';
  /** `document.field`: the values are those of a field of the rows of another list. */
  readonly of?: string;
}

/** One way to narrow the list. `exact`: the parameters that turn the match into an exact one. */
export interface DocumentedFilter {
  readonly parameter: string;
  readonly field: string;
  readonly match: 'contains' | 'exact' | 'id';
  readonly exact?: Readonly<Record<string, string>>;
}

/** The meaning of a field for the person who reads the row. */
export type Meaning = 'id' | 'name' | 'description' | 'publicKey' | 'status' | 'created' | 'updated' | 'used' | 'bound';

/** A field of a row; the name of a nested one is a path with dots, in which `*` is each element of an array. */
export interface Field {
  readonly type: 'String' | 'Integer' | 'Boolean' | 'Object' | 'Array of strings' | 'Array of objects';
  /** A second type that answers are known to have. */
  readonly accepts?: 'String' | 'Integer';
  readonly is?: readonly Meaning[];
  /** The text around the value. */
  readonly as?: string;
  readonly secret?: true;
  readonly values?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
  /** Templates of made-up values, in turn, or a single one; see `rows.ts`. Without it, the type determines the values. */
  readonly sample?: unknown;
  /** The document whose rows it counts. */
  readonly counts?: string;
}

/** A list, as its page documents it, and how much of it the stand-in has. */
export interface ListDocument extends ApiDocument {
  readonly source: { readonly page: string; readonly sure: string };
  /** The fuller page about the same call. */
  readonly editionOf?: string;
  readonly service: string;
  /** In one list of each service. `inferred`: no document has this host. */
  readonly hosts?: readonly {
    readonly site?: 'eu';
    readonly url: string;
    readonly regions: readonly string[];
    readonly sure?: 'inferred';
  }[];
  readonly scope: 'account' | 'region' | 'project';
  /** The IAM action that the call needs. */
  readonly action?: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** `start` and `size` name parameters. */
  readonly paging:
    { readonly kind: 'none' } | { readonly kind: 'offset'; readonly start: string; readonly size: string };
  readonly filters: readonly DocumentedFilter[];
  /** The fields of the body. `maxItems`: how many rows an answer has at most. */
  readonly answer: Readonly<
    Record<
      string,
      {
        readonly is?: 'rows' | 'total' | 'size';
        readonly type: string;
        readonly max?: number;
        readonly maxItems?: number;
      }
    >
  >;
  readonly fields: Readonly<Record<string, Field>>;
  /**
   * How many rows the sample has. `rows`: by project or region, the examples in the first of them, and the amount of the
   * options in `sized`; or, of a list below rows, of the first row of the first list. `others`: below the other rows, in turn.
   * `restricted`: the second sample user may not read it.
   */
  readonly sample?: {
    readonly rows: number | Readonly<Record<string, number>>;
    readonly sized?: string;
    readonly others?: readonly number[];
    readonly restricted?: true;
  };
}

// Bundles that hold this file are two folders deep as well.
const folder = join(__dirname, '../../test/cloud/documents');

/** Every document. */
export const documents: readonly ApiDocument[] = readdirSync(folder)
  .toSorted()
  .map((file): ApiDocument => JSON.parse(readFileSync(join(folder, file), 'utf8')));

function isList(document: ApiDocument): document is ListDocument {
  return 'fields' in document;
}

/** The documents about lists. */
export const lists: readonly ListDocument[] = documents.filter(isList);

/** The lists that services serve: one document a call. IAM answers its own calls. */
export const served: readonly ListDocument[] = lists.filter((one) => !one.editionOf && one.service !== 'iam');

/** The IDs of the services that have lists. */
export const serviceIds: readonly string[] = [...new Set(served.map(({ service }) => service))];

/** The document about a list. */
export function listNamed(document: string): ListDocument {
  const found = lists.find((one) => one.document === document);
  if (!found) {
    throw new Error(`No document ${document} about a list`);
  }
  return found;
}

/** The regions in which the hosts of a service are. */
export function regionsOf(service: string): readonly string[] {
  return served.flatMap((one) => (one.service === service ? (one.hosts ?? []) : [])).flatMap(({ regions }) => regions);
}

/** The name under which an answer has its rows, its total, or the number of its rows. */
export function answerField({ answer }: ListDocument, is: 'rows' | 'total' | 'size'): string | undefined {
  return Object.keys(answer).find((name) => answer[name]?.is === is);
}

/** The field that is the ID of a row, or has another meaning. */
export function fieldFor({ fields }: ListDocument, meaning: Meaning): string | undefined {
  return Object.keys(fields).find((name) => fields[name]?.is?.includes(meaning));
}

/** The `index`-th body (from 0) that a document prints for an HTTP status. Throws if there is none. */
export function documented(document: string, status: number, index = 0): object {
  const found = documents.find((one) => one.document === document)?.answers.filter((one) => one.status === status);
  const body = found?.[index]?.body;
  if (body === undefined) {
    throw new Error(`Document ${document} has no answer ${index} of status ${status}`);
  }
  return body;
}

/** The kind of an error: its own, or the one of its status. */
export function kindOf({ status, kind }: DocumentedAnswer): string {
  const kinds: Readonly<Record<number, string>> = {
    400: 'invalidRequest',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'notFound',
    500: 'server',
  };
  return kind ?? kinds[status] ?? 'none';
}

/** The error bodies that a document prints. */
export function errorsIn({ answers }: ApiDocument): readonly DocumentedAnswer[] {
  return answers.filter(({ status }) => status >= 400);
}

/** The rows of the first example answer of a document. */
export function exampleRows(document: string): readonly Row[] {
  const rows = answerField(listNamed(document), 'rows') ?? '';
  return Object.getOwnPropertyDescriptor(documented(document, 200), rows)?.value ?? [];
}
