import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { Harness, minute, north } from '../../support/harness';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;

/** Requests to IAM for a token beside the sign-in itself: none in the first minute, however soon the token expires. */
describe('tokens that live under ten minutes', function () {
  this.timeout(30_000);
  const t = useCloud();
  let harness: Harness;
  let accounts: Accounts;
  beforeEach(async () => {
    await t.cloud.control.tokenLife(300);
    harness = new Harness(t.cloud);
    accounts = harness.accounts();
  });

  const signIns = async (): Promise<number> => (await harness.requests('signIns')).length;
  const withProfile = async (): Promise<Account> => {
    const auth = `auth_url: ${t.cloud.url}, username: ${SAMPLE.user}, user_domain_name: ${SAMPLE.domain.name}`;
    const text = `clouds: { demo: { auth: { ${auth}, password: "${SAMPLE.password}" } } }`;
    const readFile = async (path: string): Promise<string | undefined> =>
      path === '/home/.config/openstack/clouds.yaml' ? text : undefined;
    harness.profilePlaces = { ...harness.profilePlaces, readFile };
    const signedIn = await signInWithProfile(accounts, harness.site(), await harness.profile(), yes, signal);
    return signedIn?.account ?? assert.fail();
  };
  const withCode = async (): Promise<Account> => {
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now) };
    const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
    return (await signInWithMfa(accounts, harness.site(), who, 'always', signal)).account;
  };
  const withAgency = async (): Promise<Account> => {
    const { account } = await harness.signIn(accounts);
    const { agencyName, domain } = SAMPLE.partner;
    const role = await signInWithAgency(accounts, account.id, { agencyName, domainName: domain.name }, signal);
    await t.cloud.control.clearRequests();
    return role?.account ?? assert.fail();
  };

  for (const [way, signIn, sent, renewed] of [
    ['a password', async () => (await harness.signIn(accounts)).account, 1, 1],
    ['a password for this session', async () => (await harness.signIn(accounts, 'session')).account, 1, 1],
    ['a profile’s password', withProfile, 1, 1],
    // Its own token, and that of the account that takes it on.
    ['the role of an agency', withAgency, 0, 2],
  ] as const) {
    it(`cost no further request after a sign-in with ${way}`, async () => {
      const account = await signIn();
      await harness.listProjects(accounts, account);
      await harness.listProjects(accounts, account);
      assert.equal(await signIns(), sent);
      harness.now += 2 * minute;
      await harness.listProjects(accounts, account);
      assert.equal(await signIns(), sent + renewed);
    });
  }

  it('cost no further request in another window, nor after a restart', async () => {
    const other = harness.accounts();
    const { account } = await harness.signIn(accounts);
    other.reread();
    await harness.listProjects(other, account);
    await harness.listProjects(harness.accounts(), account);
    assert.equal(await signIns(), 1);
    await harness.signIn(accounts);
    other.reread();
    await harness.listProjects(other, account);
    assert.equal(await signIns(), 2);
  });

  it('cost no further request after a code, for the account or for a project', async () => {
    await t.cloud.control.fault({ match: '/securitytokens', fault: { kind: 'answer', status: 403 } });
    const account = await withCode();
    await t.cloud.control.clearRequests();
    await harness.listProjects(accounts, account);
    assert.equal(await signIns(), 0);
    harness.now += 2 * minute;
    const code = passcodeOf(SAMPLE.guarded, harness.now);
    await t.cloud.control.setClock(2 * minute);
    await signInWithCode(accounts, account.id, { code }, north.id, signal);
    await t.cloud.control.clearRequests();
    await harness.listInstances(accounts, account);
    await harness.listInstances(accounts, account);
    assert.equal(await signIns(), 0);
  });
});
