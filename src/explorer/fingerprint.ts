import { createHash, createPublicKey } from 'node:crypto';

/** Whether the bytes of a field can be what the field is for. */
type Field = (bytes: Buffer) => boolean;

/** A non-negative `mpint` of RFC 4251 in its shortest form: what ssh-keygen would write differently has none here. */
const integer: Field = (bytes) => {
  const [first = 0x80, second = 0] = bytes;
  return first < 0x80 && (first > 0 || second >= 0x80);
};

/** OpenSSH takes RSA keys of 1,024 to 16,384 bits. */
const modulus: Field = (bytes) => {
  const [first = 0] = bytes;
  const bits = bytes.length * 8 - (Math.clz32(first) - 24);
  return integer(bytes) && bits >= 1024 && bits <= 16_384;
};

const bytes32: Field = ({ length }) => length === 32;

/** The text that an authenticator knows the key by, such as `ssh:`. */
const application: Field = (bytes) => !bytes.includes(0);

/** The curve and the point of an ECDSA key (RFC 5656 3.1); the point is on the curve, and not compressed. */
function ecdsa(name: string, crv: string, size: number): readonly Field[] {
  return [
    (bytes) => bytes.toString('latin1') === name,
    (bytes) => {
      if (bytes.length !== 1 + 2 * size || bytes[0] !== 4) {
        return false;
      }
      const x = bytes.subarray(1, 1 + size).toString('base64url');
      const y = bytes.subarray(1 + size).toString('base64url');
      try {
        createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
        return true;
      } catch {
        return false;
      }
    },
  ];
}

const p256 = ecdsa('nistp256', 'P-256', 32);

/**
 * The fields behind the type in the blob of a key: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, and OpenSSH's PROTOCOL.u2f.
 * Certificates are left out: ssh-keygen prints the fingerprint of the key in one only if the signature in it is right.
 */
const layouts: ReadonlyMap<string, readonly Field[]> = new Map([
  ['ssh-ed25519', [bytes32]],
  ['ssh-rsa', [integer, modulus]],
  ['ssh-dss', [integer, integer, integer, integer]],
  ['ecdsa-sha2-nistp256', p256],
  ['ecdsa-sha2-nistp384', ecdsa('nistp384', 'P-384', 48)],
  ['ecdsa-sha2-nistp521', ecdsa('nistp521', 'P-521', 66)],
  ['sk-ssh-ed25519@openssh.com', [bytes32, application]],
  ['sk-ecdsa-sha2-nistp256@openssh.com', [...p256, application]],
]);

/** No key has more: an RSA key of 16,384 bits in base64 has 2,774 characters. */
const longestKey = 4096;

/** Longer lines, and lines behind the first hundred, are not read: they are no list of keys. In characters. */
const longestLine = 16_384;
const mostLines = 100;

/**
 * The fingerprints of SSH public keys as `ssh-keygen -l` of OpenSSH writes them, `SHA256:…` and `MD5:aa:bb:…`. None for
 * what it does not take (a wrapped key, the SSH2 format, PEM, a key that is cut), and none for a certificate.
 * @param publicKey lines of a `.pub` file or of `authorized_keys`: options, type, key, comment
 */
export function fingerprintsOf(publicKey: string): readonly string[] {
  return publicKey.split('\n', mostLines).flatMap((line) => {
    // ssh-keygen reads a line up to the first NUL.
    const [text = ''] = line.split('\0', 1);
    const key = keyIn(text);
    if (!key) {
      return [];
    }
    const sha256 = createHash('sha256').update(key).digest('base64').replace('=', '');
    const md5 = createHash('md5').update(key).digest('hex').match(/../g) ?? [];
    return [`SHA256:${sha256}`, `MD5:${md5.join(':')}`];
  });
}

// A key, or options and a key, as `do_fingerprint` in ssh-keygen.c looks for them.
function keyIn(line: string): Uint8Array | undefined {
  const text = line.replace(/^[ \t]+/, '').replace(/\r$/, '');
  if (line.length > longestLine || text.startsWith('#')) {
    return undefined;
  }
  // A number is no option: it begins a key of SSH 1.
  return blobIn(text) ?? (/^[+-]?\d+[ \t]/.test(text) ? undefined : blobIn(text.slice(endOfOptions(text) + 1)));
}

// Options end at the first space that is not in quotes.
function endOfOptions(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && text[at + 1] === '"') {
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (!quoted && (character === ' ' || character === '\t')) {
      return at;
    }
  }
  return text.length;
}

function blobIn(text: string): Uint8Array | undefined {
  const [type = '', base64 = ''] = text.split(/[ \t]+/, 2);
  const fields = layouts.get(type);
  if (!fields || base64.length > longestKey) {
    return undefined;
  }
  const blob = Buffer.from(base64, 'base64');
  const [first, ...others] = partsOf(blob) ?? [];
  const fits =
    // What is decoded leniently is not what was written.
    blob.toString('base64') === base64 &&
    first?.toString('latin1') === type &&
    others.length === fields.length &&
    fields.every((field, at) => field(others[at] ?? Buffer.alloc(0)));
  return fits ? new Uint8Array(blob) : undefined;
}

// Each part follows its length in four bytes; nothing is left over.
function partsOf(blob: Buffer): readonly Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? parts : undefined;
}
