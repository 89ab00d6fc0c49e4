import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { accountId } from '../../../src/accounts/accountId';
import { sessionLabel } from '../../../src/accounts/sessionLabel';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { Harness } from '../../support/harness';
import { useCloud } from '../../support/useCloud';

const ids = { user: '7116d09f88fa41908676fdd4b039e95b', domain: 'd78cbac186b744899480f25bd022f468' };

function account(
  names: { readonly user: string; readonly domain: string },
  { user, domain } = ids,
  site = 'cn',
): Account {
  return {
    id: accountId(site, domain, user),
    site,
    generation: '1',
    user: { id: user, name: names.user },
    domain: { id: domain, name: names.domain },
    signIn: 'password',
    remember: 'always',
    accepted: [],
  };
}

/** VS Code remembers by an account's label which extensions may use it. */
describe('the label of an account for other extensions', () => {
  const alice = { user: 'alice', domain: 'acme' };

  it('has the names, the site, and a part of both IDs', () => {
    assert.match(sessionLabel(account(alice)), /^alice \/ acme \/ cn \/ 7116d09f\.d78cbac1\.[\w-]{16}$/);
  });

  it('is of one account only, whatever the names, however alike the IDs', () => {
    const [last] = sessionLabel(account(alice)).split(' / ').slice(-1);
    const all = [
      account(alice),
      account(alice, { ...ids, user: `${ids.user.slice(0, -1)}c` }),
      account(alice, { ...ids, domain: `${ids.domain.slice(0, -1)}9` }),
      account(alice, { user: ids.domain, domain: ids.user }),
      account(alice, { user: '', domain: '' }),
      account(alice, { user: '', domain: ids.user }),
      account(alice, { user: 'a'.repeat(100), domain: 'b' }),
      account(alice, { user: 'a'.repeat(101), domain: 'b' }),
      account(alice, ids, 'eu'),
      account({ user: sessionLabel(account(alice)), domain: '' }, { ...ids, user: 'u' }),
      account({ user: 'alice', domain: `acme / cn / ${last}` }, { ...ids, user: 'u' }),
      account({ user: 'alice / acme', domain: 'cn' }, { ...ids, user: 'v' }),
      account({ user: 'alice', domain: 'acme' }, { user: '7116d09f', domain: 'd78cbac1' }),
      account({ user: 'alice', domain: 'acme' }, { user: `7116d09f.d78cbac1.${last}`, domain: 'x' }),
      account({ user: 'a\u202elice', domain: 'acme' }, { ...ids, user: 'w' }),
      account({ user: 'alice\ud800', domain: 'acme' }, { ...ids, user: 'x' }),
      account({ user: 'x'.repeat(1000), domain: 'acme' }, { ...ids, user: 'y' }),
      account({ user: 'x'.repeat(1001), domain: 'acme' }, { ...ids, user: 'z' }),
    ];
    assert.equal(new Set(all.map(sessionLabel)).size, all.length);
    assert.ok(all.every((one) => sessionLabel(one).length < 400));
  });

  it('spells out what could pass for something else', () => {
    const label = sessionLabel(account({ user: '研发\u202e$(x)', domain: 'b/c' }));
    assert.ok(label.startsWith('研发\\u202e\\u0024\\u0028x\\u0029 / b\\u002fc / cn / '), label);
  });

  it('does not have the name that the user gave the account', () => {
    assert.equal(sessionLabel({ ...account(alice), label: 'mine' }), sessionLabel(account(alice)));
  });

  describe('after the user was renamed', () => {
    const t = useCloud();

    for (const remember of ['always', 'session'] as const) {
      it(`is what it was (${remember})`, async () => {
        await t.cloud.control.reset();
        const harness = new Harness(t.cloud);
        const accounts = harness.accounts();
        const signIn = async (name: string): Promise<string> => {
          const { token }: { token: { user: object } } = JSON.parse(JSON.stringify(documented('iam', 201, 0)));
          const domain = { id: SAMPLE.domain.id, name: `${name}’s` };
          const user = { ...token.user, id: ids.user, name, domain };
          const body = { token: { ...token, expires_at: new Date(harness.now + 86_400_000).toISOString(), user } };
          const headers = { 'x-subject-token': `MII${name}` };
          const fault = { kind: 'answer', status: 201, body, headers } as const;
          await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
          const { account: signedIn } = await harness.signIn(accounts, remember);
          assert.equal(signedIn.user.name, name);
          return sessionLabel(signedIn);
        };
        const first = await signIn('alice');
        assert.match(first, /^alice \/ alice\\u2019s \/ demo/);
        assert.equal(await signIn('bob'), first);
        assert.equal(await signIn('carol'), first);
        assert.equal(await signIn('alice'), first);
        accounts.reread();
        assert.deepEqual(accounts.all().map(sessionLabel), [first]);
        const listed = remember === 'always' ? [first] : [];
        assert.deepEqual(harness.accounts().all().map(sessionLabel), listed);
      });
    }
  });
});
