import { withoutSlashes } from './path';

/** No address of a service is longer: characters. */
const longestAddress = 2048;

/** The longest name that the DNS has, and the longest label of one: characters. */
const longestHost = 253;
const longestLabel = 63;

/** A word that no address holds by itself; it stands any normalising in the place of `{region}`. */
export const regionWord = 'keyexplorerregionplace';

/**
 * A text as an address, as `URL.parse` of newer versions of Node gives it. `URL.canParse` of Node 20 refuses letters outside of
 * ASCII once it was called often enough to be compiled.
 * @returns undefined if it is none
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * The host of an address, complete, in punycode and with its port, exactly as a request goes to it.
 * @returns `?` if the text is no address
 */
export function hostOf(address: string): string {
  return parseUrl(address)?.host ?? '?';
}

/** True for the three names of this machine that VS Code never sends to a proxy: plain HTTP is for them only. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

/**
 * An address as requests are sent to it: HTTPS, or plain HTTP to this machine, with a host and a path and nothing else.
 * `{region}` may stand in it, but not at the end of the host, since the names of projects would choose whose host it is.
 * @returns undefined if it is none
 */
export function plainAddress(text: string): string | undefined {
  const filled = text.length > longestAddress ? '' : text.replaceAll('{region}', regionWord);
  const url = parseUrl(filled);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) {
    return undefined;
  }
  // A parsed URL does not show a user, a query or a fragment that is empty.
  const [authority = ''] = filled
    .replace(/[\0-\x20]/g, '')
    .replace(/^https?:[/\\]*/i, '')
    .split(/[/\\]/, 1);
  return authority.includes('@') || /[?#]/.test(filled) || !isHost(url.hostname)
    ? undefined
    : withoutSlashes(url.origin + url.pathname).replaceAll(regionWord, '{region}');
}

// A URL's host may hold commas, quotation marks and brackets, which no name of a host does.
function isHost(hostname: string): boolean {
  if (/^\[[0-9a-f:]+\]$/.test(hostname)) {
    return true;
  }
  const labels = hostname.replace(/\.$/, '').split('.');
  return (
    hostname.replaceAll(regionWord, '').length <= longestHost &&
    labels.every((label) => /^[\w-]+$/.test(label) && label.replaceAll(regionWord, '').length <= longestLabel) &&
    !labels.at(-1)?.includes(regionWord)
  );
}
