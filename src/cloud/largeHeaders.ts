import type { ClientRequest, RequestOptions } from 'node:http';

/** Maximum size of an answer's headers, bytes. Node's default is 16 KiB, and tokens come in a header. */
export const maxHeaderSize = 64 * 1024;

/** Room for the other headers beside one of that size, bytes. */
const otherHeaders = 1024;

interface Requesting {
  readonly request: (url: string, options: RequestOptions) => ClientRequest;
}

/**
 * Node's `http` or `https` with that limit, which node-fetch has no option for: the bundle gives node-fetch this module.
 * Looks `request` up for each request, since VS Code replaces it to support proxies.
 */
export function withLargeHeaders<T extends Requesting>(original: T): T {
  return {
    ...original,
    request: (url: string, options: RequestOptions) => {
      const request = original.request(url, { ...options, maxHeaderSize: maxHeaderSize + otherHeaders });
      // Node would drop headers after the first 2,000. Their size is limited already.
      request.maxHeadersCount = 0;
      return request;
    },
  };
}
