import assert from 'node:assert/strict';
import { fingerprintsOf } from '../../../src/explorer/fingerprint';
import { Random } from '../../cloud/random';
import { listNamed } from '../../cloud/documented';
import { makeRow } from '../../cloud/rows';
import { noPublicKeys, publicKeys } from '../../support/sshKeys';

const [ed25519, rsa, ecdsa] = publicKeys;

/** The parts of a blob: each follows its length in four bytes. */
function partsOf(base64: string): Buffer[] {
  const parts: Buffer[] = [];
  for (let rest = Buffer.from(base64, 'base64'); rest.length > 0; rest = rest.subarray(4 + rest.readUInt32BE())) {
    parts.push(rest.subarray(4, 4 + rest.readUInt32BE()));
  }
  return parts;
}

function lineOf(type: string, ...parts: readonly (Buffer | string)[]): string {
  const blob = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, Buffer.from(part)];
  });
  return `${type} ${Buffer.concat(blob).toString('base64')} c`;
}

function changed(bytes: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(bytes ?? '');
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** The key's base64. */
const blobOf = ({ line }: { line: string }): string => line.split(' ')[1] ?? '';

describe('the fingerprints of an SSH key', () => {
  it('are those that ssh-keygen prints', () => {
    for (const { line, sha256, md5 } of publicKeys) {
      assert.deepEqual(fingerprintsOf(line), [sha256, md5], line);
    }
  });

  it('are there for the keys of the stand-in', () => {
    const random = new Random(1, 'keys');
    for (const index of [0, 1]) {
      assert.equal(fingerprintsOf(String(makeRow(listNamed('sshKeys'), { random, index })['key'])).length, 2);
    }
  });

  it('are found behind options, as ssh-keygen finds them', () => {
    const key = `ssh-ed25519 ${blobOf(ed25519)}`;
    for (const text of [
      `${key} c`,
      `${key}\n`,
      `${key}\r\n`,
      `  \t${key}`,
      `\n# a comment\n${key}\n`,
      `ssh-ed25519\t ${blobOf(ed25519)}\tc`,
      `no-pty,from="10.0.0.*" ${key} c`,
      `command="echo \\"a b\\" ssh-rsa AAAA",no-pty ${key} c`,
      `command="ssh-ed25519 ${blobOf(ecdsa)}" ${key} c`,
      `github.com,140.82.121.4 ${key}`,
      `cert-authority ${key}`,
      `junk\n${key} PRIVATE KEY`,
    ]) {
      assert.deepEqual(fingerprintsOf(text), [ed25519.sha256, ed25519.md5], text);
    }
    assert.deepEqual(fingerprintsOf(`${ed25519.line}\n${rsa.line}\n`), [
      ed25519.sha256,
      ed25519.md5,
      rsa.sha256,
      rsa.md5,
    ]);
  });

  for (const [name, text] of Object.entries(noPublicKeys)) {
    it(`are none for ${name}`, () => {
      assert.deepEqual(fingerprintsOf(text), []);
      assert.deepEqual(fingerprintsOf(text.replaceAll('\n', '\r\n')), []);
    });
  }

  it('are none for a line that ssh-keygen does not take', () => {
    const key = `ssh-ed25519 ${blobOf(ed25519)}`;
    for (const text of [
      '',
      'ssh-rsa',
      'AAAA',
      'SHA256:abc',
      '-----BEGIN PUBLIC KEY-----',
      blobOf(ed25519),
      `# ${key}`,
      `no-pty  ${key}`,
      `123 ${key}`,
      `command="echo ${key} c`,
      `@cert-authority *.example ${key}`,
      `\u00a0${key}`,
      `\ufeff${key}`,
      `${key}!! c`,
      `x\0 ${key}`,
      `${key}= c`,
      `${key}AAAA c`,
      `${key.slice(0, -4)} c`,
      `${key.slice(0, -1)} c`,
      `${key.slice(0, 40)} ${key.slice(40)}`,
      `ssh-ed25519 ${blobOf(rsa)}`,
      `ssh-rsa ${blobOf(ed25519)}`,
      `ecdsa-sha2-nistp384 ${blobOf(ecdsa)}`,
      `constructor ${blobOf(ecdsa)}`,
      // Unpadded, and padded with bits that are not zero.
      `ecdsa-sha2-nistp256 ${blobOf(ecdsa).slice(0, -1)}`,
      `ecdsa-sha2-nistp256 ${blobOf(ecdsa).slice(0, -2)}Z=`,
      blobOf(ed25519).replaceAll('+', '-').replaceAll('/', '_'),
    ]) {
      assert.deepEqual(fingerprintsOf(text), [], text);
    }
  });

  it('are none for a blob whose fields are not those of its type', () => {
    const [type = '', exponent = '', modulus = Buffer.alloc(0)] = partsOf(blobOf(rsa));
    const rsaLine = (...parts: readonly (Buffer | string)[]): string => lineOf('ssh-rsa', 'ssh-rsa', ...parts);
    const [, curve = '', point] = partsOf(blobOf(ecdsa));
    const ecLine = (...parts: readonly (Buffer | string)[]): string =>
      lineOf('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', ...parts);
    const compressed = Buffer.concat([Buffer.from([2]), point?.subarray(1, 33) ?? Buffer.alloc(0)]);
    const [, key = ''] = partsOf(blobOf(ed25519));
    assert.deepEqual(fingerprintsOf(rsaLine(exponent, modulus)), [rsa.sha256, rsa.md5]);
    assert.deepEqual(fingerprintsOf(ecLine(curve, point ?? '')).length, 2);
    for (const text of [
      rsaLine(exponent),
      rsaLine(exponent, modulus, ''),
      rsaLine('', modulus),
      rsaLine(exponent, Buffer.concat([Buffer.alloc(1), modulus])),
      rsaLine(exponent, modulus.subarray(1)),
      rsaLine(exponent, modulus.subarray(0, 128)),
      rsaLine(exponent, Buffer.concat([modulus, Buffer.alloc(2048)])),
      lineOf('ssh-rsa', `${type.toString()}\0`, exponent, modulus),
      ecLine(curve, changed(point, 64)),
      ecLine(curve, compressed),
      ecLine('nistp384', point ?? ''),
      lineOf('ssh-ed25519', 'ssh-ed25519', Buffer.from(key).subarray(1)),
      lineOf('ssh-ed25519', 'ssh-ed25519', key, ''),
      lineOf('sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519@openssh.com', key),
      lineOf('sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519@openssh.com', key, 'ssh:\0'),
      lineOf('ssh-ed25519-cert-v01@openssh.com', 'ssh-ed25519-cert-v01@openssh.com', key),
    ]) {
      assert.deepEqual(fingerprintsOf(text), [], text);
    }
  });

  it('are none for texts that are too long to be a key', () => {
    for (const text of [
      `ssh-ed25519 ${'A'.repeat(1024 * 1024)}`,
      `${'x'.repeat(20_000)} ${ed25519.line}`,
      `${'\n'.repeat(1000)}${ed25519.line}`,
    ]) {
      assert.deepEqual(fingerprintsOf(text), []);
    }
  });
});
