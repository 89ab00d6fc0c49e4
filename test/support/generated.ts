import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { services } from '../../src/catalog/catalog';
import { isService, type ChildDeclaration, type Service } from '../../src/catalog/declaration';
import { documentedRegion } from '../../src/catalog/regions';
import { lists } from '../cloud/documented';

const root = path.resolve(__dirname, '../..');
/** The rows of the table in the README, below its heading. */
const table = /^\| service .*\n(\|.*\n)+/m;

/** A file with parts that come from the catalog, as it is to be. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The README's table of services, and the setting `keyExplorer.sites` in the manifest with its texts in both languages. */
export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const chinese: Readonly<Record<string, string>> = JSON.parse(read('l10n/bundle.l10n.zh-cn.json'));
  return Promise.all([
    formatted(
      'README.md',
      read('README.md').replace(table, () => servicesTable()),
    ),
    formatted('package.json', manifest()),
    formatted(
      'package.nls.json',
      texts('package.nls.json', /(by their ID )\([^)]*\)/, ['(', ', ', ')'], ({ label }, urls, inferred) =>
        inferred
          ? `${label.text}. The built-in address is inferred, not documented: ${urls.join(', ')}`
          : `${label.text}. Built-in: ${urls.join(', ')}`,
      ),
    ),
    formatted(
      'package.nls.zh-cn.json',
      texts('package.nls.zh-cn.json', /(按 ID)（[^）]*）/, ['（', '、', '）'], ({ label }, urls, inferred) => {
        const name = chinese[label.text] ?? label.text;
        return inferred
          ? `${name}。内置地址为推断所得，没有文档依据：${urls.join('、')}`
          : `${name}。内置地址：${urls.join('、')}`;
      }),
    ),
  ]);
}

function servicesTable(): string {
  const rows = services.map(({ label, hosts, collections }) => {
    const regions = hosts.flatMap(({ regions: own = [] }) => own);
    const [region = ''] = regions;
    const where = regions.length === 1 ? (documentedRegion(region)?.['en-us'] ?? region) : `${regions.length} regions`;
    return `| ${label.text} | ${where} | ${listsIn(collections)} |`;
  });
  return `${['| service | regions | lists |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}

function listsIn(children: readonly ChildDeclaration[]): string {
  return children
    .map((child) => {
      const below = listsIn(isService(child) ? child.collections : (child.children ?? []));
      return !isService(child) && child.inline ? below : [child.label.text, below].filter(Boolean).join(' › ');
    })
    .join('; ');
}

function manifest(): string {
  const whole: { contributes: { configuration: { properties: Record<string, SitesSetting> } } } = JSON.parse(
    read('package.json'),
  );
  const setting = whole.contributes.configuration.properties['keyExplorer.sites'];
  if (!setting) {
    throw new Error('No setting keyExplorer.sites in the manifest');
  }
  const address = setting.additionalProperties.properties.services;
  address.properties = Object.fromEntries(
    services.map(({ id }) => [id, { ...address.additionalProperties, description: `%setting.sites.services.${id}%` }]),
  );
  return JSON.stringify(whole, null, 2);
}

interface SitesSetting {
  readonly additionalProperties: {
    readonly properties: { readonly services: { readonly additionalProperties: object; properties: object } };
  };
}

function texts(
  file: string,
  ids: RegExp,
  [open, between, close]: readonly [string, string, string],
  describe: (service: Service, urls: readonly string[], inferred: boolean) => string,
): string {
  const whole: Readonly<Record<string, string>> = JSON.parse(read(file));
  const described = services.map((service) => {
    const { id, hosts } = service;
    const documented = lists.flatMap((document) => (document.service === id ? (document.hosts ?? []) : []));
    const urls = [...new Set(hosts.map(({ url }) => url))];
    const inferred = documented.every(({ sure }) => sure === 'inferred');
    return [`setting.sites.services.${id}`, describe(service, urls, inferred)];
  });
  const named = open + services.map(({ id }) => `\`${id}\``).join(between) + close;
  const others = Object.entries(whole)
    .filter(([key]) => !key.startsWith('setting.sites.services.'))
    .flatMap(([key, text]) => {
      const entry = [key, key === 'setting.sites' ? text.replace(ids, `$1${named}`) : text];
      return key === 'setting.sites.services' ? [entry, ...described] : [entry];
    });
  return JSON.stringify(Object.fromEntries(others));
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

async function formatted(file: string, text: string): Promise<GeneratedFile> {
  const filepath = path.join(root, file);
  return { path: filepath, text: await format(text, { ...(await resolveConfig(filepath)), filepath }) };
}
