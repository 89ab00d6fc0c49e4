import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { accepting } from '../../support/accepted';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { failureOf, Harness, minute } from '../../support/harness';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const role = { agencyName: SAMPLE.partner.agencyName, domainName: SAMPLE.partner.domain.name };

describe('where the token and password of an account may go as the user acts', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  /** The stand-in by another name: an address that nobody accepted yet. */
  let elsewhere: string;

  before(async () => {
    cloud = await startStandIn();
    elsewhere = cloud.url.replace('127.0.0.1', 'localhost');
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
  });

  const withProfile = async (): Promise<Account> => {
    const text = [
      'clouds:',
      '  own:',
      '    auth:',
      `      auth_url: ${elsewhere}`,
      `      username: ${SAMPLE.operator.name}`,
      `      password: ${SAMPLE.operator.password}`,
      `      user_domain_name: ${SAMPLE.domain.name}`,
    ].join('\n');
    const file = '/home/.config/openstack/clouds.yaml';
    harness.profilePlaces = { ...harness.profilePlaces, readFile: async (path) => (path === file ? text : undefined) };
    const signedIn = await signInWithProfile(
      accounts,
      accepting(harness.site(), cloud.url, elsewhere),
      await harness.profile(),
      yes,
      signal,
    );
    assert.ok(signedIn);
    return signedIn.account;
  };

  it('shows no token to another IAM to take on a role, until it is accepted', async () => {
    const { account } = await harness.signIn(accounts);
    await cloud.control.clearRequests();
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), iam: elsewhere } };
    const { kind, failure } = await failureOf(signInWithAgency(accounts, account.id, role, signal));
    assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    assert.deepEqual(await cloud.control.requests(), []);
    await accounts.accept(account.id, elsewhere);
    assert.ok(await signInWithAgency(accounts, account.id, role, signal));
  });

  it('sends no code and no kept password to another IAM, until it is accepted', async () => {
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now) };
    const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(accounts, harness.site(), who, 'always', signal);
    await cloud.control.clearRequests();
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), iam: elsewhere } };
    const code = passcodeOf(SAMPLE.guarded, harness.now + 30_000);
    const { kind, failure } = await failureOf(signInWithCode(accounts, account.id, { code }, undefined, signal));
    assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    assert.deepEqual(await cloud.control.requests(), []);
  });

  it('keeps a role at the IAM that the profile of its account names', async () => {
    const parent = await withProfile();
    const signedIn = await signInWithAgency(accounts, parent.id, role, signal);
    assert.ok(signedIn);
    assert.equal(accounts.site(signedIn.account)?.iam, elsewhere);
    // The site's own IAM is not where these tokens are from.
    assert.equal(accounts.site(signedIn.account)?.iam, accounts.site(parent)?.iam);
    const [, listed] = harness.accounts().all();
    assert.ok(listed);
    assert.equal(harness.accounts().site(listed)?.iam, elsewhere);
    await accounts.signOut(parent.id);
    assert.equal(accounts.site(signedIn.account)?.iam, elsewhere);
  });

  it('shows no token of a sign-in at one IAM to another, for a role that was taken on there', async () => {
    const signedIn = await signInWithAgency(accounts, (await withProfile()).id, role, signal);
    assert.ok(signedIn);
    await harness.signIn(accounts);
    harness.now += 25 * 60 * minute;
    await cloud.control.clearRequests();
    const { kind } = await failureOf(accounts.renewNow(signedIn.account.id));
    assert.equal(kind, 'unauthenticated');
    const sent = await cloud.control.requests();
    assert.ok(!sent.some(({ headers }) => headers.names.includes('x-auth-token')));
  });
});
