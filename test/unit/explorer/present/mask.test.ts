import assert from 'node:assert/strict';
import { maskText } from '../../../../src/base/secretText';
import { valueAt } from '../../../../src/base/jsonPath';
import { mask } from '../../../../src/explorer/present/mask';
import { catalog } from '../../../../src/catalog/catalog';
import { exampleRows, lists } from '../../../cloud/documented';
import { collectionsIn } from '../../../support/collections';

const none = new Set<string>();
const signs = [{ path: 'sign_key' }, { path: 'sign_secret' }];

/** Masks a value without any declaration. */
function bare(raw: unknown): unknown {
  return mask(raw, [], none).value;
}

const spelledOut = [
  'passWord',
  'userPassWord',
  'pass_word',
  'passPhrase',
  'kubeConfig',
  'userpwd',
  'dbpwd',
  'adminpass',
  'pwds',
  'psk',
  'cookies',
  'securityKey',
  'key_material',
  'privKey',
  'connection_string',
  'otp',
  'pin',
  'basic_auth',
  '密码',
];
const harmless = ['name', 'id', 'spin', 'opinion', 'key_id', 'compass', 'authority', 'keyboard', 'public_key_id'];

describe('names of fields', () => {
  it('that look secret in any spelling are masked, and others are not', () => {
    const raw = Object.fromEntries([...spelledOut, ...harmless].map((name) => [name, 'value']));
    assert.deepEqual(mask(raw, [], new Set()).masked.toSorted(), spelledOut.toSorted());
  });
});

