import type { ClientRequest, RequestOptions } from 'node:http';

/** Headers of an answer that are larger than this are refused: 64 KiB. Node's own limit is 16 KiB. */
export const largestHeaders = 64 * 1024;

/** For the other headers beside one of that size: bytes. */
const otherHeaders = 1024;

interface Requesting {
  readonly request: (url: string, options: RequestOptions) => ClientRequest;
}

/**
 * Node's `http` or `https` with that limit, which node-fetch does not pass on: the bundle gives it this one. The function is
 * looked up for each request, as an editor replaces it by one that knows its proxy.
 */
export function withLargeHeaders<T extends Requesting>(original: T): T {
  return {
    ...original,
    request: (url: string, options: RequestOptions) => {
      const request = original.request(url, { ...options, maxHeaderSize: largestHeaders + otherHeaders });
      // Node drops all headers behind the first 2,000; their size is limited already.
      request.maxHeadersCount = 0;
      return request;
    },
  };
}
