import { withoutSlashes } from './path';

/** Maximum length of a service's address, characters. */
const maxAddress = 2048;

/** Maximum lengths of a DNS name and of its labels, characters. */
const maxHost = 253;
const maxLabel = 63;

/** Replaces `{region}` while an address is parsed. No real address holds it, and normalization does not change it. */
export const regionWord = 'keyexplorerregionplace';

/**
 * Parses a URL, as `URL.parse` of newer Node versions does. Not with `URL.canParse`: in Node 20 it refuses non-ASCII letters
 * once it is optimized.
 * @returns undefined if the text is not a URL
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * The host of an address in punycode, with its port, as requests use it.
 * @returns `?` if the text is not a URL
 */
export function hostOf(address: string): string {
  return parseUrl(address)?.host ?? '?';
}

/** Whether a URL has one of the three loopback names that VS Code never sends to a proxy. Plain HTTP is for them only. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

/**
 * Normalizes the address of a service: HTTPS, or plain HTTP to loopback, with a host and a path only. It may hold `{region}`,
 * but not at the end of the host: a project's name could then choose the domain.
 * @returns undefined if the text is not such an address
 */
export function plainAddress(text: string): string | undefined {
  const filled = text.length > maxAddress ? '' : text.replaceAll('{region}', regionWord);
  const url = parseUrl(filled);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) {
    return undefined;
  }
  // A parsed URL hides an empty user, query or fragment.
  const [authority = ''] = filled
    .replace(/[\0-\x20]/g, '')
    .replace(/^https?:[/\\]*/i, '')
    .split(/[/\\]/, 1);
  return authority.includes('@') || /[?#]/.test(filled) || !isHost(url.hostname)
    ? undefined
    : withoutSlashes(url.origin + url.pathname).replaceAll(regionWord, '{region}');
}

// A URL's host may hold commas, quotation marks and brackets. A host name may not.
function isHost(hostname: string): boolean {
  if (/^\[[0-9a-f:]+\]$/.test(hostname)) {
    return true;
  }
  const labels = hostname.replace(/\.$/, '').split('.');
  return (
    hostname.replaceAll(regionWord, '').length <= maxHost &&
    labels.every((label) => /^[\w-]+$/.test(label) && label.replaceAll(regionWord, '').length <= maxLabel) &&
    !labels.at(-1)?.includes(regionWord)
  );
}
