import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Node } from '../../../src/explorer/nodes';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { Harness } from '../../support/harness';
import { explorerFor } from '../../support/tree';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';

/** The calls of IAM that sign in; everything else is read. */
const signInCalls = ['/v3/auth/tokens', '/v3.0/OS-CREDENTIAL/securitytokens'];

describe('reading only', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
  });

  it('sends GET requests and the POST requests that sign in, whatever is opened and however an account signs in', async () => {
    const accounts = harness.accounts();
    const { signal } = new AbortController();
    const { operator, guarded, domain } = SAMPLE;
    await harness.signIn(accounts);
    await signInWithKeys(accounts, harness.site(), SAMPLE.auditor.key, 'session', async () => true, signal);
    const passcode = { userId: guarded.id, code: passcodeOf(guarded, harness.now) };
    const owner = { accountName: domain.name, userName: guarded.name, password: guarded.password, passcode };
    await signInWithMfa(accounts, harness.site(), owner, 'session', signal);
    assert.equal(accounts.all().length, 3, operator.name);

    const { explorer } = explorerFor(harness, accounts, { pageSize: 500 });
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

    const requests = await cloud.control.requests();
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
