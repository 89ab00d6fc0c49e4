import assert from 'node:assert/strict';
import {
  parseAccountSecret,
  secretStoreKey,
  serializeAccountSecret,
  type AccountSecret,
} from '../../../src/accounts/accountSecret';
import { accountId } from '../../../src/accounts/accountId';

describe('an entry of the vault', () => {
  const secret = {
    password: 'p"\\ä',
    tokens: { account: { value: 'MII', expires: 10 }, 'project:x': { value: 'MIJ', expires: 20 } },
  };

  const generation = 'first';
  const always = { remember: 'always', generation } as const;
  const read = (entry: string | undefined): AccountSecret | undefined => parseAccountSecret(entry, generation);

  it('comes back as it was', () => {
    assert.deepEqual(read(serializeAccountSecret(secret, always, 5)), secret);
  });

  it('is nothing to another sign-in than its own', () => {
    assert.equal(parseAccountSecret(serializeAccountSecret(secret, always, 5), 'second'), undefined);
  });

  it('holds the password only if the user chose so', () => {
    const { tokens } = secret;
    for (const remember of ['untilExpiry', 'session'] as const) {
      const entry = serializeAccountSecret(secret, { remember, generation }, 5);
      assert.deepEqual(read(entry), { tokens });
      assert.ok(!entry.includes('password'));
    }
    assert.deepEqual(read(serializeAccountSecret({ tokens }, always, 5)), { tokens });
  });

  it('holds no token that has ended', () => {
    assert.deepEqual(Object.keys(read(serializeAccountSecret(secret, always, 10))?.tokens ?? {}), ['project:x']);
    assert.deepEqual(read(serializeAccountSecret(secret, always, 20))?.tokens, {});
  });

  it('is undefined if it is missing', () => {
    assert.equal(read(undefined), undefined);
  });

  it('has a key of its own for each identity, whatever that is made of', () => {
    const ids = [
      accountId('cn', 'a', 'b'),
      accountId('cn', 'a:b', ''),
      accountId('cn:a', 'b', ''),
      accountId('intl', 'a', 'b'),
      accountId('cn', 'b', 'a'),
      accountId('cn', 'a/b', 'c'),
    ];
    assert.equal(new Set(ids.map(secretStoreKey)).size, ids.length);
    assert.ok(ids.every((id) => !id.includes('/') && id.split(':').length === 3));
  });
});
