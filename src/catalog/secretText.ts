/** Characters that stand in the place of a secret. The same for each, so that they reveal neither value nor length. */
export const maskText = '••••••••';

/** Characters of a field name that are looked at, from its start and from its end. */
const nameLength = 200;

// Names are tested in words joined by `_`, and once more without the `_`.
const secretNames: readonly RegExp[] = [
  /pass(?:word|wd|phrase|code|wort)|secret|token|mnemonic|kubeconfig|credentialvalue|appcode|keymaterial/,
  /kennwort|contraseña|motdepasse|пароль|パスワード|비밀번호|密码|口令|密钥|私钥|令牌/,
  /conn(?:ection)?(?:str(?:ing)?|uri|url)$|(?:pwds?|userpass|adminpass|dbpass|aksk|skey)$/,
  /(?:^|_)(?:pass|pwd|ak_?sk|sk|psk|otp|totp|pin|jwt|bearer|basic_auth|credentials?|(?<!is_|has_)private|pem|salts?|seeds?|dsn|cvv|csrf|xsrf)$/,
  /(?:^|_)(?:cookies?|sas)(?:_(?:values?|ur[il]|keys?|headers?|strings?))?$|(?:^|_)(?:session|sess|jsession|phpsess)_?ids?$/,
  /^(?:auth|authorization|signature|session|x_auth)$|(?:auth|authorization)_?headers?$|(?:^|_)(?:totp|otp|mfa|2fa)_?(?:seed|uri|url)$/,
  /(?:recovery|backup|scratch|verification|security|pin|reset|activation|onetime|one_time|sms|mfa|auth)_?codes?$/,
  /(?:private|priv|api|app|sign|signing|encrypt|encryption|cipher|master|shared|hmac|aes|auth|client|security|session)_?key|accesskeys?$/,
  /(?:signature|decrypt|decryption|root|account|storage|service|license|activation|webhook|wrapping|device|admin|recovery|jwt)_?keys?$/,
];

/** Ends of names that describe a secret instead of holding one: the ID of a token, the type of a password. */
const describing =
  /(?:^|_)(?:ids?|uuids?|urns?|arns?|names?|aliases|alias|types?|kinds?|counts?|nums?|numbers?|size|length|bits|time|times|date|days|ttl|lifetime|expir(?:y|es|ation)|expires?_(?:at|in|on)|at|status|state|version|versions|algorithm|alg|method|mode|format|spec|policy|rules?|description|desc|remark|owner|region|enabled|required|fingerprint|thumbprint|digest_algorithm|limit|quota|rotation|source|usage|path)$|(?:ID|标识|名称|名|类型|算法|状态|数量|时间|长度|指纹|描述|备注|别名|版本|用途|数)$/i;

/** Names that end like a description and still hold what signs in. */
const tokenIds = /(?:token|sess(?:ion)?)_?ids?$/;

/**
 * Whether the name of a field means that its value is a secret, in any spelling (`signKey`, `SIGN-KEY`, `sign_key_2`).
 * The name of an ID, a public key or a description of a secret does not.
 */
export function isSecretName(name: string): boolean {
  const cut = name.length > 2 * nameLength ? name.slice(0, nameLength) + name.slice(-nameLength) : name;
  const words = cut
    .normalize('NFKC')
    .replace(/\p{DI}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_/, '')
    .replace(/_?\d{0,9}_?$/, '');
  const joined = words.replaceAll('_', '');
  if (tokenIds.test(words)) {
    return true;
  }
  return !describing.test(words) && secretNames.some((pattern) => pattern.test(words) || pattern.test(joined));
}

/** A pattern of what is secret in a text, linear on any input. `hides`: whether a match is one; all are without it. */
interface SecretPattern {
  readonly pattern: RegExp;
  /** What stays of the match, before and after the mask; nothing without it. */
  readonly keeps?: (...groups: readonly string[]) => readonly [string, string];
  readonly hides?: (...groups: readonly string[]) => boolean;
}

