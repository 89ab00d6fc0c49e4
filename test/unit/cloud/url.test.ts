import assert from 'node:assert/strict';
import { hostOf, isLoopback, plainAddress } from '../../../src/cloud/url';

const long = 'a'.repeat(60);
const longest = `${long}.${long}.${long}.${long}.example`;

describe('hostOf', () => {
  it('returns the host that requests go to, in punycode and with its port', () => {
    for (const [address, host] of [
      ['https://iam.myhuaweicloud.com', 'iam.myhuaweicloud.com'],
      ['https://evil.example\\@iam.myhuaweicloud.com', 'evil.example'],
      ['https://evil.example/@iam.myhuaweicloud.com', 'evil.example'],
      ['https://iam.myhuaweicloud.com@evil.example', 'evil.example'],
      ['https://iam.myhuaweicloud.com:443@evil.example:8443/x', 'evil.example:8443'],
      ['https:\\\\evil.example\\iam.myhuaweicloud.com', 'evil.example'],
      ['https:/evil.example', 'evil.example'],
      ['https://ev\til.exa\nmple/\r', 'evil.example'],
      ['  https://evil.example  ', 'evil.example'],
      ['https://%65vil.example', 'evil.example'],
      ['https://ⓔvil。example', 'evil.example'],
      ['https://ev\u00adil\u200b.example', 'evil.example'],
      // A Cyrillic letter in the place of the first one.
      ['https://\u0456am.myhuaweicloud.com', 'xn--am-goc.myhuaweicloud.com'],
      ['https://bücher.example:8443/x', 'xn--bcher-kva.example:8443'],
      ['https://IAM.Example.:443/', 'iam.example.'],
      ['https://[::FFFF:1.2.3.4]:8443/', '[::ffff:102:304]:8443'],
      ['https://0x7f.1/', '127.0.0.1'],
      ['https://roma.{region}.example/{region}', 'roma.{region}.example'],
      [`https://${longest}/x`, longest],
    ] as const) {
      assert.equal(hostOf(address), host, address);
    }
  });

  it('does not return a text that only looks like a host', () => {
    for (const address of ['', 'iam.example', '//iam.example', 'https://', 'https://[', 'https://a\u202eb.example']) {
      assert.equal(hostOf(address), '?', address);
    }
  });
});

describe('plainAddress', () => {
  it('normalizes an address to the form that requests use', () => {
    for (const [written, address] of [
      ['https://iam.example', 'https://iam.example'],
      ['HTTPS://IAM.example:443///', 'https://iam.example'],
      ['https://iam.example/a/../b//', 'https://iam.example/b'],
      ['https://evil.example\\@iam.myhuaweicloud.com', 'https://evil.example/@iam.myhuaweicloud.com'],
      [' https://ev\til.example\n', 'https://evil.example'],
      ['https://bücher.{region}.example/{region}/x', 'https://xn--bcher-kva.{region}.example/{region}/x'],
      ['http://LOCALHOST:81', 'http://localhost:81'],
      ['http://127.1:81/nes/{region}', 'http://127.0.0.1:81/nes/{region}'],
      ['http://[0:0::1]:81', 'http://[::1]:81'],
      ['https://[2001:db8::1]', 'https://[2001:db8::1]'],
      [`https://${longest.slice(0, 253)}`, `https://${longest.slice(0, 253)}`],
    ] as const) {
      assert.equal(plainAddress(written), address, written);
    }
  });

  it('refuses a user, a password, a query, a fragment and an impossible host', () => {
    for (const written of [
      '',
      'iam.example',
      'https://',
      'https://user@iam.example',
      'https://user:password@iam.example',
      'https://:password@iam.example',
      'https://@iam.example',
      'https:\\\\:@iam.example',
      'https:/\tuser\n@iam.example',
      '\u0001https://user:password@iam.example',
      '\u0001 https://@iam.example',
      'https://iam.example?',
      'https://iam.example/?x=1',
      'https://iam.example#',
      'https://iam.example/#x',
      'https://iam.example/{region}?token={region}',
      'http://iam.example',
      'http://127.0.0.2',
      'ftp://iam.example',
      'file:///etc',
      'javascript:alert(1)',
      'https://$(warning).example',
      'https://iam.example,evil.example',
      "https://iam.example';evil",
      `https://${'a'.repeat(64)}.example`,
      `https://${long}.${long}.${long}.${long}.${long}`,
      `https://iam.example/${'/'.repeat(200_000)}`,
      `https://iam.example/${'a'.repeat(3000)}`,
      // The cloud, which names projects, would choose whose host it is.
      'https://{region}',
      'https://iam.{region}',
      'https://1.2.3.{region}.',
      'https://iam.example:{region}',
    ]) {
      assert.equal(plainAddress(written), undefined, written.slice(0, 80));
    }
  });
});

describe('isLoopback', () => {
  it('accepts the three names that VS Code never sends to a proxy', () => {
    const of = (address: string): boolean => isLoopback(new URL(address));
    for (const address of [
      'http://localhost:1',
      'http://LOCALHOST',
      'http://127.0.0.1',
      'http://127.1',
      'http://[::1]:1',
    ]) {
      assert.ok(of(address), address);
    }
    for (const address of [
      'http://127.0.0.2',
      'http://127.1.1.1',
      'http://127.255.255.254',
      'http://2130706434',
      'http://127.0.0.1.',
      'http://localhost.',
      'http://a.localhost',
      'http://localhost.localdomain',
      'http://[::ffff:127.0.0.1]',
      'http://[::2]',
      'http://0.0.0.0',
      'http://[::]',
    ]) {
      assert.equal(of(address), new URL(address).hostname === '127.0.0.1', address);
    }
  });
});

describe('parseUrl', () => {
  it('parses a host with non-ASCII letters even after the engine optimized the call', () => {
    for (let times = 0; times < 50_000; times += 1) {
      if (hostOf('https://bücher.example') !== 'xn--bcher-kva.example') {
        assert.fail(`not understood after ${times} times`);
      }
    }
  });
});
