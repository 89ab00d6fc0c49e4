import type { Alteration } from './control';

/** An answer that holds a list, taken apart. */
interface Listed {
  readonly body: Readonly<Record<string, unknown>>;
  /** The name under which the rows stand. */
  readonly name: string;
  readonly rows: readonly object[];
}

const levels = 100_000;
const nest = `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** Values in place of rows that are no rows. */
const odd = [{ id: {}, name: [] }, 7, 'row', []];
/** A text that no row holds. */
const mark = '\u{10FFFF}';

const how: Readonly<Record<Alteration, (listed: Listed) => string | Uint8Array<ArrayBuffer>>> = {
  alone: ({ rows }) => JSON.stringify(rows),
  text: (listed) => withRows(listed, 'none'),
  null: (listed) => withRows(listed, null),
  none: (listed) => withRows(listed, []),
  oneNull: (listed) => secondRow(listed, () => null),
  odd: (listed) =>
    withRows(
      listed,
      listed.rows.map((row, at) => (at === 0 ? row : odd[at % odd.length])),
    ),
  wrongTypes: ({ body, name, rows }) => JSON.stringify({ ...mistaken(body), [name]: rows.map(mistaken) }),
  twice: (listed) => secondRow(listed, (first) => first),
  twins: (listed) => secondRow(listed, (first) => ({ ...first, name: 'twin', remark: 'twin' })),
  polluting: (listed) => JSON.stringify(listed.body, (_, value: unknown) => polluting(value)),
  nested: () => nest,
  nestedField: ({ body, name, rows: [first, ...others] }) =>
    JSON.stringify({ ...body, [name]: [{ ...first, nested: mark }, ...others] }).replace(`"${mark}"`, nest),
  invalidUtf8: (listed) => {
    const bytes = new Uint8Array(Buffer.from(withRows(listed, listed.rows).replace(/"\w*name":"/, `$&${mark}`)));
    // The byte that only the mark begins with.
    return bytes.map((byte) => (byte === 0xf4 ? 0xff : byte));
  },
  byteOrderMark: ({ body }) => `\uFEFF${JSON.stringify(body)}`,
};

/** An answer with its rows, or all of it, changed; one without a list stays as it is. */
export function altered(text: string, alteration: Alteration): string | Uint8Array<ArrayBuffer> {
  const listed = listedIn(text);
  return listed ? how[alteration](listed) : text;
}

/** An answer in which every number beside the rows is this; none where it is undefined. */
export function counting(text: string, total: unknown): string {
  const body: unknown = JSON.parse(text);
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(Object(body)).map(([name, value]) => [name, typeof value === 'number' ? total : value]),
    ),
  );
}

function listedIn(text: string): Listed | undefined {
  const body: Listed['body'] = JSON.parse(text);
  const [name, rows] = Object.entries(body).find(([, value]) => Array.isArray(value)) ?? [];
  return name !== undefined && Array.isArray(rows) ? { body, name, rows } : undefined;
}

function withRows({ body, name }: Listed, rows: unknown): string {
  return JSON.stringify({ ...body, [name]: rows });
}

function secondRow(listed: Listed, make: (first: object) => unknown): string {
  const [first, second, ...others] = listed.rows;
  return withRows(listed, first && second ? [first, make(first), ...others] : listed.rows);
}

/** Every field of a type that no field has. */
function mistaken(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { value }]));
}

const pollution = { polluted: true, id: 'polluted', name: 'polluted' };

/** An object with the keys that lead to what all objects share. */
function polluting(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'polluted' in value) {
    return value;
  }
  const keys: object = JSON.parse(
    JSON.stringify({ PROTO: pollution, constructor: { polluted: true, prototype: pollution } }).replace(
      'PROTO',
      '__proto__',
    ),
  );
  return Object.defineProperties({ ...value }, Object.getOwnPropertyDescriptors(keys));
}
