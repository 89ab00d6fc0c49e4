/** An answer that no service should give. */
export interface HostileCase {
  /** Part of the names of its figures. */
  readonly name: string;
  /** A list of the catalog, or one of those in `runner.ts`. */
  readonly list: 'signs' | 'credentials' | 'sshKeys' | 'projects' | 'numbered' | 'marked';
  /** 200 if there is none. */
  readonly status?: number;
  /** The answer to the nth request, 0 being the first. */
  readonly body: (request: number) => string;
}

/** Largest accepted answer: 16 MiB. */
const largest = 16 * 2 ** 20;

/** Parts between two texts, as many as fit into the largest answer. */
function filled(head: string, part: (index: number) => string, tail: string): string {
  const parts: string[] = [];
  let left = largest - head.length - tail.length;
  for (let index = 0; ; index += 1) {
    const next = part(index);
    left -= Buffer.byteLength(next) + 1;
    if (left < 0) {
      return `${head}${parts.join(',')}${tail}`;
    }
    parts.push(next);
  }
}

/** A text between two others, repeated up to the size of the largest answer. */
function repeated(head: string, text: string, tail: string): string {
  return head + text.repeat(Math.floor((largest - head.length - tail.length) / text.length)) + tail;
}

const signs = (part: (index: number) => string): string => filled('{"total":9000000,"signs":[', part, ']}');

/** A hundred rows that fill an answer. */
function large(part: (index: number) => string): string {
  const padding = 'x'.repeat(largest / 100 - 200);
  const rows = Array.from({ length: 100 }, (_, index) => `{${part(index)},"padding":"${padding}"}`);
  return `{"total":9000000,"signs":[${rows.join(',')}]}`;
}

