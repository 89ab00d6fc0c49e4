import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { textsIn } from '../../support/sources';

const chinese = read('l10n/bundle.l10n.zh-cn.json');
const found = textsIn('src');

/** The terms of Huawei Cloud's own Chinese pages, and the words that must not stand in their place. */
const glossary: readonly (readonly [term: string, wrong: RegExp])[] = [
  ['账号', /帐号|[帐账]户|子账号/],
  ['Token', /(?<!安全)令牌/],
  ['登录', /登入/],
  // On Huawei Cloud 注销 closes an account for good.
  ['退出登录', /注销/],
  ['机密存储', /密钥存储|密文存储/],
  ['访问密钥', /存取密钥|密钥对/],
  ['临时访问密钥', /临时密钥/],
  ['凭据配额策略', /凭据配额(?!策略)/],
  ['切换角色', /承担/],
  ['虚拟 MFA', /MFA 设备/],
  ['编程访问', /程序化访问/],
  ['联邦用户', /联合用户/],
  ['身份提供商', /标识提供者/],
  ['区域', /地区/],
  ['终端节点', /端点/],
  ['配置项', /配置文件/],
  ['云端', /(?<!华为)云上|(?<!弹性)云服务(?! API)/],
  ['授权项', /IAM ?操作/],
  ['筛选', /过滤/],
  ['匹配', /符合/],
  ['侧栏', /侧边栏/],
  ['重新加载窗口', /刷新窗口/],
];

describe('translations', () => {
  it('finds the texts of the sources', () => {
    assert.ok(found.length > 100);
  });

  it('every text for people is a literal', () => {
    const made = found.filter(({ text }) => text === undefined).map(({ file }) => file.replaceAll('\\', '/'));
    // The one place where a phrase made elsewhere is translated.
    assert.deepEqual(made, ['src/platform/translate.ts']);
  });

  it('every text has a Chinese one, with the same places', () => {
    const texts = new Set(found.flatMap(({ text }) => text ?? []));
    assert.deepEqual(
      [...texts].filter((text) => !chinese[text]),
      [],
    );
    for (const text of texts) {
      assert.deepEqual(placesIn(chinese[text] ?? ''), placesIn(text), text);
    }
  });

  it('no Chinese text is left over', () => {
    const texts = new Set(found.map(({ text }) => text));
    assert.deepEqual(
      Object.keys(chinese).filter((text) => !texts.has(text)),
      [],
    );
  });

  it('the Chinese texts use the terms of Huawei Cloud', () => {
    for (const text of chineseTexts()) {
      for (const [term, wrong] of glossary) {
        assert.doesNotMatch(text, wrong, `${term} is the term in: ${text}`);
      }
    }
  });

  it('one space stands between Chinese and Latin letters, digits and placeholders, none beside full-width punctuation', () => {
    for (const text of chineseTexts()) {
      assert.doesNotMatch(text, /\p{Script=Han}[A-Za-z0-9{`]|[A-Za-z0-9}`]\p{Script=Han}/u, text);
      assert.doesNotMatch(text, / [，。：；？（）“”、]|[，。：；？（）“”、] | {2}/, text);
    }
  });

  it('the manifest names texts that exist in both languages, and none besides', () => {
    const used = [...readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, name]) => name ?? '');
    const names = [...new Set(used)].toSorted();
    assert.deepEqual(Object.keys(read('package.nls.json')).toSorted(), names);
    assert.deepEqual(Object.keys(read('package.nls.zh-cn.json')).toSorted(), names);
  });
});

function read(file: string): Record<string, string> {
  const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
  return texts;
}

function chineseTexts(): string[] {
  return [chinese, read('package.nls.zh-cn.json')].flatMap((texts) => Object.values(texts));
}

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{\d\}/g)].map(String).toSorted();
}
