import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Account } from '../../../src/accounts/account';
import { AccountAuthorizer } from '../../../src/accounts/authorizer';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { services } from '../../../src/catalog/catalog';
import { throttled } from '../../cloud/control';
import { documented } from '../../cloud/documented';
import { SAMPLE, type Project } from '../../cloud/data';
import { east, failureOf, minute, north } from '../../support/harness';
import { instantRetries } from '../../support/testClient';
import { useCloud } from '../../support/useCloud';

const wrongPassword = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;

describe('the gate of an account', function () {
  this.timeout(60_000);
  const t = useCloud();
  let account: Account;

  async function signedIn(tokenLife = 86_400): Promise<void> {
    await t.cloud.control.tokenLife(tokenLife);
    ({ account } = await t.harness.signIn(t.accounts));
    await t.cloud.control.clearRequests();
  }

  /** The requests, by a word each, in order. */
  async function asked(): Promise<string> {
    const log = await t.harness.requests();
    return log.map(({ method, path }) => (method === 'POST' ? 'token' : (path.split('/').at(-1) ?? ''))).join(' ');
  }

  it('uses the token of the account for discovery and one of its own for each project', async () => {
    await signedIn();
    await t.harness.listProjects(t.accounts, account);
    assert.equal(await asked(), 'projects');
    await t.harness.listInstances(t.accounts, account, north);
    await t.harness.listInstances(t.accounts, account, north);
    await t.harness.listInstances(t.accounts, account, east);
    await t.harness.listInstances(t.accounts, account, north);
    assert.equal(await asked(), 'projects token instances instances token instances instances');
    const used = (await t.harness.requests())
      .filter(({ method }) => method === 'GET')
      .map(({ headers }) => headers.token);
    const [inDomain, inNorth, , inEast] = used;
    assert.equal(new Set([inDomain, inNorth, inEast]).size, 3);
    assert.deepEqual(used, [inDomain, inNorth, inNorth, inEast, inNorth]);
    const stored = Object.values(t.harness.storedSecret(account)?.tokens ?? {});
    const hashes = stored.map(({ value }) => createHash('sha256').update(value).digest('hex').slice(0, 8));
    assert.deepEqual(hashes, [inDomain, inNorth, inEast]);
  });

  it('renews on the next request with under ten minutes left, and not before', async () => {
    await signedIn(3600);
    await t.harness.listInstances(t.accounts, account);
    const ends = Math.min(
      ...Object.values(t.harness.storedSecret(account)?.tokens ?? {}).map(({ expires }) => expires),
    );
    await t.cloud.control.tokenLife(86_400);
    await t.cloud.control.clearRequests();
    t.harness.now = ends - 10 * minute - 1;
    await t.harness.listInstances(t.accounts, account);
    assert.equal(await asked(), 'instances');
    t.harness.now = ends - 9 * minute;
    await t.harness.listInstances(t.accounts, account);
    await t.harness.listInstances(t.accounts, account);
    assert.equal(await asked(), 'instances token instances instances');
  });

  it('sets no timer but that of the request', async () => {
    await signedIn(3600);
    const { setTimeout: real, setInterval: repeating } = globalThis;
    const delays: unknown[] = [];
    const spy = <Set extends typeof real | typeof repeating>(set: Set): Set =>
      new Proxy(set, {
        apply(target, self, args: Parameters<Set>) {
          delays.push(args[1]);
          return Reflect.apply(target, self, args) as unknown;
        },
      });
    Object.assign(globalThis, { setTimeout: spy(real), setInterval: spy(repeating) });
    try {
      await t.harness.listInstances(t.accounts, account);
      t.harness.now += 55 * minute;
      await t.harness.listInstances(t.accounts, account);
    } finally {
      Object.assign(globalThis, { setTimeout: real, setInterval: repeating });
    }
    assert.equal(delays.filter((delay) => delay === 20_000).length, 4);
    assert.ok(
      delays.every((delay) => Number(delay) <= 20_000),
      delays.join(),
    );
  });

  it('goes on with a token that still has minutes when IAM is out of reach', async () => {
    await signedIn(3600);
    await t.harness.listInstances(t.accounts, account);
    await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: throttled });
    t.harness.now += 55 * minute;
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    t.harness.now += 6 * minute;
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'throttled');
    await t.cloud.control.clearFaults();
    await t.cloud.control.tokenLife(86_400);
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
  });

  it('asks IAM once for however many requests wait', async () => {
    await signedIn();
    const pages = await Promise.all(Array.from({ length: 20 }, () => t.harness.listInstances(t.accounts, account)));
    assert.ok(pages.every(({ total }) => total === 2));
    assert.equal((await t.harness.requests('signIns')).length, 1);
    await t.cloud.control.expire({ scope: 'project' });
    t.harness.now += 2 * minute;
    await Promise.all(Array.from({ length: 20 }, () => t.harness.listInstances(t.accounts, account)));
    assert.equal((await t.harness.requests('signIns')).length, 2);
  });

  it('does not let one waiting request that is given up take the others with it', async () => {
    await signedIn();
    const abort = new AbortController();
    const given = failureOf(t.harness.listInstances(t.accounts, account, north, abort.signal));
    const kept = t.harness.listInstances(t.accounts, account);
    abort.abort();
    assert.equal((await given).kind, 'cancelled');
    assert.equal((await kept).total, 2);
  });

  it('renews once where a service refuses the token, and the list comes', async () => {
    await signedIn();
    await t.harness.listInstances(t.accounts, account);
    await t.harness.listProjects(t.accounts, account);
    await t.cloud.control.clearRequests();
    await t.cloud.control.expire();
    t.harness.now += 2 * minute;
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    assert.equal(await asked(), 'instances token instances');
    assert.equal((await t.harness.listProjects(t.accounts, account)).rows.length, 7);
    assert.equal(await asked(), 'instances token instances projects token projects');
    assert.deepEqual(Object.keys(t.harness.storedSecret(account)?.tokens ?? {}), ['account', `project:${north.id}`]);
  });

  it('does not renew again for a refusal that comes late, of a token that was renewed meanwhile', async () => {
    await signedIn();
    const parts = {
      secretStore: t.harness.secretStore,
      transport: t.harness.transport,
      retryPolicy: instantRetries(),
      services,
      site: () => t.harness.site(),
      noSite: () => assert.fail('it has one'),
      isStillIn: () => true,
      profile: () => assert.fail('it has none'),
      parentToken: () => assert.fail('it has none'),
      attempts: {
        begin: async () => async () => undefined,
        withoutRole: () => [],
        claimRenewal: async () => true,
        renewedWell: async () => undefined,
        forgive: async () => undefined,
      },
      changed: async () => undefined,
    };
    const gate = new AccountAuthorizer(account, parts, true);
    const { signal } = new AbortController();
    const scope = { kind: 'project', projectId: north.id } as const;
    const url = new URL(`${t.cloud.url}/roma/cn-north-4/x`);
    const old = await gate.authorize({ method: 'GET', url, headers: {} }, scope, signal);
    t.harness.now += 2 * minute;
    assert.equal(await gate.renew(old, scope), 'renewed');
    const renewed = await gate.authorize({ method: 'GET', url, headers: {} }, scope, signal);
    assert.notDeepEqual(renewed, old);
    assert.equal(await gate.renew(old, scope), 'renewed');
    assert.deepEqual(await gate.authorize({ method: 'GET', url, headers: {} }, scope, signal), renewed);
    assert.equal(await asked(), 'token token');
  });

  it('takes a refusal of a token younger than a minute for a missing permission, and does not renew it', async () => {
    await signedIn();
    const fault = { kind: 'document', document: 'instances', status: 401 } as const;
    await t.cloud.control.fault({ match: '/instances', fault });
    const error = await failureOf(t.harness.listInstances(t.accounts, account));
    assert.deepEqual([error.kind, error.failure.status], ['forbidden', 401]);
    assert.match(error.failure.reason?.text ?? '', /refuses a token that is new/);
    assert.equal(await asked(), 'token instances');
    assert.equal(t.accounts.all()[0]?.refused, undefined);
    // So does a window that starts now.
    assert.equal((await failureOf(t.harness.listInstances(t.harness.accounts(), account))).kind, 'forbidden');
    assert.equal(await asked(), 'token instances instances');
  });

  describe('where a service answers 401 whatever the token', () => {
    const fault = { kind: 'document', document: 'instances', status: 401 } as const;
    // ROMA Connect is not offered in every region of the sample.
    const projects = [north, east, SAMPLE.projects[1]];
    const always401 = async (): Promise<void> => {
      await signedIn();
      for (const project of projects) {
        await t.harness.listInstances(t.accounts, account, project);
      }
      await t.cloud.control.clearRequests();
      await t.cloud.control.fault({ match: '/instances', fault });
    };
    const ask = async (project: Project, from = t.accounts): Promise<void> =>
      assert.equal((await failureOf(t.harness.listInstances(from, account, project))).kind, 'forbidden');
    const passwords = async (): Promise<number> => (await t.harness.requests('signIns')).length;

    for (const [how, minutes] of [
      ['at once', 0],
      ['with minutes between', 2],
    ] as const) {
      it(`sends the password once for forty lists ${how}`, async () => {
        await always401();
        t.harness.now += 2 * minute;
        for (let list = 0; list < 40; list += 1) {
          await ask(north);
          t.harness.now += minutes * minute;
        }
        assert.equal(await passwords(), 1);
      });
    }

    it('sends the password once for lists of every project, by hours, and knows it in every window', async () => {
      await always401();
      const windows = Array.from({ length: 6 }, () => t.harness.accounts());
      for (let list = 0; list < 40; list += 1) {
        t.harness.now += 5 * minute;
        await ask(projects[list % projects.length] ?? assert.fail());
      }
      assert.equal(await passwords(), 1);
      await Promise.all(windows.map(async (from) => ask(north, from)));
      assert.equal(await passwords(), 1);
    });

    it('sends the password once where lists of every project are refused at once, in four windows', async () => {
      await always401();
      const windows = [t.accounts, ...[1, 2, 3].map(() => t.harness.accounts())];
      t.harness.now += 2 * minute;
      await Promise.all(windows.flatMap((from) => projects.map(async (project) => ask(project, from))));
      assert.equal(await passwords(), 1);
    });

    it('asks nothing but a token again, once such a token was accepted', async () => {
      await signedIn();
      for (let renewal = 1; renewal <= 3; renewal += 1) {
        await t.harness.listInstances(t.accounts, account);
        t.harness.now += 2 * minute;
        await t.cloud.control.expire();
        await t.cloud.control.clearRequests();
        await t.harness.listInstances(t.accounts, account);
        assert.equal(await asked(), 'instances token instances');
      }
    });

    it('still renews a token that IAM calls ended, in that service or another', async () => {
      await always401();
      t.harness.now += 2 * minute;
      await ask(north);
      t.harness.now += 2 * minute;
      await ask(north);
      assert.equal(await passwords(), 1);
      await t.cloud.control.expire();
      await ask(north);
      assert.equal(await passwords(), 2);
      t.harness.now += 2 * minute;
      await t.cloud.control.expire();
      assert.equal((await t.harness.listProjects(t.accounts, account)).rows.length, 7);
      assert.equal(await passwords(), 3);
      await t.cloud.control.clearFaults();
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    });

    it('gives up soon where IAM calls ended what it has just given', async () => {
      await always401();
      const answer = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', fault: answer });
      for (let list = 0; list < 40; list += 1) {
        t.harness.now += 2 * minute;
        await ask(north);
      }
      assert.equal(await passwords(), 3);
      await t.accounts.renewNow(account.id);
      await t.cloud.control.clearFaults();
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    });

    it('keeps the password where IAM does not say whether the token has ended', async () => {
      await always401();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', fault: { kind: 'answer', status: 503 } });
      for (let list = 0; list < 40; list += 1) {
        t.harness.now += 2 * minute;
        await ask(north);
      }
      assert.equal(await passwords(), 1);
    });
  });

  it('never tries a refused password again before the user signs in', async () => {
    await signedIn();
    await t.cloud.control.expire();
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: wrongPassword });
    const changes = t.harness.changeCount;
    const errors = await Promise.all(
      Array.from({ length: 8 }, () => failureOf(t.harness.listInstances(t.accounts, account, north))),
    );
    errors.push(await failureOf(t.harness.listInstances(t.accounts, account, east)));
    errors.push(await failureOf(t.harness.listProjects(t.accounts, account)));
    assert.deepEqual([...new Set(errors.map(({ kind }) => kind))], ['unauthenticated']);
    // The password once, and the account's token, whether the password can still be good.
    assert.equal(await asked(), 'token tokens');
    assert.ok(t.harness.changeCount > changes);
    assert.equal(t.accounts.all()[0]?.refused, true);

    const restarted = t.harness.accounts();
    assert.equal(restarted.all()[0]?.refused, true);
    assert.equal((await failureOf(t.harness.listInstances(restarted, account))).kind, 'unauthenticated');
    assert.equal(await asked(), 'token tokens');

    await t.harness.signIn(restarted);
    assert.equal(restarted.all()[0]?.refused, undefined);
    assert.equal((await t.harness.listInstances(restarted, account)).total, 2);
    assert.equal(t.harness.accounts().all()[0]?.refused, undefined);
  });

  it('latches too when the refusal comes at a renewal by the clock', async () => {
    await signedIn(3600);
    await t.harness.listInstances(t.accounts, account);
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword });
    t.harness.now += 55 * minute;
    await failureOf(t.harness.listProjects(t.accounts, account));
    await failureOf(t.harness.listInstances(t.accounts, account));
    assert.equal((await t.harness.requests('signIns')).length, 2);
    assert.equal(t.accounts.all()[0]?.refused, true);
  });

  it('takes a project without a token for a missing permission while the account is good, and asks once', async () => {
    await signedIn();
    const fault = { match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword, times: 1 };
    await t.cloud.control.fault(fault);
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account, east))).kind, 'forbidden');
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account, east))).kind, 'forbidden');
    assert.equal((await t.harness.listInstances(t.accounts, account, north)).total, 2);
    assert.equal(await asked(), 'token tokens token instances');
    assert.equal(t.accounts.all()[0]?.refused, undefined);
  });

  it('latches after a few such projects, before the cloud locks the account', async () => {
    await signedIn();
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword });
    const kinds = [];
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      kinds.push((await failureOf(t.harness.listInstances(t.accounts, account, { ...north, id }))).kind);
    }
    assert.deepEqual(kinds, ['forbidden', 'forbidden', 'forbidden', ...Array(3).fill('unauthenticated')]);
    assert.equal((await t.harness.requests('signIns')).length, 4);
    assert.equal(t.accounts.all()[0]?.refused, true);
  });

  it('sends a password that is no longer right once, however many projects wait', async () => {
    await signedIn();
    await t.cloud.control.expire();
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword });
    const projects = Array.from({ length: 8 }, (_, at) => ({ ...north, id: `project-${at}` }));
    const errors = await Promise.all(
      projects.map((project) => failureOf(t.harness.listInstances(t.accounts, account, project))),
    );
    assert.deepEqual([...new Set(errors.map(({ kind }) => kind))], ['unauthenticated']);
    assert.equal((await t.harness.requests('signIns')).length, 1);
  });

  it('uses a token of a short life, or by a wrong clock, for more than one request', async () => {
    await signedIn(120);
    t.harness.now += 2 * 24 * 60 * minute;
    for (let request = 0; request < 5; request += 1) {
      await t.harness.listInstances(t.accounts, account);
    }
    assert.equal((await t.harness.requests('signIns')).length, 1);
  });

  it('does not latch on errors that are no refusal', async () => {
    await signedIn();
    for (const fault of [
      { kind: 'reset' },
      { kind: 'truncate' },
      { kind: 'answer', status: 503 },
      throttled,
    ] as const) {
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
      assert.notEqual((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    }
    assert.equal(t.accounts.all()[0]?.refused, undefined);
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
  });

  it('exchanges no more than once where an exchange cannot gain time', async () => {
    await t.cloud.control.tokenLife(3600);
    ({ account } = await t.harness.signIn(t.accounts, 'untilExpiry'));
    const again = t.harness.accounts();
    t.harness.now += 55 * minute;
    await t.cloud.control.clearRequests();
    for (let page = 0; page < 3; page += 1) {
      await t.harness.listInstances(again, account);
    }
    assert.equal(await asked(), 'token instances instances instances');
  });

  it('refuses an answer of IAM that is no token', async () => {
    await signedIn();
    const bodies: unknown[] = ['{', {}, { token: { expires_at: 'tomorrow' } }, documented('iam', 200, 1)];
    for (const body of bodies) {
      const headers = { 'x-subject-token': 'MII' };
      await t.cloud.control.fault({
        match: '/v3/auth/tokens',
        method: 'POST',
        times: 1,
        fault: { kind: 'answer', status: 201, body, headers },
      });
      assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'badAnswer');
    }
    assert.deepEqual(Object.keys(t.harness.storedSecret(account)?.tokens ?? {}), ['account']);
    assert.ok(t.harness.secretStore.entries.has(secretStoreKey(account.id)));
  });
});
