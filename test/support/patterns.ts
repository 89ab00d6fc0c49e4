import { readFileSync } from 'node:fs';
import { Visitor, parseSync, type Expression } from 'oxc-parser';
import { sourcesIn } from './sources';

/** A regular expression of the sources. `at`: its file and line. */
export interface FoundPattern {
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions of the sources: literals, and the places where a pattern is made at run time. */
export interface Found {
  readonly literals: readonly FoundPattern[];
  /** Files. */
  readonly made: readonly string[];
}

/** Methods that take a text for a pattern. */
const takesText = new Set(['match', 'matchAll', 'search']);

/** Every regular expression below a folder. */
export function patternsIn(folder: string): Found {
  const found = sourcesIn(folder).map((file) => patternsOf(file.replaceAll('\\', '/'), readFileSync(file, 'utf8')));
  return { literals: found.flatMap(({ literals }) => literals), made: found.flatMap(({ made }) => made) };
}

/** The regular expressions of one source text. */
export function patternsOf(file: string, text: string): Found {
  const literals: FoundPattern[] = [];
  const made: string[] = [];
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) {
    throw new Error(`${file} cannot be parsed`);
  }
  const note = (
    callee: Expression,
    argument: { readonly type: string; readonly value?: unknown } | undefined,
  ): void => {
    const isName = callee.type === 'Identifier' && callee.name === 'RegExp';
    const isMethod =
      callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      takesText.has(callee.property.name);
    const isText = argument?.type === 'TemplateLiteral' || typeof argument?.value === 'string';
    if (isName || (isMethod && isText)) {
      made.push(file);
    }
  };
  new Visitor({
    Literal: (node) => {
      if ('regex' in node) {
        const line = text.slice(0, node.start).split('\n').length;
        literals.push({ at: `${file}:${line}`, source: node.regex.pattern, flags: node.regex.flags });
      }
    },
    NewExpression: (node) => note(node.callee, node.arguments[0]),
    CallExpression: (node) => note(node.callee, node.arguments[0]),
  }).visit(program);
  return { literals, made };
}
