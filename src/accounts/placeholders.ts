/** A kind of text that a sign-in takes. A name is the name of a user or an account. */
export type SignInText = 'accessKey' | 'secretKey' | 'securityToken' | 'token' | 'password' | 'name';

/** A text in place of a value: one to be replaced, or the value with most of it hidden. */
export type Placeholder = 'placeholder' | 'masked';

/**
 * Where a rule holds: for keys and tokens only, also for passwords, or for names as well. A cloud makes keys and tokens of
 * letters, digits and few signs, so that most placeholders cannot be one. A person chooses a password or a name, and only
 * texts that nobody would choose are refused.
 */
type Scope = 'keys' | 'secrets' | 'all';

/** One kind of placeholder. */
interface Rule {
  readonly scope: Scope;
  readonly kind: Placeholder;
  readonly fits: (text: string, scope: Scope) => boolean;
}

/** Signs that documents, shells and templates put around the name of a value. */
const brackets: readonly (readonly [string, string])[] = [
  ['<%=', '%>'],
  ['<', '>'],
  ['${', '}'],
  ['$(', ')'],
  ['#{', '}'],
  ['@{', '}'],
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
  ['%(', ')s'],
  ['%{', '}'],
  ['%', '%'],
  ['!', '!'],
  ['#', '#'],
  ['@', '@'],
  ['__', '__'],
  ['«', '»'],
  ['‹', '›'],
  ['【', '】'],
  ['「', '」'],
  ['$env:', ''],
  ['$', ''],
];

/** Words that placeholders are made of. */
const plain = words(
  'access secret key keys keyid keyvalue token security auth password passwd passphrase pass pwd pw user username userid',
  'name account accountid domain domainid project projectid iam code mfa otp value string text api ak sk subject me',
  'session sts credential credentials huawei huaweicloud cloud sdk hw os cli env var vars secrets vault admin database db',
  'permanent temporary temp of for from to in is it this with and or as on real actual own new nova xauth xsubject xsecurity',
  '访问密钥 密钥 密码 令牌 口令 账号 帐号 账号名 帐号名 用户名 用户 名称 的 值 临时 永久 安全 华为云 项目',
  'mot passe motdepasse utilisateur passwort kennwort benutzer benutzername contraseña clave senha chave usuario usuário',
  'пароль ключ токен пользователь パスワード アクセスキー キー ユーザー名 비밀번호 액세스키 키 사용자 de',
);

/** Words that make a text of such words a placeholder, and where: `my-secret-key` is no key, and may be a password. */
const marks: Readonly<Record<Scope, readonly string[]>> = {
  all: words(
    'your yours insert replace replaceme changeme changeit placeholder redacted fixme',
    '您的 你的 请输入 请填写 请替换 替换 占位符 votre ваш ваше あなたの 당신의',
  ),
  secrets: words(
    'change enter here example 此处 这里 示例',
    '在此 输入 填写 自己的 实际的 例如 ihr ihre dein tu su sua seu ここに入力',
  ),
  keys: words(
    'my the a an put paste type fill add set any some goes todo tbd sample dummy fake hidden masked removed',
    'none null nil undefined empty na unset default update edit test testing foo bar baz foobar asdf',
    'schluessel schlüssel cle clé',
  ),
};

const vocabulary = [...plain, ...Object.values(marks).flat()];

/** The scopes whose marks count in a scope. */
const within: Readonly<Record<Scope, readonly Scope[]>> = {
  keys: ['keys', 'secrets', 'all'],
  secrets: ['secrets', 'all'],
  all: ['all'],
};

