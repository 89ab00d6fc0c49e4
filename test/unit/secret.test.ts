import assert from 'node:assert/strict';
import { readSecret, vaultKey, writeSecret } from '../../src/accounts/secret';
import { accountId } from '../../src/accounts/account';

describe('an entry of the vault', () => {
  const secret = {
    password: 'p"\\ä',
    tokens: { account: { value: 'MII', expires: 10 }, 'project:x': { value: 'MIJ', expires: 20 } },
  };

  it('comes back as it was', () => {
    assert.deepEqual(readSecret(writeSecret(secret, 'always', 5)), secret);
  });

  it('holds the password only where its user chose so', () => {
    const { tokens } = secret;
    for (const remember of ['untilExpiry', 'session'] as const) {
      const entry = writeSecret(secret, remember, 5);
      assert.deepEqual(readSecret(entry), { tokens });
      assert.ok(!entry.includes('password'));
    }
    assert.deepEqual(readSecret(writeSecret({ tokens }, 'always', 5)), { tokens });
  });

  it('holds no token that has ended', () => {
    assert.deepEqual(Object.keys(readSecret(writeSecret(secret, 'always', 10))?.tokens ?? {}), ['project:x']);
    assert.deepEqual(readSecret(writeSecret(secret, 'always', 20))?.tokens, {});
  });

  it('is nothing where it is missing', () => {
    assert.equal(readSecret(undefined), undefined);
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
    assert.equal(new Set(ids.map(vaultKey)).size, ids.length);
    assert.ok(ids.every((id) => !id.includes('/') && id.split(':').length === 3));
  });
});
