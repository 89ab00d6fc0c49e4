// Lines are made without secrets; this is the second wall, for what an answer or an error smuggles in.
const patterns: readonly [RegExp, string][] = [
  // Anything as long and dense as a token, also URL-encoded. Request IDs have 32 or 36 characters.
  [/[A-Za-z0-9+/=_%-]{48,}/g, '[redacted]'],
  [/((?:token|secret|password|passwd|authorization|sign_key|app_key|signature)["']?\s*[:=]\s*)\S+/gi, '$1[redacted]'],
  // A raw line break would let an answer write lines of its own.
  // oxlint-disable-next-line no-control-regex
  [/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' '],
];

/** A log line without anything that looks like a secret, on one line. */
export function redact(line: string): string {
  return patterns.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
}
