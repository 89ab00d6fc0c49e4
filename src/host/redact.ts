// Lines are made without secrets; this is the second wall, for what an answer or an error smuggles in.
const patterns: readonly [RegExp, string][] = [
  // Anything as long and dense as a token, also URL-encoded. Request IDs have 32 or 36 characters.
  [/[A-Za-z0-9+/=_%-]{48,}/g, '[redacted]'],
  // What stands behind a name that means a secret: a quoted text, also within JSON within JSON, else a word.
  [
    /((?:token|secret|passw(?:or)?d|authorization|sign_key|app_key|signature)\\?["']?\s*[:=]\s*)(?:\\"(?:[^"\\]|\\[^"])*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(?:bearer|basic)\s+\S+|\S+)/gi,
    '$1[redacted]',
  ],
  // A raw line break would let an answer write lines of its own; others change how a line reads.
  [/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' '],
];

/** A log line without anything that looks like a secret, on one line. */
export function redact(line: string): string {
  return patterns.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
}