/** Every kind of answer that once blocked the extension host, or might. To add one, add a line. */
export const cases: readonly HostileCase[] = [
  { name: 'numbers_as_rows', list: 'signs', body: () => signs(() => '0') },
  { name: 'empty_rows', list: 'signs', body: () => signs(() => '{}') },
  { name: 'rows_without_id', list: 'signs', body: (request) => signs((index) => `{"name":"${request} ${index}"}`) },
  { name: 'rows_that_misfit', list: 'signs', body: () => signs((index) => `{"id":${index},"name":[]}`) },
  { name: 'equal_ids', list: 'signs', body: (request) => signs((index) => `{"id":"a","name":"${request} ${index}"}`) },
  {
    name: 'equal_ids_large',
    list: 'signs',
    body: (request) => large((index) => `"id":"a","name":"${request} ${index}"`),
  },
  { name: 'equal_rows_large', list: 'signs', body: () => large((index) => `"id":"a","name":"${index % 2}"`) },
  {
    name: 'replaced_rows',
    list: 'projects',
    body: (request) =>
      filled('{"projects":[', (index) => `{"id":"${request} ${index}","name":"cn-north-4_${index}"}`, ']}'),
  },
  {
    name: 'replaced_keys',
    list: 'marked',
    body: (request) => filled('{"next":"x","rows":[', (index) => `{"id":"${request} ${index}"}`, ']}'),
  },
  {
    name: 'same_page_for_each_number',
    list: 'numbered',
    body: () => filled('{"rows":[', (index) => `{"id":"${index}"}`, ']}'),
  },
  {
    name: 'without_end',
    list: 'signs',
    body: (request) => filled('{"signs":[', (index) => `{"id":"${request} ${index}","sign_key":"x"}`, ']}'),
  },
  {
    name: 'total_without_measure',
    list: 'signs',
    body: () => `{"total":9007199254740991,"signs":[${'{},'.repeat(999)}{}]}`,
  },
  {
    name: 'long_ids',
    list: 'signs',
    body: (request) => signs((index) => `{"id":"${'x'.repeat(32_000)}${request} ${index}"}`),
  },
  {
    name: 'half_characters',
    list: 'signs',
    body: () => signs((index) => String.raw`{"id":"\ud8${(index % 256).toString(16).padStart(2, '0')}","n":${index}}`),
  },
  {
    name: 'colliding_keys',
    list: 'signs',
    body: () => signs((index) => (index % 2 ? `{"id":"a#${index}"}` : `{"id":"a","n":${index}}`)),
  },
  {
    name: 'levels_in_a_row',
    list: 'signs',
    body: () => `{"signs":[{"id":"a","deep":${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}}]}`,
  },
  {
    name: 'levels_of_rows',
    list: 'signs',
    body: () => signs((index) => `{"id":"a","deep":${'['.repeat(500)}${index}${']'.repeat(500)}}`),
  },
  {
    name: 'fields_in_a_row',
    list: 'signs',
    body: () => filled('{"signs":[{"id":"a",', (index) => `"k${index}":1`, '}]}'),
  },
  {
    name: 'values_in_a_field',
    list: 'credentials',
    body: () => filled('{"credentials":[{"id":"a","node_ids":[', () => '1', ']}]}'),
  },
  {
    name: 'texts_in_a_field',
    list: 'credentials',
    body: () => filled('{"credentials":[{"id":"a","node_ids":[', () => '""', ']}]}'),
  },
  {
    name: 'objects_in_a_field',
    list: 'signs',
    body: (request) => filled(`{"signs":[{"id":"${request}","many":[`, () => '{}', ']}]}'),
  },
  { name: 'long_name', list: 'signs', body: () => repeated('{"signs":[{"id":"a","name":"', 'long name ', '"}]}') },
  { name: 'blank_name', list: 'signs', body: () => repeated('{"signs":[{"id":"a","name":"', ' ', '"}]}') },
  {
    name: 'long_public_key',
    list: 'sshKeys',
    body: () => repeated('{"keys":[{"id":"a","key":"ssh-rsa ', 'AAAA', '"}]}'),
  },
  {
    name: 'long_time',
    list: 'signs',
    body: () => repeated('{"signs":[{"id":"a","create_time":"', '2020-01-01', '"}]}'),
  },
  {
    name: 'long_numbers',
    list: 'signs',
    body: () => filled('{"signs":[{"id":"a","numbers":[', (index) => `${index}12345678901234567890`, ']}]}'),
  },
  {
    name: 'long_number_ids',
    list: 'sshKeys',
    body: () => filled('{"keys":[', (index) => `{"id":${9223372036854775807n - BigInt(index)}}`, ']}'),
  },
  {
    name: 'long_number_at_the_end',
    list: 'signs',
    body: () => filled('{"signs":[', () => '{}', ',{"id":9223372036854775807}]}'),
  },
  { name: 'one_long_number', list: 'sshKeys', body: () => repeated('{"keys":[{"id":1', '2', '}]}') },
  {
    name: 'error_message',
    list: 'signs',
    status: 500,
    body: () => repeated('{"error_code":"APIG.9999","error_msg":"', 'failed ', '"}'),
  },
  {
    name: 'sign_in_message',
    list: 'signs',
    status: 401,
    body: () => repeated('{"error_code":"APIG.1002","error_msg":"', 'ak ', '"}'),
  },
  {
    name: 'error_page',
    list: 'signs',
    status: 502,
    body: () => repeated('<html><body>', '<script><p>', '</body></html>'),
  },
  {
    name: 'error_inside',
    list: 'signs',
    body: () => repeated('{"error":{"code":"CH.004403","message":"', 'no ', '"},"status":"failed"}'),
  },
  { name: 'errors_inside', list: 'signs', body: () => filled('{"error":[', () => 'null', ']}') },
  { name: 'broken_json', list: 'signs', body: () => signs(() => '{"id":"a"}').slice(0, -1) },
  { name: 'blanks', list: 'signs', body: () => repeated('{"signs":[', ' ', ']}') },
];
