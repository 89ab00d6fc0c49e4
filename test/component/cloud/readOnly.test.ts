import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Node } from '../../../src/explorer/nodes';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { explorerFor } from '../../support/tree';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { useCloud } from '../../support/useCloud';

/** The calls of IAM that sign in; everything else is read. */
const signInCalls = ['/v3/auth/tokens', '/v3.0/OS-CREDENTIAL/securitytokens'];

describe('reading only', function () {
  this.timeout(60_000);
  const t = useCloud();

  it('sends GET requests and the POST requests that sign in, whatever is opened and however an account signs in', async () => {
    const accounts = t.harness.accounts();
    const { signal } = new AbortController();
    const { operator, guarded, domain } = SAMPLE;
    await t.harness.signIn(accounts);
    await signInWithKeys(accounts, t.harness.site(), SAMPLE.auditor.key, 'session', async () => true, signal);
    const passcode = { userId: guarded.id, code: passcodeOf(guarded, t.harness.now) };
    const owner = { accountName: domain.name, userName: guarded.name, password: guarded.password, passcode };
    await signInWithMfa(accounts, t.harness.site(), owner, 'session', signal);
    assert.equal(accounts.all().length, 3, operator.name);

    const { explorer } = explorerFor(t.harness, accounts, { pageSize: 500 });
    const opened = async (node: Node): Promise<number> => {
      const children = await explorer.children(node);
      const below = await Promise.all(children.map(opened));
      return below.reduce((sum, count) => sum + count, 1);
    };
    const rows = await Promise.all(explorer.roots().map(opened));
    assert.ok(
      rows.every((count) => count > 50),
      String(rows),
    );

    const requests = await t.cloud.control.requests();
    const posts = requests.filter(({ method }) => method !== 'GET');
    assert.ok(requests.length > 100 && posts.length >= 3);
    assert.deepEqual(
      posts.filter((request) => request.method !== 'POST' || !signInCalls.includes(request.path)),
      [],
    );
  });
});

describe('telemetry', () => {
  it('uses no interface for telemetry', () => {
    const root = path.resolve(__dirname, '../../../src');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 50);
    assert.deepEqual(
      files.filter((name) => /telemetry|appinsights/i.test(readFileSync(path.join(root, name), 'utf8'))),
      [],
    );
  });
});
