import { createHash, createHmac } from 'node:crypto';

// The algorithm SDK-HMAC-SHA256, as Huawei Cloud's "API Request Signing Guide" describes it and its SDKs have it
// (huaweicloud-sdk-go-v3, core/auth/signer/signer.go).

/** An access key and its secret; `securityToken` where they are temporary. */
export interface AccessKeys {
  readonly access: string;
  readonly secret: string;
  readonly securityToken?: string;
}

/** A request before it is signed: its URL, headers and body are what will be sent. */
export interface Signable {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The scope of a signature: a project for a service of a region, a domain for a global one such as IAM, or neither. */
export interface SigningScope {
  readonly projectId?: string;
  readonly domainId?: string;
}

/**
 * The headers that sign a request, to be added to its own. A signature is good for 15 minutes around `now`, which is in
 * milliseconds since 1970.
 */
export function signedHeaders(
  request: Signable,
  keys: AccessKeys,
  place: SigningScope,
  now: number,
): Record<string, string> {
  const added = {
    // Sent as it is signed: with an agent that knows no default port, Node.js would add one.
    host: request.url.host,
    'x-sdk-date': new Date(now).toISOString().replace(/[-:]|\.\d+/g, ''),
    ...(place.projectId === undefined ? {} : { 'x-project-id': place.projectId }),
    ...(place.domainId === undefined ? {} : { 'x-domain-id': place.domainId }),
    ...(keys.securityToken === undefined ? {} : { 'x-security-token': keys.securityToken }),
  };
  // As the SDK for Go: neither a content type nor a name with an underscore is signed, which proxies rewrite or drop.
  const own = Object.entries(request.headers).filter(([name]) => !/^content-type|_/i.test(name));
  const signed = { ...Object.fromEntries(own), ...added };
  return { ...added, authorization: authorization({ ...request, headers: signed }, keys, added['x-sdk-date']) };
}

/** The `Authorization` header for a request, all of whose headers are signed; `date` is its `X-Sdk-Date`. */
export function authorization(request: Signable, { access, secret }: AccessKeys, date: string): string {
  const headers = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .toSorted(byNameAndValue);
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    canonicalPath(request.url),
    canonicalQuery(request.url),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body ?? ''),
  ].join('\n');
  const text = ['SDK-HMAC-SHA256', date, sha256(canonical)].join('\n');
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names}, Signature=${signature}`;
}

// Always ends with a slash, whatever is sent.
function canonicalPath({ pathname }: URL): string {
  const path = pathname
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

// From the decoded names and values: a blank is sent as `+` and signed as `%20`.
function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .toSorted(byNameAndValue)
    .map((pair) => pair.map(encode).join('='))
    .join('&');
}

function byNameAndValue(a: readonly [string, string], b: readonly [string, string]): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

// All but letters, digits and -_.~ is encoded; encodeURIComponent leaves five more.
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A percent sign that encodes nothing, from a site's own address.
    return segment;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
