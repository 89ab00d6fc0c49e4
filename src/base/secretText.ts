import { userInfoPatterns } from './userInfo';

/** Replaces every secret, so that it reveals neither value nor length. */
export const maskText = '••••••••';

/** Characters of a field name that are checked, from its start and from its end. */
const nameLength = 200;

// Tested against the words of a name joined by `_`, and against the words joined without it.
const secretNames: readonly RegExp[] = [
  /pass(?:word|wd|phrase|code|wort)|secret|token|mnemonic|kubeconfig|dockerconfigjson|credentialvalue|appcode|keymaterial|recoveryphrase/,
  /kennwort|contraseña|motdepasse|пароль|пароля|секрет|токен|パスワード|トークン|秘密鍵|비밀번호|암호|密码|密碼|口令|密钥|金鑰|私钥|私鑰|令牌|權杖|凭证|凭据|憑證|验证码|驗證碼|授权码|恢复码|助记词/,
  /conn(?:ection)?(?:str(?:ing)?s?|uri|url)$|(?:pwds?|userpass|adminpass|dbpass|requirepass|aksk|skey|(?:root|admin|user|bind|db)pw)$/,
  /(?:^|_)(?:pass|passw|pwd|pw|ak_?sk|sk|psk|otp|totp|otpauth|pin|puk|jwt|pat|hmac|bearer|creds?|credentials?|(?<!is_|has_)private|(?<!cert_|certificate_|crt_|chain_|bundle_|csr_|ca_|public_key_|pub_key_|pubkey_)pem|salts?|seeds?|dsn|cvv|csrf|xsrf)$/,
  /(?:^|_)(?:senha|clave|contrasena|wachtwoord|lozenord|heslo|hasło|parola|plain_?text|community_?string|snmp_?community|webhook(?:_ur[il])?)$/,
  /(?:^|_)pwds?_(?:list|value|text|string|hash)$|(?:^|_)cred(?:ential)?s?_(?:data|json|value|content|string|file_content|text)$|(?:seed|salt)_?(?:value|phrase)$/,
  /(?:^|_)(?:cookies?|sas)(?:_(?:values?|ur[il]|keys?|headers?|strings?))?$|(?:^|_)(?:session|sess|jsession|phpsess)_?ids?$/,
  /^(?:auth|authorization|signature|session|x_auth)$|(?:^|_)sig$|^x_\w{1,20}_signature$|access_?signature$|(?:auth|authorization)_?(?:headers?|value|data|string)$|(?:^|_)(?:totp|otp|mfa|2fa)_?(?:seed|uri|url)$/,
  /(?:^|_)(?:basic|bearer|digest|http|https|proxy|registry|redis|master|docker|smtp|ldap|db)_?auth(?:_(?:value|data|string|header))?$/,
  /(?:recovery|backup|scratch|verification|verify|security|pin|puk|reset|activation|onetime|one_time|sms|mfa|otp|totp|auth|authorization|access|pairing|captcha|unlock|invite|license)_?codes?$/,
  /(?:private|priv|api|app|sign|signing|encrypt|encryption|cipher|master|shared|hmac|aes|des|rsa|hash|auth|client|server|security|sec|session|data|ssl|certificate|cert)_?key|accesskeys?$/,
  /(?:signature|decrypt|decryption|unwrap|root|account|storage|service|license|activation|webhook|wrapping|device|admin|recovery|jwt|login|unlock|pairing)_?keys?$/,
];

/** Ends of names that describe a secret but do not hold one: the ID of a token, the type of a password. */
const describing =
  /(?:^|_)(?:ids?|uuids?|urns?|arns?|names?|namespace|labels|annotations|tags|aliases|alias|types?|kinds?|counts?|totals?|used|remaining|nums?|numbers?|size|length|bits|time|times|date|days|ttl|lifetime|expired?|expir(?:y|es|ation)|expires?_(?:at|in|on)|at|changed|updated|status|state|version|versions|algorithm|alg|method|mode|format|spec|policy|rules?|strength|complexity|authentication|description|desc|remark|owner|region|enabled|required|fingerprint|thumbprint|digest_algorithm|limit|quota|rotation|source|usage|path|bucket|issuer|audience|endpoint|(?:token|secret|jwks?)_ur[il]|column|field|index)$|(?:ID|标识|名称|名|类型|算法|状态|数量|总数|时间|日期|长度|强度|指纹|描述|备注|别名|版本|用途|规格|来源|策略|规则|有效期|周期|区域|轮换|格式|个数|密钥对|数)$/i;

