// User info is the user and password in an address (RFC 3986, section 3.2.1). Values of the cloud and texts for the log need
// different rules: the first must stay readable, the second must be safe.

/** `keeps`: the parts of the match before and after the mask. */
interface UserInfoPattern {
  readonly pattern: RegExp;
  readonly keeps: (...groups: readonly string[]) => readonly [string, string];
}

/** Exact patterns, for values that the user reads: the rest of the text stays. */
export const userInfoPatterns: readonly UserInfoPattern[] = [
  // The last `@` before the path ends it.
  { pattern: /(\/\/)[^\s/?#"'<>]*@/g, keeps: (_, slashes = '') => [slashes, '@'] },
  // A password that was not percent-encoded may hold a slash. A port is not a password.
  {
    pattern: /(\/\/)[^\s/?#:@"'<>]{0,128}:(?!\d{1,5}(?:[/?#\s]|$))[^\s"'<>]{1,512}@/g,
    keeps: (_, slashes = '') => [slashes, '@'],
  },
  {
    pattern: /(jdbc:oracle:\w{1,8}:[^\s/@]{1,64}\/)[^\s@]{1,128}@/g,
    keeps: (_, user = '') => [user, '@'],
  },
  {
    // Without a scheme, as database addresses are written; not `mailto:` or the digest of an image.
    pattern:
      /(?<![\w./:-])(?!(?:mailto|e-?mail|mail|sips?|xmpp|acct|urn|tel|contacts?|owners?|authors?|from|to|cc|bcc|name|by|npm):)([\w.-]{1,64}:)[^\s/@"'<>]{1,256}@(?=[\w[])(?!sha\d)/gi,
    keeps: (_, user = '') => [user, '@'],
  },
];

/** `@`, also percent-encoded once or more, full-width, or as an entity. */
const userInfoEnd = /@|%(?:25)*40|[\uff20\ufe6b]|&#(?:64|x40);|\\u0040/gi;

/** Signs of the first word of an address, or of a user with a password. */
const addressPart = /:\S|\/\/|%(?:25)*(?:3a|2f)/i;

/** A host after user info that cannot be the rest of a password. */
const host =
  /^(?:[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?|[\w-]+:\d{1,5}|\[[\da-f:.]+\](?::\d{1,5})?|localhost)(?![^\s/?#"'\])},;])/i;

/**
 * Removes user info thoroughly, for the log and error messages: everything from the first word that may begin an address to
 * the last sign that may end user info, since a password may hold any character.
 */
export function withoutUserInfo(text: string): string {
  let end: RegExpMatchArray | undefined;
  for (const match of text.matchAll(userInfoEnd)) {
    end = match;
  }
  if (end?.index === undefined) {
    return text;
  }
  const before = text.slice(0, end.index);
  const marker = before.search(addressPart);
  let start = marker < 0 ? before.length : marker;
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) {
    start -= 1;
  }
  const [word = ''] = /^\S*/.exec(text.slice(end.index + end[0].length)) ?? [];
  const [shown = ''] = host.exec(word) ?? [];
  return `${text.slice(0, start)}…@${shown}${text.slice(end.index + end[0].length + word.length)}`;
}