describe('masking', () => {
  it('masks declared secrets, and says where', () => {
    const raw = { name: 'n', sign_key: 'k', sign_secret: 's', bind_num: 2 };
    const { value, masked } = mask(raw, signs, new Set(Object.keys(raw)));
    assert.deepEqual(value, { name: 'n', sign_key: maskText, sign_secret: maskText, bind_num: 2 });
    assert.deepEqual(masked, ['sign_key', 'sign_secret']);
    assert.equal(raw.sign_key, 'k');
  });

  it('masks declared secrets of any type, and shows that there is none', () => {
    for (const value of [7, 0, ['a'], { a: 1 }, [], {}]) {
      assert.deepEqual(mask({ sign_key: value }, signs, none).value, { sign_key: maskText });
    }
    for (const value of [null, '']) {
      assert.deepEqual(mask({ sign_key: value }, signs, none).value, { sign_key: value });
    }
  });

  it('masks a secret below other fields', () => {
    const { value, masked } = mask(
      { keypair: { name: 'n', data: 'x' } },
      [{ path: 'keypair.data' }],
      new Set(['keypair']),
    );
    assert.deepEqual(value, { keypair: { name: 'n', data: maskText } });
    assert.deepEqual(masked, ['keypair.data']);
  });

  it('says where each masked value stands, in the order of the text, and nothing else is taken for one', () => {
    const raw = {
      z: maskText,
      list: [{ token: 'a' }, { n: 1, token: 'b' }],
      sign_key: 'c',
      deep: { password: { x: 1 } },
    };
    const { value, places } = mask(raw, [{ path: 'sign_key' }], none);
    assert.deepEqual(places, [['list', 0, 'token'], ['list', 1, 'token'], ['sign_key'], ['deep', 'password']]);
    assert.deepEqual(
      places.map((place) => valueAt(raw, place)),
      ['a', 'b', 'c', { x: 1 }],
    );
    assert.equal(JSON.stringify(value).split(JSON.stringify(maskText)).length - 1, places.length);
  });

  it('shows a place for a secret that a second call brings', () => {
    const from = { path: '/x', field: 'y' };
    assert.deepEqual(mask({ a: 1 }, [{ path: 'app_secret', fetchedFrom: from }], none), {
      value: { a: 1, app_secret: maskText },
      masked: ['app_secret'],
      places: [['app_secret']],
    });
    assert.equal(mask('text', [{ path: 'app_secret', fetchedFrom: from }], none).value, 'text');
  });

  it('masks unknown fields whose name looks secret, whatever the spelling', () => {
    for (const name of [
      'sign_key signKey SIGN_KEY sign-key signing_key signingKey app_key appKey app-key app_secret app_code appCode',
      'secret client_secret clientSecret secretKey secret_access_key SecretAccessKey sk password Password passwd pwd',
      'db_pwd userPwd user_pass dbPass pass passphrase passcode token x-auth-token X-Auth-Token access_token tokens',
      'access_key accessKey access-key private_key privateKey private-key PRIVATE-KEY api_key apikey api-key apiKeys',
      'credential_value credentialValue auth authorization Authorization signature session session_id sessionId',
      'encryption_key encrypt_key master_key masterKey shared_key sharedKey hmac_key hmacKey auth_key authKey',
      'cookie set-cookie mnemonic kubeconfig jwt bearer',
    ].flatMap((names) => names.split(' '))) {
      assert.deepEqual(bare({ [name]: 'v' }), { [name]: maskText }, name);
    }
  });

  it('leaves other names alone', () => {
    for (const name of [
      'id name title key key_id public_key publicKey public-key fingerprint description status remark sign_type sign_algorithm',
      'allowlists node_ids control_type create_time update_time bind_num app_id app_quota_id app_quota_name pass_rate bypass',
      'author authority access_key_id passenger skill task monkey keyboard flavor_id enterprise_project_id compass',
    ].flatMap((names) => names.split(' '))) {
      assert.deepEqual(bare({ [name]: 'v' }), { [name]: 'v' }, name);
    }
  });

  it('masks at any depth, in arrays and below secret-looking names, and numbers too', () => {
    assert.deepEqual(bare({ a: [{ b: [[{ password: 'x' }]] }, 'text', 3] }), {
      a: [{ b: [[{ password: maskText }]] }, 'text', 3],
    });
    assert.deepEqual(bare([{ token: 'x' }]), [{ token: maskText }]);
    assert.deepEqual(bare({ secrets: { first: 'x', second: ['y'] } }), { secrets: maskText });
    assert.deepEqual(bare({ pwd: 123456, pass: 0, secret: ['a', 'b'] }), {
      pwd: maskText,
      pass: maskText,
      secret: maskText,
    });
    assert.deepEqual(bare({ has_password: true, password: null, token: '' }), {
      has_password: true,
      password: null,
      token: '',
    });
  });

  it('trusts a documented name only where it is documented', () => {
    const known = new Set(['app_key', 'key']);
    assert.deepEqual(mask({ app_key: 'shown', other: { app_key: 'x' } }, [], known).value, {
      app_key: 'shown',
      other: { app_key: maskText },
    });
    assert.deepEqual(mask({ key: { private_key: 'x' } }, [], known).value, { key: { private_key: maskText } });
  });

  it('keeps fields that objects have by themselves', () => {
    const raw: unknown = JSON.parse(
      '{"__proto__":{"password":"x","a":1},"constructor":{"secret":"y"},"toString":1,"toJSON":"z","hasOwnProperty":{}}',
    );
    const { value } = mask(raw, signs, none);
    assert.equal(
      JSON.stringify(value),
      `{"__proto__":{"password":"${maskText}","a":1},"constructor":{"secret":"${maskText}"},"toString":1,"toJSON":"z","hasOwnProperty":{}}`,
    );
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'a'), undefined);
  });

  it('stands 100,000 levels, and shows nothing below those that it leaves out', () => {
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(100_000)}{"password":"deep-secret"}${']}'.repeat(100_000)}`);
    const { value } = mask(deep, signs, none);
    const json = JSON.stringify(value);
    assert.ok(json.length < 1000 && json.includes('…'));
    assert.ok(!json.includes('deep-secret'));
    const list: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    assert.ok(JSON.stringify(bare(list)).length < 1000);
  });

  it('leaves out values after the first 20,000, and says so', () => {
    let read = 0;
    const many = Array.from({ length: 300_000 }, (_, index) => index);
    const counting = new Proxy(many, {
      get: (target, name, receiver) => {
        read += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const { value } = mask({ sign_key: 'k', many: counting, last: 'l' }, signs, none);
    assert.deepEqual(Object.keys(Object(value)), ['sign_key', 'many', 'last']);
    const shown: unknown = Object(value).many;
    assert.ok(
      Array.isArray(shown) && shown.length <= 20_000 && shown.at(-1) === '…' && shown.at(-2) === shown.length - 2,
    );
    assert.equal(Object(value).last, 'l');
    assert.ok(read < 50_000, `${read} reads`);
    const fields = Object.fromEntries(many.map((each) => [`f${each}`, { password: 'p' }]));
    const masked = mask(fields, [], none);
    assert.ok(Object.keys(Object(masked.value)).length <= 20_001);
    assert.equal(Object(masked.value)['…'], '…');
    assert.equal(masked.places.length, masked.masked.length);
    assert.ok(!JSON.stringify(masked.value).includes('"p"'));
  });

  it('tells nothing of a value or its length', () => {
    const lengths = ['x', 'x'.repeat(10), 'x'.repeat(5000), 12, ['x', 'y'], { a: 'b' }];
    const shown = lengths.map((password) => JSON.stringify(mask({ password, sign_key: password }, signs, none)));
    assert.equal(new Set(shown).size, 1);
  });

  it('hides each secret of the documents and shows every other field of theirs', () => {
    for (const { document, call, fields } of lists) {
      const collection = collectionsIn(catalog).find(({ path }) => `GET ${path}` === call) ?? assert.fail(document);
      for (const row of exampleRows(document)) {
        const { value } = mask(row, collection.secrets, new Set(Object.keys(collection.row.entries)));
        const wanted = Object.entries(row).map(([name, inner]) => [name, fields[name]?.secret ? maskText : inner]);
        assert.deepEqual(value, Object.fromEntries(wanted));
      }
    }
  });
});