/** Beginnings of names of flags and counts: whether there is a password, the maximum number of tokens. */
const asking = /^(?:(?:is|has|have|needs?|enable)_|是否|有无)/;
const counting =
  /^(?:max|maximum|min|minimum|total|num|number_of|prompt|completion|input|output|cached|reasoning)_(?:\w{1,20}_)?tokens?$|tokeniz/;

/** Names that end like a description and still hold a secret. */
const tokenIds = /(?:token|sess(?:ion)?)_?ids?$/;

/**
 * Whether the name of a field means that its value is a secret, in any spelling (`signKey`, `SIGN-KEY`, `sign_key_2`). False
 * for an ID, a public key or a description of a secret.
 */
export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) {
    return known;
  }
  const found = meansSecret(name);
  if (knownNames.size >= maxKnown) {
    knownNames.clear();
  }
  if (name.length <= nameLength) {
    knownNames.set(name, found);
  }
  return found;
}

/** Cache of {@link isSecretName}: rows and texts repeat the same names. */
const knownNames = new Map<string, boolean>();
const maxKnown = 1000;

function meansSecret(name: string): boolean {
  const words = wordsOf(name);
  const joined = words.replaceAll('_', '');
  if (tokenIds.test(words)) {
    return true;
  }
  return (
    ![describing, asking, counting].some((pattern) => pattern.test(words)) &&
    secretNames.some((pattern) => pattern.test(words) || pattern.test(joined))
  );
}

/** The words of a name, joined by `_`, without a number at the end. */
export function wordsOf(name: string): string {
  const cut = name.length > 2 * nameLength ? name.slice(0, nameLength) + name.slice(-nameLength) : name;
  return cut
    .normalize('NFKC')
    .replace(/\p{DI}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_/, '')
    .replace(/_?\d{0,9}_?$/, '');
}

/** A pattern of secrets in a text, linear on any input. */
interface SecretPattern {
  readonly pattern: RegExp;
  /** The parts of the match before and after the mask. Default: none. */
  readonly keeps?: (...groups: readonly string[]) => readonly [string, string];
  /** Whether the match is a secret. Default: always. */
  readonly isSecret?: (...groups: readonly string[]) => boolean;
}

/** Values that only say whether there is a secret. */
const saysWhether =
  /^(?:on|off|true|false|yes|no|null|none|enabled?|disabled?|required|optional|unset|expired|\$?\{.{0,64}\}?)[.,;?!]?$/i;

function isNamed(named: string, value = ''): boolean {
  const [name = ''] = /[\p{L}\p{N}_.]+(?:-[\p{L}\p{N}_.]+)*/u.exec(named) ?? [];
  return isSecretName(name) && !saysWhether.test(value);
}