/** Keys of public documents: of Huawei Cloud's signing guide and SDKs, and of AWS's, which are copied most. */
const samples = new Set(['QTWAOYTTINDUT2QVKYUC', 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc', 'ABCDEFJ']);

/** Every kind of placeholder. */
const rules: readonly Rule[] = [
  // `<AK>`, `{{ak}}`, `%HW_ACCESS_KEY%`, `$AK`: no key has such signs.
  { scope: 'keys', kind: 'placeholder', fits: (text) => inside(text) !== undefined },
  // `访问密钥ID`, `액세스 키`: no key has other letters, and a miscopied key has at most one.
  { scope: 'keys', kind: 'placeholder', fits: (text) => text.length < 20 && /(?:(?![A-Za-z])\p{L}){2}/u.test(text) },
  { scope: 'secrets', kind: 'placeholder', fits: (text) => /^#{8,}$/.test(text) },
  // `$(pass show cloud)`, `process.env.AK`, `!vault key`, `op://vault/item`: another program reads it.
  { scope: 'all', kind: 'placeholder', fits: (text) => /^\$\([^ )]+ [^)]+\)$/.test(text) },
  {
    scope: 'keys',
    kind: 'placeholder',
    fits: (text) =>
      /^(?:!\w|`|(?:os\.|system\.)?(?:getenv|environ|env)[[(]|process\.env\.|(?:op|vault|file|env|aws-sm):)/i.test(
        text,
      ),
  },
  // `${ANYTHING}` and `{{ anything }}` are filled in by a program.
  { scope: 'all', kind: 'placeholder', fits: (text) => /^\$\{[^}]*\}$|^\$?\{\{[^}]*\}\}$/.test(text) },
  // `<password>`, `%USER_PASSWORD%`, `[your password]`.
  {
    scope: 'all',
    kind: 'placeholder',
    fits: (text) => {
      const inner = inside(text);
      return inner !== undefined && madeOfWords(unwrapped(inner), 'keys') !== undefined;
    },
  },
  // `YOUR_AK`, `replace-with-your-password`, `changeme`, `xxxx`; with a number behind it where it is no password.
  {
    scope: 'all',
    kind: 'placeholder',
    fits: (text, scope) => madeOfWords(scope === 'keys' ? text.replace(/\d{1,2}$/, '') : text, scope) === 'marked',
  },
  // `AK`, `access_key`, `HW_ACCESS_KEY`: the name of the value.
  {
    scope: 'keys',
    kind: 'placeholder',
    fits: (text, scope) =>
      /ak|sk|key|token|secret|pass|credential|密|令牌/i.test(text) && madeOfWords(text, scope) !== undefined,
  },
  // `ADMIN_PASS`, `OS_PASSWORD`: the name of a variable.
  {
    scope: 'secrets',
    kind: 'placeholder',
    fits: (text, scope) => /^[A-Z]+_[A-Z_]+$/.test(text) && madeOfWords(text, scope) !== undefined,
  },
  { scope: 'keys', kind: 'placeholder', fits: (text) => samples.has(text) || /EXAMPLE(?:KEY)?$/.test(text) },
  // `********`, `••••`: nothing but what hides.
  { scope: 'secrets', kind: 'masked', fits: (text) => /^(?:\*{2,}|[•●∙·]{2,}|…+|\.{3,})$/.test(text) },
  { scope: 'all', kind: 'masked', fits: (text) => /^(?:\*{4,}|[•●∙·]{4,})$/.test(text) },
  // `HPUA****1234`, `MIIDkg…`, `AKXXXXXXXX`.
  { scope: 'keys', kind: 'masked', fits: (text) => /[*•●∙·…]|\.{3}|#{3}|\?{3}|X{8}|x{8}/.test(text) },
  {
    scope: 'keys',
    kind: 'masked',
    fits: (text) => text.length < 64 && /X{5}|x{5}|[-_]{4}|(?:x{4}.{0,8}){2}|(?:X{4}.{0,8}){2}/.test(text),
  },
  { scope: 'keys', kind: 'placeholder', fits: (text) => /^[!-/:-@[-`{-~]+$/.test(text) },
  // `1234567890`, `ABCDEFGHIJKLMNOPQRST`, `00000000000000000000`: no real key looks like this.
  { scope: 'keys', kind: 'placeholder', fits: isSequence },
];

/** Longer texts are not looked at for words. */
const longestWords = 80;

/**
 * Whether a text is certainly no value of its kind, but a placeholder of documents or templates, or a masked value.
 * Tried, it would be refused, and a few refused attempts lock an account or an access key.
 * @returns undefined if it may be a value
 */
export function placeholderIn(value: string, kind: SignInText): Placeholder | undefined {
  const text = value.length > longestWords ? value : value.normalize('NFKC').trim();
  const scope = kind === 'name' ? 'all' : kind === 'password' ? 'secrets' : 'keys';
  return text === ''
    ? undefined
    : rules.find((rule) => within[scope].includes(rule.scope) && rule.fits(text, scope))?.kind;
}

/** The text between brackets; undefined if the text is not in any. */
function inside(text: string): string | undefined {
  for (const [open, close] of brackets) {
    if (text.length > open.length + close.length && text.startsWith(open) && text.endsWith(close)) {
      return text.slice(open.length, text.length - close.length);
    }
  }
  return undefined;
}

// Brackets within brackets, such as `{{ak}}`.
function unwrapped(text: string): string {
  const inner = text.length > longestWords ? undefined : inside(text.trim());
  return inner === undefined ? text : unwrapped(inner);
}

/**
 * Whether a text is made of the words of placeholders and nothing else, however they are joined.
 * @returns `marked` where one of them makes it a placeholder in the scope
 */
function madeOfWords(text: string, scope: Scope): 'plain' | 'marked' | undefined {
  const letters = text.length > longestWords ? '' : text.toLowerCase().replace(/[\s_.:/'"-]/g, '');
  const marking = new Set(within[scope].flatMap((each) => marks[each]));
  // Known facts about each start of the text: whether words make it, and whether one of them marks it.
  const known: ('plain' | 'marked' | undefined)[] = ['plain'];
  for (let at = 0; at < letters.length; at += 1) {
    const before = known[at];
    if (before) {
      const reach = (end: number, marked: boolean): void => {
        known[end] = marked || before === 'marked' || known[end] === 'marked' ? 'marked' : 'plain';
      };
      const run = /^x{3,}/.exec(letters.slice(at))?.[0];
      if (run !== undefined) {
        reach(at + run.length, scope !== 'all');
      }
      for (const word of vocabulary.filter((each) => letters.startsWith(each, at))) {
        reach(at + word.length, marking.has(word));
      }
    }
  }
  // One letter says nothing.
  return letters.length < 2 ? undefined : known[letters.length];
}

/** Whether each character is the same as the one before it, or follows it, allowing up to two restarts. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (each) => each.charCodeAt(0));
  const steps = codes.slice(1).filter((code, at) => ![0, 1].includes(code - (codes[at] ?? 0)));
  return /^[a-z\d]{6,80}$/i.test(text) && steps.length <= Math.min(2, text.length / 10);
}

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}
