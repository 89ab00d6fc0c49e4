import type * as v from 'valibot';
import type { ExactNumber } from '../base/exactNumber';
import type { Phrase } from '../base/phrase';

/** Kind of a failed call, for the user. All rooms distinguish failures by it. */
export type ErrorKind =
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'notOffered'
  | 'throttled'
  | 'invalidRequest'
  | 'server'
  | 'network'
  | 'timeout'
  | 'badAnswer'
  | 'cancelled';

/** A service's successful answer: its parsed JSON body and its headers (names in any case). */
export interface ApiResponse {
  readonly body: unknown;
  header(name: string): string | undefined;
}

/**
 * Page sizes, in rows, as documented. `sends` is the maximum returned regardless of the requested size, if that is
 * less than `max`. Some calls take only certain sizes: `oneOf`, ascending.
 */
export type Size =
  | { readonly min: number; readonly max: number; readonly default?: number; readonly sends?: number }
  | { readonly oneOf: readonly [number, ...number[]] };

/** How a list is cut into pages. `names` are the two query parameters, start and size; default: `offset`, `page` or
 * `marker`, and `limit`. */
export type Paging =
  | { readonly kind: 'none' }
  | {
      /** The start is a count of rows. */
      readonly kind: 'offset';
      readonly size: Size;
      readonly names?: readonly [string, string];
      readonly offset: { readonly min: number; readonly max?: number; readonly default?: number };
    }
  | {
      /** The start is a page's number, `first` the number of the first page; default: 1. */
      readonly kind: 'page';
      readonly size: Size;
      readonly names?: readonly [string, string];
      readonly first?: number;
    }
  | {
      /** Each answer names the start of the next page; none, or the same again, is the end. */
      readonly kind: 'marker';
      readonly size: Size;
      readonly names?: readonly [string, string];
      next(answer: ApiResponse): string | undefined;
    };

/** One way to narrow a list on the server. */
interface Filter {
  readonly id: string;
  /** The query parameter that carries the text. */
  readonly query: string;
  readonly label: Phrase;
  readonly match: 'contains' | 'exact' | 'id';
  /** Query parameters that turn this filter's match into an exact one. */
  readonly exact?: Readonly<Record<string, string>>;
  /** Documented length of the text, in characters. */
  readonly length?: { readonly min: number; readonly max: number };
  /** The text is itself a secret: it is never stored or shown. */
  readonly secret?: true;
}

/** Display names by locale in lower case: `en-us`, `zh-cn`. Untrusted like any text of the cloud. */
export type LocalNames = Readonly<Record<string, string>>;

/** A timestamp as it came. */
type Time = string | number | ExactNumber | null | undefined;

/** One row, made ready to be shown. Texts are the cloud's own and untrusted. */
export interface Item {
  /** Missing where the row has none: such a row is marked and cannot be copied by ID. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: Phrase | string | undefined;
  /** A public key or its fingerprint, by which people look for it. */
  readonly publicKey?: string | undefined;
  /** Display names, besides the name that calls use. */
  readonly localNames?: LocalNames | undefined;
  readonly status?: { readonly label: Phrase | string; readonly tone: 'good' | 'off' | 'busy' | 'bad' } | undefined;
  /** Timestamps as they came; `parseTime` reads them. */
  readonly times?: {
    readonly created?: Time;
    readonly updated?: Time;
    readonly used?: Time;
    readonly bound?: Time;
  };
  /** Values for the paths of the lists below; `region` chooses their hosts, `project_id` their token. */
  readonly pathParams?: Readonly<Record<string, string>>;
  /** True for rows that exist for the cloud's own book-keeping and mean nothing to its users. */
  readonly hidden?: boolean;
}

/** The fields of a row, each optional: an invalid field is marked, and the row is kept. */
type RowSchema = v.LooseObjectSchema<v.ObjectEntries, undefined>;

