import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Accounts } from '../../../src/accounts/accounts';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { throttled, type Fault } from '../../cloud/control';
import { inProject, tokenFor } from '../../cloud/ask';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { startStandIn, type StandIn } from '../../cloud/start';
import { failureOf, Harness, minute, north } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';

const planted = 'Plänted pass&word/42%+"Zq7';

const faults: readonly Fault[] = [
  throttled,
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'truncate', abort: true },
  { kind: 'answer', status: 302, headers: { location: 'https://elsewhere.example/' } },
  { kind: 'answer', status: 400, body: documented('iam', 400) },
  { kind: 'answer', status: 401, body: documented('iam', 401, 1) },
  { kind: 'answer', status: 403 },
  { kind: 'answer', status: 418, body: '<html><title>Blocked</title></html>', contentType: 'text/html' },
  { kind: 'answer', status: 500, body: 'failure' },
];

describe('the secrets of a sign-in', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
  });

  /** Fails where anything that people, logs or files get to see holds a secret or a part of it, in any spelling. */
  function holdsNone(errors: readonly Error[], ...secrets: readonly string[]): void {
    const causes = errors.map((error) => ('failure' in error ? JSON.stringify(error.failure) : ''));
    const seen = [
      ...errors.flatMap((error) => [String(error), error.stack, JSON.stringify(error), inspect(error, { depth: 9 })]),
      ...causes,
      ...harness.logLines,
      harness.accountStore.text,
      JSON.stringify(accounts.all()),
      inspect(accounts, { depth: 9 }),
    ].join('\n');
    for (const secret of secrets) {
      const spellings = [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(secret).toString('hex'),
      ];
      for (const spelling of spellings) {
        const [length, step] = secret.length > 100 ? [24, 8] : [8, 1];
        for (let from = 0; from + length <= spelling.length; from += step) {
          const part = spelling.slice(from, from + length);
          assert.ok(
            !seen.includes(part),
            `${part} in ${seen.slice(Math.max(0, seen.indexOf(part) - 200)).slice(0, 400)}`,
          );
        }
      }
    }
  }

  it('are in no error and no log line when a sign-in fails, however it fails', async () => {
    const errors: Error[] = [];
    const user = { name: SAMPLE.user, password: planted };
    for (const fault of faults) {
      await cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault });
      errors.push(await failureOf(harness.signIn(accounts, 'always', user)));
    }
    errors.push(await failureOf(harness.signIn(accounts, 'always', user)));
    assert.ok(harness.logLines.length >= errors.length);
    holdsNone(errors, planted);
    assert.ok(errors.every((error) => 'failure' in error));
  });

  it('are in no error and no log line when a list fails, however it fails', async () => {
    await cloud.control.tokenLife(3600);
    const { account } = await harness.signIn(accounts);
    await harness.listInstances(accounts, account);
    const tokens = Object.values(harness.storedSecret(account)?.tokens ?? {}).map(({ value }) => value);
    assert.ok(tokens.length === 2);
    const errors: Error[] = [];
    for (const fault of faults.filter((each) => each.kind !== 'answer' || each.status !== 401)) {
      await cloud.control.clearFaults();
      await cloud.control.fault({ match: '/instances', fault });
      errors.push(await failureOf(harness.listInstances(accounts, account)));
    }
    await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'answer', status: 401 } });
    harness.now += 55 * minute;
    errors.push(await failureOf(harness.listInstances(accounts, account)));
    assert.ok(accounts.all()[0]?.refused);
    holdsNone(errors, SAMPLE.password, ...tokens);
  });

  it('are in no error when a pasted token is refused or cannot even be sent', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    await cloud.control.expire();
    const errors: Error[] = [];
    for (const value of [token, `${token}\n`, `${token.slice(0, 40)}密${token.slice(40)}`]) {
      errors.push(await failureOf(harness.signInWithToken(accounts, value)));
    }
    holdsNone(errors, token);
  });

  it('are in no error of an IAM that repeats them', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const errors: Error[] = [];
    for (const [secret, signIn] of [
      [planted, () => harness.signIn(accounts, 'always', { name: SAMPLE.user, password: planted })],
      [token, () => harness.signInWithToken(accounts, token)],
    ] as const) {
      for (const text of [`The secret ${secret} is wrong.`, `${'x'.repeat(490)}${secret}`]) {
        for (const body of [text, { error: { code: text, message: text } }]) {
          const fault = { kind: 'answer', status: 401, body } as const;
          await cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault });
          errors.push(await failureOf(signIn()));
        }
      }
    }
    assert.equal(errors.length, 8);
    holdsNone(errors, planted, token);
  });

  it('are in no text that people read', async () => {
    const error = await failureOf(harness.signIn(accounts, 'always', { name: SAMPLE.user, password: planted }));
    const text = JSON.stringify(errorDetails(error));
    assert.match(text, /The username or password is wrong/);
    assert.ok(!text.includes('word/42'));
  });

  it('are in no error after a vault that repeats them in its own', async () => {
    harness.secretStore.write = async (_, value) => assert.fail(`Cannot store ${value}`);
    assert.ok((await harness.signIn(accounts, 'always')).notice);
    harness.secretStore = new MemorySecretStore();
    const { account } = await harness.signIn(harness.accounts(), 'always');
    harness.secretStore.read = async () => assert.fail(`Cannot read ${SAMPLE.password}`);
    holdsNone([await failureOf(harness.listInstances(harness.accounts(), account))], SAMPLE.password);
  });
});