const secretPatterns: readonly SecretPattern[] = [
  {
    // Without an end marker, to the end of the text, which may be truncated.
    pattern:
      /-{4,5}[ \u00a0]?BEGIN[ \u00a0][\w \u00a0]{0,40}(?:PRIVATE|STATIC)[ \u00a0]KEY[^]*?(?:-{4,5}[ \u00a0]?END[ \u00a0][\w \u00a0]{0,40}(?:PRIVATE|STATIC)[ \u00a0]KEY[\w \u00a0]{0,40}-{4,5}|$)/gi,
  },
  { pattern: /\bPuTTY-User-Key-File-\d[^]*$/g },
  { pattern: /\bLS0tLS1CRUdJTi[A-Za-z0-9+/]+=*/g, isSecret: (base64 = '') => isPrivateKeyIn(base64) },
  // DER in base64: PKCS #1 and #8, encrypted PKCS #8, SEC 1; and signed tokens of IAM (CMS).
  {
    pattern:
      /(?<![\w+/])(?:MI[IH][A-Za-z0-9+/]{2}[AQgw]IBA[AD]|MI[A-Za-z0-9+/]{3,8}BOBgkqhkiG9w0BBQ0w|MH[A-Za-z]CAQEEI|MI[A-Za-z0-9+/]{2}AgEAM|MI[A-Za-z0-9+/]{2}AgEBB[DE]|MC4CAQAwBQYDK2V|MI[A-Za-z0-9+/]{2,8}YJKoZIhvcNAQcCoI)[A-Za-z0-9+/_=-]{8,}/g,
  },
  // Keys and tokens with a vendor's prefix.
  {
    pattern:
      /(?<![\w-])(?:gh[opusr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|[rs]k_(?:live|test)_\w{16,}|sk-(?!ssh|ecdsa)[\w-]{32,}|AIza[\w-]{35}|npm_\w{30,}|hv[sb]\.[\w-]{12,}|SG\.[\w-]{16,}\.[\w-]{16,}|AGE-SECRET-KEY-1\w{20,}|otpauth(?:-migration)?:\/\/\S+)/g,
  },
  // Webhook addresses of chat services, which are secrets themselves.
  {
    pattern:
      /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|\/bot\/v2\/hook\/|\/webhook\/send\?key=|\.webhook\.office\.com\/)([\w/@-]{8,})/g,
    keeps: (_, before = '') => [before, ''],
  },
  ...userInfoPatterns,
  {
    pattern: /(?<![\w-])((?:-u|--user)[ =]\s{0,8}["']?[^\s:"']{1,64}:)([^\s"']{1,256})/g,
    keeps: (_, user = '') => [user, ''],
  },
  {
    pattern: /\b(bearer(?:\s|%20|\+){1,8}["']?)([\w.~+/-]{6,}=*)/gi,
    keeps: (_, scheme = '') => [scheme, ''],
    isSecret: (_, __, token = '') =>
      !/^(?:auth|author|token|scheme|access|credential|certificate)[a-z]*\.?$/i.test(token),
  },
  {
    pattern: /\b(basic(?:\s|%20|\+){1,8})([A-Za-z0-9+/]{4,}=*)/gi,
    keeps: (_, scheme = '') => [scheme, ''],
    isSecret: (_, __, pair = '') => isUserAndPassword(pair),
  },
  {
    // Other schemes of the header `Authorization`.
    pattern: /\b((?:token|api-?key|negotiate|ntlm)\s{1,8})([\w.~+/-]{12,}=*)/gi,
    keeps: (_, scheme = '') => [scheme, ''],
    isSecret: (_, __, token = '') => /\d/.test(token) || /[a-z][A-Z]/.test(token),
  },
  {
    pattern: /\b((?:AWS|OBS)\s{1,8}\w{4,64}:)([A-Za-z0-9+/]{8,}=*)/g,
    keeps: (_, key = '') => [key, ''],
  },
  { pattern: /\beyJ(?:(?!-eyJ)[\w-]){8,}(?:\.|%2E)[\w-]{8,}(?:(?:\.|%2E)[\w-]*)*/g },
  {
    // `name=value` of addresses, connection strings and shells, `name = "value"`.
    pattern:
      /(^|[\s?&;,#"'({[:$])([\p{L}\p{N}_.%-]{1,64}["']?\s{0,4}=>?\s{0,4})("[^"]{1,512}"|'[^']{1,512}'|[^\s&;,"']+)/gu,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '', value = '') => isNamed(name.replace(/%5F/gi, '_'), value),
  },
  {
    // A name and a quoted value, as in JSON, also within JSON, or in YAML.
    pattern:
      /(["'\s{,([]|^|&quot;)([\p{L}\p{N}_.-]{1,64}(?:\\{0,8}["']|&quot;)?\s{0,4}[:：]\s{0,4})((?:\\{0,8}["']|&quot;)[^"'&]{1,512}(?:["']|&quot;)?)/gu,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '') => isNamed(name),
  },
  {
    // A line of a header or of YAML: `X-Auth-Token: …`, `- password: …`; also at the end of a text in braces.
    pattern:
      /(^[ \t]{0,32}(?:- {1,4})?|[{,][ \t]{0,8})([\p{L}\p{N}_.-]{1,64}[ \t]{0,4}[:：][ \t]{0,8})([^\s,}]+)(?=[ \t]{0,8}[,}\r]?$|[,}])/gmu,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '', value = '') => isNamed(name, value),
  },
  {
    // `Proxy-Authorization: NTLM …`; `-H 'X-Auth-Token: …'`.
    pattern:
      /(^|["'])((?:[\w-]{0,32}authorization|[\w-]{0,32}-token|cookie|set-cookie):\s{0,8})([^\s"'][^"'\r\n]{0,4096})/gim,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, ___, value = '') => !saysWhether.test(value),
  },
  {
    // Arguments: `--password value`.
    pattern: /(^|\s)(--[\w-]{2,64}[ \t]{1,8})("[^"]{1,512}"|'[^']{1,512}'|[^\s-]\S*)/g,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '', value = '') => isNamed(name, value),
  },
  {
    pattern: /(<)([\w.:-]{1,64}(?:\s[^<>]{0,200})?>)([^<>]{1,4096})(?=<\/)/g,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '', value = '') => isNamed(name.split(/[\s>]/, 1)[0]?.split(':').at(-1) ?? '', value),
  },
  {
    // Two lines of YAML: `name: DB_PASSWORD`, `value: …`; part of a pair in JSON.
    pattern:
      /(\b(?:name|key)["']?[:=]\s{0,4})(["']?[\w.-]{1,64}["']?[\s,]{1,40}["']?value["']?[:=]\s{0,4})("[^"]{1,512}"|'[^']{1,512}'|[^\s"']+)/gi,
    keeps: (_, before = '', name = '') => [`${before}${name}`, ''],
    isSecret: (_, __, name = '', value = '') => isNamed(name, value),
  },
];

/** Matches every text that one of the patterns may match. */
const hints =
  /[:：=@>]|bearer|basic|token|key|ntlm|negotiate|eyJ|LS0tLS1|BEGIN|PuTTY|M[CHI]|gh[opusr]_|_pat_|glpat-|xox|[rs]k[-_]|AIza|npm_|hv[sb]\.|SG\.|--/i;

/** Masks the secrets in a text and keeps the rest. */
export function maskSecretsIn(text: string): string {
  const inner = base64TextIn(text);
  if (inner !== undefined && maskSecretsIn(inner) !== inner) {
    return maskText;
  }
  if (!hints.test(text) || isPublic(text)) {
    return text;
  }
  return secretPatterns.reduce(
    (masked, { pattern, keeps, isSecret }) =>
      masked.replace(pattern, (...groups: string[]) => {
        const [match = ''] = groups;
        if (match.includes(maskText) || (isSecret && !isSecret(...groups))) {
          return match;
        }
        const [before, after] = keeps?.(...groups) ?? ['', ''];
        return `${before}${maskText}${after}`;
      }),
    text,
  );
}

/**
 * Whether a text is public: certificates, certificate requests or public keys only, in PEM, its base64, or the formats of
 * SSH. Other text beside them may be secret.
 */
export function isPublic(text: string): boolean {
  const start = text.slice(0, 200).trimStart();
  if (/^(?:LS0tLS1CRUdJTi|LS0tLSBCRUdJTi|[A-Za-z0-9+/]{2,4}tLS0tQkVHSU4)/.test(start)) {
    return isPublic(base64TextIn(text) ?? '');
  }
  if (/^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w.@-]{2,60}\s+AAAA/.test(start)) {
    return text
      .split('\n')
      .every(
        (line) =>
          line.trim() === '' || /^\s{0,8}(?:#|(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w.@-]{2,60}\s+AAAA)/.test(line),
      );
  }
  return (
    /-{4,5} ?BEGIN /.test(start) &&
    !/PRIVATE|STATIC KEY/i.test(text) &&
    areOutsideBlank(text.split(/-{4,5} ?(?:BEGIN|END) [^-]{1,64}-{4,5}/))
  );
}

// Every other part is outside the blocks and must be empty, but the first may be a title.
function areOutsideBlank(parts: readonly string[]): boolean {
  return parts.every(
    (part, at) => at % 2 === 1 || part.trim() === '' || (at === 0 && !/[:=@]\s*\S/.test(part.slice(-200))),
  );
}

/** Decodes base64, wrapped or not; undefined if the text is not base64 of a text. */
export function base64TextIn(text: string): string | undefined {
  const base64 = text.replace(/\s/g, '');
  if (base64.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) {
    return undefined;
  }
  const inner = Buffer.from(base64, 'base64').toString('utf8');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\t\r\n]+$/u.test(inner) && !inner.includes('\uFFFD') ? inner : undefined;
}

function isPrivateKeyIn(base64: string): boolean {
  return /PRIVATE KEY/i.test(Buffer.from(base64, 'base64').toString('latin1'));
}

// RFC 7617: the base64 of `user:password`.
function isUserAndPassword(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.includes(':') && !/[\p{Cc}\uFFFD]/u.test(text);
}

/**
 * Whether a text without a name is as dense as a generated secret: one word of at least 20 characters with letters in both
 * cases and digits. False for hexadecimal IDs, public keys and addresses.
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
