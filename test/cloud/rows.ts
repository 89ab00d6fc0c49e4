import type { Field, ListDocument, Row } from './documented';
import type { Random } from './random';

/** Ingredients of a row, besides its document. */
export interface RowContext {
  readonly random: Random;
  /** Its place among the rows that are made. */
  readonly index: number;
  /** The values of the path: IDs of a project and of rows above. */
  readonly path?: Readonly<Record<string, string>>;
  /** The row above. */
  readonly parent?: Row;
  /** How many rows a list below this row has, by the list's document. */
  readonly count?: (document: string) => number;
}

const words = {
  team: ['支付', '订单', '物流', '会员', 'billing', 'gateway', 'reports', 'mobile', 'Überwachung', 'partner'],
  stage: ['生产', '测试', '预发布', 'prod', 'test', 'staging'],
  role: ['deploy', 'build', 'release', 'backup', '运维', '研发'],
  device: ['laptop', 'workstation', '办公电脑', 'build-server', 'ci', '备用电脑'],
} as const;
const day = 86_400_000;

/** One row, made up from the types and samples of its document's fields. */
export function makeRow({ fields }: ListDocument, context: RowContext): Row {
  const created = context.random.moment();
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !name.includes('.'))
      .map(([name, field]) => [name, valueOf(field, context, created)]),
  );
}

function valueOf(field: Field, context: RowContext, created: number): unknown {
  const { random, index, count } = context;
  if (field.counts !== undefined) {
    return count?.(field.counts) ?? 0;
  }
  if (field.sample !== undefined) {
    const sample: unknown = Array.isArray(field.sample) ? field.sample[index % field.sample.length] : field.sample;
    return filled(sample, context, created);
  }
  if (field.values) {
    return random.pick(field.values);
  }
  switch (field.type) {
    case 'Integer':
      return random.integer(field.min ?? 0, field.max ?? 12);
    case 'Boolean':
      return random.integer(0, 1) === 1;
    case 'Object':
      return {};
    case 'Array of strings':
    case 'Array of objects':
      return [];
    case 'String':
      return filled(templateFor(field), context, created);
  }
}

function templateFor({ is = [], secret }: Field): string {
  return secret || is.includes('id')
    ? '{hex 32}'
    : is.includes('created')
      ? '{created Z}'
      : is.includes('updated') || is.includes('used') || is.includes('bound')
        ? '{later Z}'
        : '{team}_{number}';
}

/** A sample whose texts have their `{words}` filled in. */
function filled(sample: unknown, context: RowContext, created: number): unknown {
  if (typeof sample === 'string') {
    return sample.replace(/\{(\w+) ?([^}]*)\}/g, (_, word: string, rest: string) =>
      wordFor(word, rest.split(' '), context, created),
    );
  }
  if (Array.isArray(sample)) {
    return sample.map((one) => filled(one, context, created));
  }
  return typeof sample === 'object' && sample !== null
    ? Object.fromEntries(Object.entries(sample).map(([name, one]) => [name, filled(one, context, created)]))
    : sample;
}

function wordFor(word: string, [first = '', second = '0']: string[], context: RowContext, created: number): string {
  const { random, index, path, parent } = context;
  switch (word) {
    case 'team':
    case 'stage':
    case 'role':
    case 'device':
      return random.pick<string>(words[word]);
    case 'number':
      return String(index + 1).padStart(4, '0');
    case 'uuid':
      return random.uuid();
    case 'hex':
      return random.hex(Number(first));
    case 'int':
      return String(random.integer(Number(first), Number(second)));
    case 'base64':
      return Buffer.from(first + random.hex(2 * Number(second)), 'hex').toString('base64');
    case 'path':
      return path?.[first] ?? '';
    case 'parent':
      return text(parent?.[first]);
    case 'day':
      return new Date(created).toISOString().slice(0, 10);
    case 'created':
      return written(created, first, Number(second), random);
    case 'later':
      return written(created + random.integer(0, 300 * day), first, Number(second), random);
    default:
      throw new Error(`No word {${word}} in samples`);
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A time in UTC (`Z`) or Beijing time (`+08:00`), with this number of digits after the second. */
function written(moment: number, zone: string, digits: number, random: Random): string {
  const local = new Date(moment + (zone === 'Z' ? 0 : day / 3)).toISOString().slice(0, 19);
  return local + (digits === 0 ? '' : `.${random.hex(digits).replaceAll(/[a-f]/g, '7')}`) + zone;
}
