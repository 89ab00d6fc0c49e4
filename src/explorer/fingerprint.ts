import { createHash } from 'node:crypto';

/**
 * The fingerprints of an SSH public key as `ssh-keygen -l` writes them, `SHA256:…` and `MD5:aa:bb:…`; none where the text
 * is no such key.
 * @param publicKey a line of `authorized_keys`: type, key, comment
 */
export function fingerprintsOf(publicKey: string): readonly string[] {
  // Every key starts with the length of its type's name, which is below 65,536.
  const [base64] = /\bAAAA[0-9A-Za-z+/]{28,}/.exec(publicKey) ?? [];
  if (base64 === undefined) {
    return [];
  }
  const key = new Uint8Array(Buffer.from(base64, 'base64'));
  const sha256 = createHash('sha256').update(key).digest('base64').replace('=', '');
  const md5 = createHash('md5').update(key).digest('hex').match(/../g) ?? [];
  return [`SHA256:${sha256}`, `MD5:${md5.join(':')}`];
}
