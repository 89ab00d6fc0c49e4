import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient';
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse';
import { SAMPLE } from '../../cloud/data';
import type { Walk } from './walker';

/** Gets the same pages through the request path of the cloud's own SDK, as its service packages do. */
export function sdk(pages: string, paths: readonly string[]): Walk {
  const { access, secret } = SAMPLE.operator.key;
  const [project] = SAMPLE.projects;
  // Like its ClientBuilder, which needs a package that the SDK does not depend on.
  const client = new HcClient(new DefaultHttpClient({}, [pages]))
    .withCredential(new BasicCredentials().withAk(access).withSk(secret).withProjectId(project.id))
    .withEndpoints([pages]);
  return async (upTo) => {
    const rows: unknown[] = [];
    for (const path of paths) {
      const { pathname, searchParams } = new URL(path, pages);
      const { signs } = await client.sendRequest<SdkResponse & { signs: unknown[] }>({
        method: 'GET',
        url: pathname,
        contentType: 'application/json',
        queryParams: Object.fromEntries(searchParams),
        pathParams: {},
        headers: {},
        data: {},
      });
      rows.push(...signs.slice(rows.length > 0 ? 1 : 0));
      if (rows.length >= upTo) {
        break;
      }
    }
    return rows.length;
  };
}