/** Where a secret is in a row: a path with dots. `fetchedFrom`: the row lacks it; a second call returns it. */
export interface SecretField {
  readonly path: string;
  readonly fetchedFrom?: { readonly path: string; readonly field: string };
}

/** One REST list, declared. {@link collection} makes one with a typed `item`. */
export interface Collection {
  /** Part of tree IDs and settings: never changed once released. */
  readonly id: string;
  readonly label: Phrase;
  /** Completes "It would hold {0}." in the empty state. */
  readonly emptyStateText: Phrase;
  /** The page that documents it. */
  readonly docs: string;
  /** The IAM action that listing it needs, where its document names one. */
  readonly action?: string;
  /** Label of one row, in the singular. */
  readonly rowLabel: Phrase;
  /** A codicon for its rows. */
  readonly icon: string;
  /** Scope of a request's token. `region` lists belong to a user in a region and are shown once per region. */
  readonly scope: 'account' | 'region' | 'project';
  /**
   * The call's path, query and own headers; `{names}` are filled from the account and from what the rows above give.
   */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly paging: Paging;
  /** The rows in an answer: an array, a single object, or nothing. */
  rows(answer: ApiResponse): unknown;
  /** True where an answer leaves the list out, or has null in its place, if there are no rows. Elsewhere that is a bad answer. */
  readonly optionalRows?: true;
  /** The number of rows in the whole list, if the response has it. Anything but a whole number, text included, is ignored. */
  total?(answer: ApiResponse): unknown;
  readonly filters: readonly Filter[];
  readonly row: RowSchema;
  /** A row whose bad fields were left out, as an item. Must tolerate missing fields. */
  item(row: object): Item;
  /**
   * How to request one row by its ID: by a filter, or by a call whose path has an `{id}` and which answers the row itself. Without
   * it, the list is loaded until the row comes.
   */
  readonly one?: { readonly filter: string } | { readonly path: string };
  readonly secrets: readonly SecretField[];
  /** Documented error codes, and what each means. A code here outweighs the HTTP status. */
  readonly codes: Readonly<Record<string, ErrorKind>>;
  /** Lists and services below a row. */
  readonly children?: readonly ChildDeclaration[];
  /**
   * A collection that supplies display names: its row IDs match the names of these rows. Fetched once, in the background;
   * unmatched rows keep their own name.
   */
  readonly displayNamesFrom?: Collection;
  /** True where the rows stand directly below the parent, without a row for the list itself. */
  readonly inline?: true;
}

/** A child of a row of the tree. */
export type ChildDeclaration = Collection | Service;

/** One way to a service: the URL for certain regions; without `regions` the host serves all of them. */
export interface HostRule {
  /** Which site it belongs to; the two sites on one cloud (`cn`, `intl`) share the rules without one. */
  readonly site?: 'eu';
  readonly url: string;
  readonly regions?: readonly string[];
}

/** A cloud service that holds keys. */
export interface Service {
  /** Part of tree IDs, and its key in the setting `keyExplorer.sites`: never changed once released. */
  readonly id: string;
  readonly label: Phrase;
  readonly icon: string;
  readonly hosts: readonly HostRule[];
  readonly collections: readonly Collection[];
}

/** Declares a collection; `item` gets the type that `row` validates. */
export function collection<const Entries extends v.ObjectEntries>(
  declared: Omit<Collection, 'row' | 'item'> & {
    readonly row: v.LooseObjectSchema<Entries, undefined>;
    item(row: Partial<v.InferOutput<v.LooseObjectSchema<Entries, undefined>>>): Item;
  },
): Collection {
  return declared;
}

/** Whether the rows of a list are keys: nothing is below them, or they have a secret. */
export function holdsKeys({ children, secrets }: Collection): boolean {
  return !children || secrets.length > 0;
}

/** Tells a service from a collection. */
export function isService(below: ChildDeclaration): below is Service {
  return 'collections' in below;
}