const secretPatterns: readonly SecretPattern[] = [
  {
    // To the end where a text was cut.
    pattern:
      /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}[^]*?(?:-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|$)/g,
  },
  { pattern: /\bPuTTY-User-Key-File-\d[^]*$/g },
  { pattern: /\bLS0tLS1CRUdJTi[A-Za-z0-9+/]+=*/g, hides: (base64 = '') => isPrivateKeyIn(base64) },
  // User info of an address; the last `@` before the path ends it.
  { pattern: /(\/\/)[^\s/?#"'<>]*@/g, keeps: (_, slashes = '') => [slashes, '@'] },
  // A password that was not percent-encoded may hold a slash. A port is no password.
  {
    pattern: /(\/\/)[^\s/?#:@"'<>]{0,128}:(?!\d{1,5}(?:[/?#\s]|$))[^\s"'<>]{1,512}@/g,
    keeps: (_, slashes = '') => [slashes, '@'],
  },
  {
    // The same without a scheme, as database addresses are written; not `mailto:` or the digest of an image.
    pattern: /(?<![\w./:-])(?!(?:mailto|sips?|xmpp|acct|urn):)([\w.-]{1,64}:)[^\s/@"'<>]{1,256}@(?=[\w[])(?!sha\d)/gi,
    keeps: (_, user = '') => [user, '@'],
  },
  {
    pattern: /\b(bearer\s{1,8})([\w.~+/-]{6,}=*)/gi,
    keeps: (_, scheme = '') => [scheme, ''],
    hides: (_, __, token = '') => !/^(?:auth|author|token|scheme|access|credential)[a-z]*\.?$/i.test(token),
  },
  {
    pattern: /\b(basic\s{1,8})([A-Za-z0-9+/]{4,}=*)/gi,
    keeps: (_, scheme = '') => [scheme, ''],
    hides: (_, __, pair = '') => isUserAndPassword(pair),
  },
  { pattern: /\beyJ(?:(?!-eyJ)[\w-]){8,}\.[\w-]{8,}(?:\.[\w-]*)*/g },
  {
    pattern: /(^|[\s?&;,#"'])([\w.-]{1,64})=([^\s&;,"']+)/g,
    keeps: (_, before = '', name = '') => [`${before}${name}=`, ''],
    hides: (_, __, name = '') => isSecretName(name),
  },
  {
    // A line of a header: `X-Auth-Token: …`.
    pattern: /^([ \t]{0,8}[\w-]{1,64}:[ \t]{0,8})(\S{4,})$/gm,
    keeps: (_, name = '') => [name, ''],
    hides: (_, name = '') => isSecretName(name.replace(/:\s*$/, '').trim()),
  },
];

/** A text with the secrets in it masked, and the rest as it was. */
export function maskSecretsIn(text: string): string {
  if (!/[:=@]|bearer|basic|eyJ|LS0tLS1|BEGIN|PuTTY/i.test(text) || isPublic(text)) {
    return text;
  }
  return secretPatterns.reduce(
    (masked, { pattern, keeps, hides }) =>
      masked.replace(pattern, (...groups: string[]) => {
        const [match = ''] = groups;
        if (match.includes(maskText) || (hides && !hides(...groups))) {
          return match;
        }
        const [before, after] = keeps?.(...groups) ?? ['', ''];
        return `${before}${maskText}${after}`;
      }),
    text,
  );
}

/**
 * Whether a text is made to be shown to others: certificates, certificate requests or public keys, in PEM, its base64, or
 * the formats of SSH.
 */
export function isPublic(text: string): boolean {
  const start = text.slice(0, 200).trimStart();
  if (start.startsWith('LS0tLS1CRUdJTi')) {
    return !isPrivateKeyIn(start);
  }
  if (/^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w.@-]{2,60}\s+AAAA/.test(start)) {
    return !text.includes('PRIVATE KEY');
  }
  return /^-{4,5} ?BEGIN /.test(start) && !/PRIVATE/.test(text);
}

// What a base64 text begins with tells what it is.
function isPrivateKeyIn(base64: string): boolean {
  return Buffer.from(base64.slice(0, 88), 'base64').toString('latin1').includes('PRIVATE KEY');
}

// RFC 7617: the base64 of `user:password`.
function isUserAndPassword(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.includes(':') && !/[\p{Cc}\uFFFD]/u.test(text);
}

/**
 * Whether a text that stands without a name is as dense as a generated secret: one word of at least 20 characters with
 * letters in both cases and digits. IDs in hexadecimal, public keys and addresses are none.
 */
export function isDenseText(text: string): boolean {
  return (
    text.length <= 8192 &&
    /^[\w+/=.~-]{20,}$/.test(text) &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    /\d/.test(text) &&
    !isPublic(text)
  );
}
