import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { throttled, type Fault } from '../../cloud/control';
import { inProject, tokenFor } from '../../cloud/ask';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { failureOf, minute, north } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';
import { useCloud } from '../../support/useCloud';

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
  const t = useCloud();

  /** Fails where anything that people, logs or files get to see holds a secret or a part of it, in any spelling. */
  function holdsNone(errors: readonly Error[], ...secrets: readonly string[]): void {
    const causes = errors.map((error) => ('failure' in error ? JSON.stringify(error.failure) : ''));
    const seen = [
      ...errors.flatMap((error) => [String(error), error.stack, JSON.stringify(error), inspect(error, { depth: 9 })]),
      ...causes,
      ...t.harness.logLines,
      t.harness.accountStore.text,
      JSON.stringify(t.accounts.all()),
      inspect(t.accounts, { depth: 9 }),
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
      await t.cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault });
      errors.push(await failureOf(t.harness.signIn(t.accounts, 'always', user)));
    }
    errors.push(await failureOf(t.harness.signIn(t.accounts, 'always', user)));
    assert.ok(t.harness.logLines.length >= errors.length);
    holdsNone(errors, planted);
    assert.ok(errors.every((error) => 'failure' in error));
  });

  it('are in no error and no log line when a list fails, however it fails', async () => {
    await t.cloud.control.tokenLife(3600);
    const { account } = await t.harness.signIn(t.accounts);
    await t.harness.listInstances(t.accounts, account);
    const tokens = Object.values(t.harness.storedSecret(account)?.tokens ?? {}).map(({ value }) => value);
    assert.ok(tokens.length === 2);
    const errors: Error[] = [];
    for (const fault of faults.filter((each) => each.kind !== 'answer' || each.status !== 401)) {
      await t.cloud.control.clearFaults();
      await t.cloud.control.fault({ match: '/instances', fault });
      errors.push(await failureOf(t.harness.listInstances(t.accounts, account)));
    }
    await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'answer', status: 401 } });
    t.harness.now += 55 * minute;
    errors.push(await failureOf(t.harness.listInstances(t.accounts, account)));
    assert.ok(t.accounts.all()[0]?.refused);
    holdsNone(errors, SAMPLE.password, ...tokens);
  });

  it('are in no error when a pasted token is refused or cannot even be sent', async () => {
    const token = await tokenFor(t.cloud.url, inProject(north));
    await t.cloud.control.expire();
    const errors: Error[] = [];
    for (const value of [token, `${token}\n`, `${token.slice(0, 40)}密${token.slice(40)}`]) {
      errors.push(await failureOf(t.harness.signInWithToken(t.accounts, value)));
    }
    holdsNone(errors, token);
  });

  it('are in no error of an IAM that repeats them', async () => {
    const token = await tokenFor(t.cloud.url, inProject(north));
    const errors: Error[] = [];
    for (const [secret, signIn] of [
      [planted, () => t.harness.signIn(t.accounts, 'always', { name: SAMPLE.user, password: planted })],
      [token, () => t.harness.signInWithToken(t.accounts, token)],
    ] as const) {
      for (const text of [`The secret ${secret} is wrong.`, `${'x'.repeat(490)}${secret}`]) {
        for (const body of [text, { error: { code: text, message: text } }]) {
          const fault = { kind: 'answer', status: 401, body } as const;
          await t.cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault });
          errors.push(await failureOf(signIn()));
        }
      }
    }
    assert.equal(errors.length, 8);
    holdsNone(errors, planted, token);
  });

  it('are in no text that people read', async () => {
    const error = await failureOf(t.harness.signIn(t.accounts, 'always', { name: SAMPLE.user, password: planted }));
    const text = JSON.stringify(errorDetails(error));
    assert.match(text, /The username or password is wrong/);
    assert.ok(!text.includes('word/42'));
  });

  it('are in no error after a vault that repeats them in its own', async () => {
    t.harness.secretStore.write = async (_, value) => assert.fail(`Cannot store ${value}`);
    assert.ok((await t.harness.signIn(t.accounts, 'always')).notice);
    t.harness.secretStore = new MemorySecretStore();
    const { account } = await t.harness.signIn(t.harness.accounts(), 'always');
    t.harness.secretStore.read = async () => assert.fail(`Cannot read ${SAMPLE.password}`);
    holdsNone([await failureOf(t.harness.listInstances(t.harness.accounts(), account))], SAMPLE.password);
  });
});
