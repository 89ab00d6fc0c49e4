import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { accepting } from '../../support/accepted';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { failureOf, minute } from '../../support/harness';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const role = { agencyName: SAMPLE.partner.agencyName, domainName: SAMPLE.partner.domain.name };

describe('where the token and password of an account may go as the user acts', function () {
  this.timeout(30_000);
  const t = useCloud();
  /** The stand-in by another name: an address that nobody accepted yet. */
  let elsewhere: string;

  before(async () => {
    elsewhere = t.cloud.url.replace('127.0.0.1', 'localhost');
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
    t.harness.profilePlaces = {
      ...t.harness.profilePlaces,
      readFile: async (path) => (path === file ? text : undefined),
    };
    const signedIn = await signInWithProfile(
      t.accounts,
      accepting(t.harness.site(), t.cloud.url, elsewhere),
      await t.harness.profile(),
      yes,
      signal,
    );
    assert.ok(signedIn);
    return signedIn.account;
  };

  it('shows no token to another IAM to take on a role, until it is accepted', async () => {
    const { account } = await t.harness.signIn(t.accounts);
    await t.cloud.control.clearRequests();
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), iam: elsewhere } };
    const { kind, failure } = await failureOf(signInWithAgency(t.accounts, account.id, role, signal));
    assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    assert.deepEqual(await t.cloud.control.requests(), []);
    await t.accounts.accept(account.id, elsewhere);
    assert.ok(await signInWithAgency(t.accounts, account.id, role, signal));
  });

  it('sends no code and no kept password to another IAM, until it is accepted', async () => {
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, t.harness.now) };
    const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(t.accounts, t.harness.site(), who, 'always', signal);
    await t.cloud.control.clearRequests();
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), iam: elsewhere } };
    const code = passcodeOf(SAMPLE.guarded, t.harness.now + 30_000);
    const { kind, failure } = await failureOf(signInWithCode(t.accounts, account.id, { code }, undefined, signal));
    assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    assert.deepEqual(await t.cloud.control.requests(), []);
  });

  it('keeps a role at the IAM that the profile of its account names', async () => {
    const parent = await withProfile();
    const signedIn = await signInWithAgency(t.accounts, parent.id, role, signal);
    assert.ok(signedIn);
    assert.equal(t.accounts.site(signedIn.account)?.iam, elsewhere);
    // The site's own IAM is not where these tokens are from.
    assert.equal(t.accounts.site(signedIn.account)?.iam, t.accounts.site(parent)?.iam);
    const [, listed] = t.harness.accounts().all();
    assert.ok(listed);
    assert.equal(t.harness.accounts().site(listed)?.iam, elsewhere);
    await t.accounts.signOut(parent.id);
    assert.equal(t.accounts.site(signedIn.account)?.iam, elsewhere);
  });

  it('shows no token of a sign-in at one IAM to another, for a role that was taken on there', async () => {
    const signedIn = await signInWithAgency(t.accounts, (await withProfile()).id, role, signal);
    assert.ok(signedIn);
    await t.harness.signIn(t.accounts);
    t.harness.now += 25 * 60 * minute;
    await t.cloud.control.clearRequests();
    const { kind } = await failureOf(t.accounts.renewNow(signedIn.account.id));
    assert.equal(kind, 'unauthenticated');
    const sent = await t.cloud.control.requests();
    assert.ok(!sent.some(({ headers }) => headers.names.includes('x-auth-token')));
  });
});
