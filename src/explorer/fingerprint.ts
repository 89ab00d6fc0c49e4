import { createHash, createPublicKey } from 'node:crypto';

/** Validates the bytes of a field. */
type Field = (bytes: Buffer) => boolean;

/** A non-negative `mpint` of RFC 4251 in its shortest form; ssh-keygen would rewrite longer forms. */
const integer: Field = (bytes) => {
  const [first = 0x80, second = 0] = bytes;
  return first < 0x80 && (first > 0 || second >= 0x80);
};

/** OpenSSH accepts RSA keys of 1,024 to 16,384 bits. */
const modulus: Field = (bytes) => {
  const [first = 0] = bytes;
  const bits = bytes.length * 8 - (Math.clz32(first) - 24);
  return integer(bytes) && bits >= 1024 && bits <= 16_384;
};

const bytes32: Field = ({ length }) => length === 32;

/** The application string of a security key, such as `ssh:`. */
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
 * The fields after the type in the blob of a key: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, and OpenSSH's PROTOCOL.u2f.
 * Without certificates: ssh-keygen prints the fingerprint of a certified key only if the certificate's signature is valid.
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

/** Maximum characters of a key: an RSA key of 16,384 bits in base64 has 2,774. */
const maxKeyLength = 4096;

/** Maximum characters of a line, and lines read: longer texts are not lists of keys. */
const maxLineLength = 16_384;
const maxLines = 100;

/**
 * The fingerprints of SSH public keys as `ssh-keygen -l` of OpenSSH prints them: `SHA256:…` and `MD5:aa:bb:…`. None for
 * formats that it does not read (a wrapped or truncated key, SSH2, PEM), and none for certificates.
 * @param publicKey lines of a `.pub` file or of `authorized_keys`: options, type, key, comment
 */
export function fingerprintsOf(publicKey: string): readonly string[] {
  return publicKey.split('\n', maxLines).flatMap((line) => {
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

// A key, or options and a key, as parsed by `do_fingerprint` in ssh-keygen.c.
function keyIn(line: string): Uint8Array | undefined {
  const text = line.replace(/^[ \t]+/, '').replace(/\r$/, '');
  if (line.length > maxLineLength || text.startsWith('#')) {
    return undefined;
  }
  // A line that begins with a number is an SSH 1 key.
  return blobIn(text) ?? (/^[+-]?\d+[ \t]/.test(text) ? undefined : blobIn(text.slice(endOfOptions(text) + 1)));
}

// Options end at the first space outside quotes.
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
  if (!fields || base64.length > maxKeyLength) {
    return undefined;
  }
  const blob = Buffer.from(base64, 'base64');
  const [first, ...others] = partsOf(blob) ?? [];
  const fits =
    // Buffer decodes leniently: the text must be exact base64.
    blob.toString('base64') === base64 &&
    first?.toString('latin1') === type &&
    others.length === fields.length &&
    fields.every((field, at) => field(others[at] ?? Buffer.alloc(0)));
  return fits ? new Uint8Array(blob) : undefined;
}

// Each part is preceded by its length in four bytes; undefined if bytes are left over.
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
