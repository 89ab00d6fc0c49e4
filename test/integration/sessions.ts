import assert from 'node:assert/strict';
import {
  CancellationError,
  authentication,
  type AuthenticationProviderAuthenticationSessionsChangeEvent,
} from 'vscode';
import type { Account, Remember } from '../../src/accounts/account';
import { Accounts } from '../../src/accounts/accounts';
import { sessionLabel } from '../../src/accounts/sessionLabel';
import { readSites } from '../../src/accounts/sites';
import { services } from '../../src/catalog/catalog';
import { pause } from '../../src/base/abort';
import { RetryPolicy } from '../../src/cloud/retryPolicy';
import { AccountFile } from '../../src/platform/accountFile';
import { secretStoreIn } from '../../src/platform/storage';
import { Sessions, providerId, registerSessions } from '../../src/authentication/authenticationProvider';
import { allAccepted } from '../support/accepted';
import { StandInControl, sampleSite } from '../cloud/control';
import { withPasswordOf } from '../host/otherWindow';
import type { Product } from '../soak/product';
import { given } from './given';
import { borrowed } from './parts';
import { signInWithPassword } from '../../src/accounts/methods/password';
import { signInWithKeys } from '../../src/accounts/methods/accessKey';

export function sessions(product: Product): void {
  describe('the accounts as other extensions see them', () => {
    const { cloud, sample } = given();
    const control = new StandInControl(cloud);
    const site = readSites({ demo: sampleSite(cloud) }).sites.get('demo');
    const never = new AbortController().signal;
    const [north, , singapore] = sample.projects;
    const of = (projectId: string): readonly string[] => [`project:${projectId}`];

    const ignore = (): void => undefined;
    const quiet = { info: ignore, warn: ignore };

    let accounts: Accounts;
    let provider: Sessions;
    let events: AuthenticationProviderAuthenticationSessionsChangeEvent[];
    /** How often the vault was read: each account is one entry. */
    let vaultReads: number;
    let chosen: Account | undefined;
    let signsOut: boolean;
    let signedIn: Account | undefined;
    let again: (Account | undefined)[];

    /** A window: its accounts, and what other extensions see of them. */
    async function openWindow(): Promise<{ readonly accounts: Accounts; readonly provider: Sessions }> {
      const { secrets, globalStorageUri } = await borrowed();
      const vault = secretStoreIn(secrets);
      const sites = readSites({ demo: sampleSite(cloud) });
      const its = new Accounts({
        store: new AccountFile(globalStorageUri.fsPath, quiet),
        secretStore: {
          ...vault,
          read: async (key) => {
            vaultReads += 1;
            return vault.read(key);
          },
        },
        transport: { timeout: () => 10_000, log: quiet, clock: Date.now },
        services,
        sites: () => sites,
        readProfile: async () => assert.fail('no profile'),
        retryPolicy: () => new RetryPolicy({ clock: Date.now, pause, random: Math.random, waiting: ignore }),
      });
      const shown = new Sessions({
        accounts: its,
        projects: async () => [north, singapore],
        choose: async (among) => among.find(({ id }) => id === chosen?.id),
        signIn: async (account) => {
          again.push(account);
          return signedIn;
        },
        signOut: async ({ id }) => (signsOut ? its.signOut(id) : undefined),
      });
      its.onDidChange(() => shown.accountsChanged());
      return { accounts: its, provider: shown };
    }

    async function build(): Promise<void> {
      vaultReads = 0;
      ({ accounts, provider } = await openWindow());
      events = [];
      provider.onDidChangeSessions((event) => events.push(event));
    }

    async function signIn(
      user: { name: string; password: string } = sample.operator,
      remember: Remember = 'always',
    ): Promise<Account> {
      assert.ok(site);
      const who = { accountName: sample.domain.name, userName: user.name, password: user.password };
      const { account } = await signInWithPassword(accounts, allAccepted(site), who, remember, never);
      return account;
    }

    const namesIn = (label = ''): string => label.split(' / ').slice(0, -1).join(' / ');
    /** How many sessions each event had, as added, removed and changed. */
    const counts = (): number[][] =>
      events.map(({ added, removed, changed }) => [added, removed, changed].map((list) => list?.length ?? 0));

    beforeEach(async () => {
      await control.reset();
      chosen = undefined;
      signedIn = undefined;
      signsOut = true;
      again = [];
      await build();
    });

    afterEach(async () => {
      for (const { id } of accounts.all()) {
        // Each writes the list that the one before it wrote.
        await accounts.signOut(id);
      }
    });

    it('are a session each without scopes, without reading a secret or asking the cloud', async () => {
      const account = await signIn();
      await signIn(sample.auditor);
      await build();
      await control.clearRequests();
      for (const scopes of [undefined, []]) {
        const found = await provider.getSessions(scopes, {});
        assert.deepEqual(
          found.map(({ account: { label }, accessToken, scopes: has }) => [namesIn(label), accessToken, has]),
          [
            ['demo-operator / key-explorer-demo / demo', '', []],
            ['demo-auditor / key-explorer-demo / demo', '', []],
          ],
        );
      }
      const [own] = await provider.getSessions(undefined, { account: { id: account.id, label: 'any' } });
      assert.equal(own?.id, account.id);
      assert.deepEqual([vaultReads, await control.requests()], [0, []]);
    });

    it('come and go and change with one event each, and no more', async () => {
      const account = await signIn();
      await signIn(sample.auditor);
      assert.deepEqual(counts(), [
        [1, 0, 0],
        [1, 0, 0],
      ]);
      await accounts.change(account.id, { label: 'mine' });
      await signIn();
      assert.equal(events.length, 2, 'nothing of it is news to others');
      await accounts.change(account.id, { refused: true });
      assert.deepEqual(counts().slice(2), [[0, 0, 1]]);
      await accounts.signOut(account.id);
      assert.deepEqual(counts().slice(3), [[0, 1, 0]]);
      assert.equal(events[3]?.removed?.[0]?.id, account.id);
    });

    it('give the token of a project only where it was asked for openly, and never another secret', async () => {
      const account = await signIn();
      await control.clearRequests();
      assert.deepEqual(await provider.getSessions(of(north.id), {}), []);
      assert.deepEqual(await control.requests(), []);
      const session = await provider.createSession(of(north.id), {});
      const answer = await fetch(`${cloud}/v3/auth/tokens`, {
        headers: { 'x-auth-token': session.accessToken, 'x-subject-token': session.accessToken },
      });
      const { token }: { token: { project?: { id: string } } } = JSON.parse(await answer.text());
      assert.equal(token.project?.id, north.id);
      assert.deepEqual([session.scopes, session.account.id], [of(north.id), account.id]);
      assert.ok(!JSON.stringify([session, events, provider]).includes(sample.password));
      assert.ok(!JSON.stringify(events).includes(session.accessToken));
      assert.deepEqual(accounts.granted(account), [north.id]);
      assert.deepEqual(await provider.getSessions(of(north.id), {}), [session]);
      assert.deepEqual(await provider.getSessions(of(singapore.id), {}), []);
      await provider.createSession(of(north.id), {});
      assert.deepEqual(counts().slice(1), [
        [1, 0, 0],
        [0, 0, 1],
      ]);
    });

    it('still do after a restart, until the account signs out', async () => {
      const account = await signIn();
      await provider.createSession(of(north.id), {});
      await build();
      assert.equal((await provider.getSessions(of(north.id), {})).length, 1);
      await accounts.signOut(account.id);
      assert.deepEqual(counts(), [[0, 2, 0]]);
      await signIn();
      assert.deepEqual(await provider.getSessions(of(north.id), {}), []);
    });

    it('leave no trace of an account for this session only', async () => {
      const { id } = await signIn(sample.operator, 'session');
      await provider.createSession(of(north.id), {});
      assert.equal((await provider.getSessions(of(north.id), {})).length, 1);
      const other = await openWindow();
      assert.deepEqual(await other.provider.getSessions(of(north.id), {}), []);
      const list = new AccountFile((await borrowed()).globalStorageUri.fsPath, quiet).read();
      assert.ok(!JSON.stringify(list ?? '').includes(id));
    });

    it('give no token in any window once one revoked it, and none that was on its way', async () => {
      const account = await signIn();
      const other = await openWindow();
      const seen: AuthenticationProviderAuthenticationSessionsChangeEvent[] = [];
      other.provider.onDidChangeSessions((event) => seen.push(event));
      const { id } = await other.provider.createSession(of(north.id), {});
      await other.provider.createSession(of(singapore.id), {});
      assert.equal((await provider.getSessions(of(north.id), {})).length, 1);
      await accounts.renewNow(account.id);
      await control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 500 }, times: 1 });
      const late = provider.getSessions(of(north.id), {});
      await other.provider.removeSession(id);
      assert.deepEqual(await late, []);
      assert.deepEqual(await provider.getSessions(of(north.id), {}), []);
      assert.deepEqual(counts().at(-1), [0, 1, 0]);
      // Later writes of this window do not bring it back.
      await accounts.revoke(account, 'another');
      await provider.createSession(of(singapore.id), {});
      await signIn();
      for (const each of [provider, other.provider, (await openWindow()).provider]) {
        assert.deepEqual(await each.getSessions(of(north.id), {}), []);
        assert.equal((await each.getSessions(of(singapore.id), {})).length, 1);
      }
      assert.deepEqual(
        seen.flatMap(({ removed = [] }) => removed.map(({ id: removedId }) => removedId)),
        [id],
      );
    });

    it('ask which account is meant where there are several, and take the one that VS Code names', async () => {
      const first = await signIn();
      const second = await signIn(sample.auditor);
      await assert.rejects(provider.createSession(of(north.id), {}), CancellationError);
      chosen = second;
      assert.equal((await provider.createSession(of(north.id), {})).account.id, second.id);
      const named = { account: { id: first.id, label: sessionLabel(first) } };
      assert.equal((await provider.createSession(of(north.id), named)).account.id, first.id);
      const gone = { account: { id: 'gone', label: 'gone' } };
      await assert.rejects(provider.createSession(of(north.id), gone), /gone is not signed in/);
    });

    it('never ask IAM for a project that the account does not have: wrong ones count like wrong passwords', async () => {
      await signIn();
      await control.clearRequests();
      await assert.rejects(provider.createSession(of('bogus'), {}), /demo-operator has no project bogus/);
      assert.deepEqual(await control.requests(), []);
    });

    it('refuse in words where requests are signed, and where the cloud refuses', async () => {
      assert.ok(site);
      await signInWithKeys(accounts, allAccepted(site), sample.operator.key, 'session', async () => true, never);
      await assert.rejects(provider.createSession(of(north.id), {}), /An account with access keys has no token/);
      const [keys] = await provider.getSessions(undefined, {});
      assert.ok(keys);
      await assert.rejects(provider.createSession(of(north.id), keys), /An account with access keys has no token/);
      await signIn(sample.auditor);
      await control.fault({
        match: '/v3/auth/tokens',
        method: 'POST',
        fault: { kind: 'answer', status: 403, body: { error: { code: 403, message: 'planted' } } },
      });
      await assert.rejects(provider.createSession(of(north.id), {}), (error: Error) => {
        assert.match(error.message, /^IAM gives this user no token for the project/);
        return true;
      });
    });

    it('know one scope, and say so', async () => {
      await signIn();
      for (const scopes of [['read'], ['project:'], ['project:a', 'project:b'], ['project:../x']]) {
        await assert.rejects(provider.getSessions(scopes, {}), /Key Explorer knows one scope/);
        await assert.rejects(provider.createSession(scopes, {}), /Key Explorer knows one scope/);
      }
    });

    it('without a scope, sign in as a person does: a new account, or again the account that VS Code names', async () => {
      await assert.rejects(provider.createSession([], {}), CancellationError);
      const account = await signIn();
      signedIn = account;
      assert.deepEqual((await provider.createSession([], {})).account.id, account.id);
      await provider.createSession([], { account: { id: account.id, label: '' } });
      assert.deepEqual(again, [undefined, undefined, account]);
    });

    it('sign out by their session, unless their user thinks better of it', async () => {
      const { id } = await signIn();
      const { id: granted } = await provider.createSession(of(north.id), {});
      await provider.removeSession(granted);
      assert.deepEqual([accounts.all().length, counts().at(-1)], [1, [0, 1, 0]]);
      assert.deepEqual(await provider.getSessions(of(north.id), {}), []);
      signsOut = false;
      await assert.rejects(provider.removeSession(id), CancellationError);
      signsOut = true;
      await provider.removeSession(id);
      assert.deepEqual([accounts.all(), counts().at(-1)], [[], [0, 1, 0]]);
      await provider.removeSession(id);
    });

    it('are in VS Code’s own list, which asks for consent before it gives a session away', async () => {
      await product.signIn(cloud, withPasswordOf(sample));
      const [account, ...others] = await authentication.getAccounts(providerId);
      assert.deepEqual([namesIn(account?.label), others], ['demo-operator / key-explorer-demo / demo', []]);
      await control.clearRequests();
      assert.equal(await authentication.getSession(providerId, of(north.id), { silent: true }), undefined);
      assert.deepEqual(await control.requests(), []);
      await assert.rejects(
        async () => authentication.getSession(providerId, ['read'], { silent: true }),
        /Key Explorer knows one scope/,
      );
    });

    it('stay away where another extension has the ID, and that is all', async () => {
      const lines: string[] = [];
      const log = { info: () => undefined, warn: (line: string) => lines.push(line) };
      registerSessions(provider, log);
      assert.equal((await authentication.getAccounts(providerId)).length, 1, 'those of the first, who has one');
      registerSessions(provider, log, () => {
        throw new Error('taken');
      }).dispose();
      assert.deepEqual(lines, [`The authentication provider ${providerId} could not be registered.`]);
    });
  });
}
