import { FAILSAFE_SCHEMA, YAMLException, load, mergeTag, nullCoreTag, realMapTag } from 'js-yaml';
import { phrase, type Phrase } from '../../base/phrase';
import { memberOf } from './candidate';
import { FileRefused } from './files';

/**
 * Only texts, lists, maps, nulls and merge keys: a password stays as it was written (`0123` is no number), no tag makes
 * anything else, and files that use one are refused. Maps are Maps, in which no name is special.
 */
const schema = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag, realMapTag);

/** More than any file of a person has; less than what makes a parser slow. */
const limits = { maxDepth: 20, maxAliases: 100, maxTotalMergeKeys: 1000 };

/**
 * How much of a file that cannot be read as a whole is read again: clouds, and characters around them, which each cloud is read
 * with since it may refer to them.
 */
const mostClouds = 200;
const longestContext = 16_384;

/** The clouds of a file. */
export interface CloudsFile {
  /** Clouds by name; a cloud that is no map is left out. */
  readonly clouds: ReadonlyMap<unknown, unknown>;
  /** Why a cloud cannot be read, by its name. */
  readonly unreadable: ReadonlyMap<string, Phrase>;
  /** Parts that cannot be understood. */
  readonly problems: readonly Phrase[];
}

/** Some lines of a file, and the number of the first, which is 0 for the first of the file. */
interface Lines {
  readonly from: number;
  readonly lines: readonly string[];
}

/**
 * The clouds of a file. Where it cannot be read as a whole, each is read by itself: what cannot be understood hides its own cloud.
 * @param key what they stand below: `clouds`, or `public-clouds` in a file of vendor profiles
 * @throws FileRefused where the file as a whole is of no use
 */
export function cloudsIn(text: string, key: string): CloudsFile {
  let clouds: unknown;
  try {
    clouds = memberOf(load(text, { schema, ...limits }), key);
  } catch (error) {
    const recovered = oneByOne(text, key);
    if (recovered) {
      return recovered;
    }
    throw new FileRefused(lineOf(error) ?? phrase('The file is not valid YAML.'));
  }
  if (!(clouds instanceof Map)) {
    throw new FileRefused(phrase('The file has no profiles in a known form.'));
  }
  return { clouds, unreadable: new Map(), problems: [] };
}

function oneByOne(text: string, key: string): CloudsFile | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  const heads = lines.flatMap((line, at) =>
    /^["']?([\w-]+)["']?[ \t]*:[ \t]*(?:#.*)?$/.exec(line)?.[1] === key ? [at] : [],
  );
  const [head, another] = heads;
  if (head === undefined || another !== undefined) {
    return undefined;
  }
  const end = lines.findIndex((line, at) => at > head && /^[^\s#]/.test(line));
  const inside = { from: head + 1, lines: lines.slice(head + 1, end === -1 ? lines.length : end) };
  const blocks = blocksIn(inside);
  if (blocks.length === 0 || blocks.length > mostClouds) {
    return undefined;
  }
  const clouds = new Map<unknown, unknown>();
  const unreadable = new Map<string, Phrase>();
  const problems: Phrase[] = [];
  // Clouds refer to anchors before them.
  let context = '';
  for (const part of [
    { from: 0, lines: lines.slice(0, head) },
    { from: head + 1 + inside.lines.length, lines: lines.slice(head + 1 + inside.lines.length) },
  ]) {
    const isEmpty = part.lines.every((line) => /^\s*(?:#.*)?$/.test(line));
    const reason = isEmpty ? undefined : attempt(part, '').reason;
    problems.push(...(reason ? [reason] : []));
    context = part.from === 0 && !reason ? `${part.lines.join('\n')}\n` : context;
  }
  context = `${context.length > longestContext ? '' : context}${key}:\n`;
  for (const { name, ...block } of blocks) {
    const { reason, value } = attempt(block, context);
    const read = memberOf(value, key);
    if (name === undefined) {
      problems.push(wrongLine(block.from));
    } else if (clouds.has(name) || unreadable.has(name)) {
      clouds.delete(name);
      unreadable.set(name, phrase('The section {0} comes twice.', name));
    } else if (reason || !(read instanceof Map) || !read.has(name)) {
      unreadable.set(name, reason ?? wrongLine(block.from));
    } else {
      clouds.set(name, read.get(name));
      const more = `${block.lines.join('\n')}\n`;
      context += /[&]\w/.test(more) && context.length + more.length <= longestContext ? more : '';
    }
  }
  return { clouds, unreadable, problems };
}

/** The lines of each cloud; without a name where the line that begins it cannot be understood. */
function blocksIn({ from, lines }: Lines): readonly (Lines & { readonly name: string | undefined })[] {
  const blocks: { from: number; lines: string[]; name: string | undefined }[] = [];
  let indent: number | undefined;
  for (const [at, line] of lines.entries()) {
    const [spaces = ''] = /^ */.exec(line) ?? [];
    const content = line.slice(spaces.length);
    const isEmpty = content === '' || content.startsWith('#');
    indent ??= isEmpty ? undefined : spaces.length;
    if (!isEmpty && indent !== undefined && spaces.length <= indent && !content.startsWith('\t')) {
      const [, double, single, bare] =
        /^(?:"([^"\\]+)"[ \t]*|'([^']+)'[ \t]*|([\w.][\w .-]*)):(?:\s|$)/.exec(content) ?? [];
      const name = spaces.length === indent ? (double ?? single ?? bare?.trimEnd()) : undefined;
      blocks.push({ from: from + at, lines: [line], name });
    } else {
      blocks.at(-1)?.lines.push(line);
    }
  }
  return blocks;
}

function attempt({ from, lines }: Lines, context: string): { readonly value?: unknown; readonly reason?: Phrase } {
  try {
    return { value: load(context + lines.join('\n'), { schema, ...limits }) };
  } catch (error) {
    return { reason: lineOf(error, from - (context.split('\n').length - 1)) ?? wrongLine(from) };
  }
}

// The message quotes the file; only the line is said.
function lineOf(error: unknown, more = 0): Phrase | undefined {
  const line = error instanceof YAMLException ? error.mark?.line : undefined;
  return line === undefined ? undefined : wrongLine(line + more);
}

/** @param line 0 for the first of the file */
function wrongLine(line: number): Phrase {
  return phrase('Line {0} of the file cannot be understood.', line + 1);
}
