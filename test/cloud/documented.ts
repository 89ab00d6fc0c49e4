import document000 from './documents/000.json' with { type: 'json' };
import document001 from './documents/001.json' with { type: 'json' };
import document002 from './documents/002.json' with { type: 'json' };
import document003 from './documents/003.json' with { type: 'json' };
import document004 from './documents/004.json' with { type: 'json' };
import iam from './documents/iam.json' with { type: 'json' };
import quotas from './documents/quotas.json' with { type: 'json' };
import roma from './documents/roma.json' with { type: 'json' };

/** One API document: its call, and its example answers and error bodies as they are printed there. */
export interface ApiDocument {
  readonly document: string;
  readonly title: string;
  readonly call: string;
  readonly answers: readonly { readonly status: number; readonly call?: string; readonly body: object }[];
}

/** The five documents of the contract, then the supporting calls. */
export const documents: readonly ApiDocument[] = [
  document000,
  document001,
  document002,
  document003,
  document004,
  iam,
  roma,
  quotas,
];

/** The `index`-th body (from 0) that a document prints for an HTTP status; throws when there is none. */
export function documented(document: string, status: number, index = 0): object {
  const found = documents.find((one) => one.document === document)?.answers.filter((one) => one.status === status);
  const body = found?.[index]?.body;
  if (body === undefined) {
    throw new Error(`Document ${document} has no answer ${index} of status ${status}`);
  }
  return body;
}

/** A body with a text exchanged, such as the parameter's name in an error message. */
export function reworded(body: object, from: string, to: string): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value.replace(from, to) : value]),
  );
}

/** The rows of the first example answer of a document, under the name of its list. */
export function exampleRows(document: string, list: string): readonly Row[] {
  const rows: readonly Row[] | undefined = Object.getOwnPropertyDescriptor(documented(document, 200), list)?.value;
  if (rows === undefined) {
    throw new Error(`Document ${document} has no list ${list}`);
  }
  return rows;
}

/** One row of a list, as it is sent. */
export type Row = Readonly<Record<string, unknown>>;
