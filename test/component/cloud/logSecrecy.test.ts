import assert from 'node:assert/strict';
import { collectionOf } from '../../support/collections';
import { type LocalServer, serve } from '../../support/localServer';
import { errorFrom, pageOf, testClient } from '../../support/testClient';

const planted = 'Zq7-planted';

describe('the log of a request', () => {
  let server: LocalServer | undefined;
  afterEach(async () => server?.close());

  const linesOf = async (
    body: unknown,
    {
      status = 200,
      headers = {},
      list = 'signs',
    }: { status?: number; headers?: Record<string, string>; list?: string },
  ): Promise<readonly string[]> => {
    server = await serve((_, response) => response.writeHead(status, headers).end(JSON.stringify(body)));
    const asking = testClient();
    const address = {
      collection: collectionOf(list),
      base: server.url,
      scope: { kind: 'account' },
      pathParams: { project_id: planted, instance_id: planted },
    } as const;
    const work = pageOf(asking, address);
    // The log gets the message of an error.
    const message = status === 200 ? (await work, '') : (await errorFrom(work)).message;
    await server.close();
    return [...asking.lines, message];
  };

  it('has only the kind, status and well-formed code of an error', async () => {
    for (const code of [
      planted,
      `secret ${planted}`,
      `APIGW.0301 ${planted}`,
      `APIGW.0301\n${planted}`,
      `.${planted}`,
    ]) {
      const body = { error_code: code, error_msg: planted, request_id: planted, [planted]: planted };
      const lines = await linesOf(body, { status: 400, headers: { 'x-request-id': `secret ${planted}` } });
      assert.ok(!lines.join('\n').includes(planted), lines.join('\n'));
    }
    const redirect = { status: 302, headers: { location: `https://${planted}.example/${planted}` } };
    assert.ok(!(await linesOf({}, redirect)).join('\n').toLowerCase().includes(planted.toLowerCase()));
    for (const code of ['APIGW.0301', 'BCS.03400001', 'IAM_0001', 'InvalidParameter', '400', 'DEV.CB.0220003']) {
      assert.match((await linesOf({ error_code: code }, { status: 400 })).at(-1) ?? '', new RegExp(`${code}$`));
    }
  });

  it('has only the names of documented fields of rows', async () => {
    for (const [list, body, fields] of [
      ['regions', { regions: [{ id: 'a', locales: { [planted]: 7, [`x.${planted}`]: 7 } }] }, ['locales']],
      ['signs', { signs: [{ id: 'a', name: { [planted]: planted }, [planted]: planted }, planted] }, ['name', '*']],
    ] as const) {
      const lines = await linesOf(body, { list });
      assert.ok(!lines.join('\n').includes(planted), lines.join('\n'));
      const warning = lines.filter((line) => line.includes('document')).join('\n');
      assert.deepEqual(
        fields.filter((field) => !warning.includes(field)),
        [],
      );
    }
  });
});
