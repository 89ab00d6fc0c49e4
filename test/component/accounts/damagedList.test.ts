import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Account } from '../../../src/accounts/account';
import { accountId } from '../../../src/accounts/accountId';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { SAMPLE } from '../../cloud/data';
import { failureOf } from '../../support/harness';
import { explorerFor, labelText } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

/** An account with every field that a list may hold. */
const whole: Account = {
  id: accountId('demo', 'd1', 'u1'),
  site: 'demo',
  domain: { id: 'd1', name: 'domain' },
  user: { id: 'u1', name: 'user' },
  generation: 'g',
  label: 'label',
  signIn: 'profile',
  remember: 'always',
  project: { id: 'p1', name: 'project' },
  expires: 1,
  profile: { id: 'x', kind: 'password', name: 'n', from: 'f', endpoint: 'https://a.example', access: 'a' },
  agency: { parent: 'demo:d1:u2', name: 'agency', domainName: 'other', endpoint: 'https://a.example' },
  accepted: ['https://a.example'],
  refused: true,
  refusalReason: 'expired',
  hidden: { regions: ['r'], projects: ['p'], services: ['s'] },
};
const sound: Account = { ...whole, id: accountId('demo', 'd1', 'u2'), user: { id: 'u2', name: 'sound' } };

const list = {
  began: 'x',
  accounts: [whole, sound],
  grants: { [sound.id]: ['p'] },
  attempts: {
    [sound.id]: { generation: 'g', underWay: { by: 'w', until: 1 }, withoutRole: { p: 1 }, renewedInVain: true },
  },
};

/** Texts that cannot be encoded, or are of other kinds that few programs expect. */
const oddTexts = ['\ud800', '\udc00x', 'x\ud800', '', '\0', '__proto__', '/'.repeat(1000), '%', '\u202e'];

describe('a damaged list of accounts', () => {
  const t = useCloud();

  // Starts a window and shows the accounts.
  const namesAfterStart = (stored: unknown): readonly string[] => {
    t.harness.accountStore.list = stored;
    const accounts = t.harness.accounts();
    const { explorer } = explorerFor(t.harness, accounts);
    const names = explorer.roots().map(labelText);
    accounts.all().forEach((account) => accounts.toAccept(accounts.site(account) ?? t.harness.site(), account));
    t.harness.accountStore.list = JSON.parse(JSON.stringify(stored ?? null));
    accounts.reread();
    explorer.close();
    accounts.close();
    return names;
  };

  it('keeps no window from starting, and no other account away, whatever text of an entry is odd', () => {
    for (const place of placesIn(whole)) {
      for (const text of oddTexts) {
        const names = namesAfterStart({ began: 'x', accounts: [changed(whole, place, text), sound] });
        assert.ok(names.includes('label'), `${place.join('.')} ${JSON.stringify(text)}`);
      }
    }
    // Halves that would make a whole character beside each other.
    const halves = { ...whole, site: 'demo\ud800', domain: { id: '\udc00', name: 'x' } };
    assert.deepEqual(namesAfterStart({ began: '\ud800', accounts: [halves, sound] }), ['label']);
  });

  it('keeps no window from starting, whatever it is', () => {
    const anyList = fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.constantFrom(...placesIn(list)), anyValue).map(([place, value]) => changed(list, place, value)),
    );
    fc.assert(
      fc.property(anyList, (stored) => {
        namesAfterStart(stored);
      }),
      { numRuns: 1000 },
    );
    const many = Array.from({ length: 3000 }, (_, index) => ({ ...sound, id: accountId('demo', 'd1', `u${index}`) }));
    namesAfterStart({ began: 'x', accounts: [...many, ...many] });
  });

  it('is not made by a sign-in: an identity that cannot be encoded does not sign in', async () => {
    const halved = { ...SAMPLE.domain, id: '\ud800' };
    const user = { id: 'u', name: 'n', domain: halved };
    const body = { token: { expires_at: '2999-01-01T00:00:00.000000Z', user } };
    await t.cloud.control.fault({
      match: '/v3/auth/tokens',
      fault: { kind: 'answer', status: 201, body, headers: { 'x-subject-token': 'token' } },
    });
    const accounts = t.harness.accounts();
    const error = await failureOf(t.harness.signIn(accounts));
    assert.equal(error.kind, 'badAnswer');
    assert.ok(errorDetails(error).length > 0);
    assert.deepEqual(accounts.all(), []);
    accounts.close();
  });
});

const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(...oddTexts),
  fc.constantFrom(...'[{"'.split('')).map((sign) => sign.repeat(50)),
);

type Place = readonly (string | number)[];

/** Where in a value something stands, itself left out. */
function placesIn(value: unknown, place: Place = []): readonly Place[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [[...place, name], ...placesIn(inner, [...place, name])])
    : [];
}

/** A copy with something else in one place. */
function changed(value: unknown, [name, ...further]: Place, instead: unknown): unknown {
  if (name === undefined) {
    return instead;
  }
  const inner: unknown = Reflect.get(Object(value), name);
  const put = changed(inner, further, instead);
  return Array.isArray(value)
    ? value.map((element: unknown, index) => (String(index) === name ? put : element))
    : { ...Object(value), [name]: put };
}
