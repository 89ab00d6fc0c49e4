import assert from 'node:assert/strict';
import { builtInAddresses, matchesTemplate } from '../../../src/accounts/addressPolicy';
import { addressOf, readSites, type Site, type WrongSite } from '../../../src/accounts/sites';
import { plainAddress } from '../../../src/cloud/url';
import manifest from '../../../package.json';
import { services } from '../../../src/catalog/catalog';
import { serviceOf } from '../../support/collections';

const cloud = 'myhuaweicloud.com';
const known = readSites(undefined).sites;

function siteOf(id: string, setting?: unknown): Site {
  const site = readSites(setting).sites.get(id);
  assert.ok(site);
  return site;
}

function idsOf(wrong: readonly WrongSite[]): readonly string[] {
  return wrong.map(({ id }) => id);
}

describe('the sites', () => {
  it('are three without any setting', () => {
    for (const setting of [undefined, null, {}, 'cn', 7, true]) {
      const { sites, wrong } = readSites(setting);
      assert.deepEqual(
        [...sites.values()].map(({ id, iam, fromSettings }) => [id, iam, fromSettings]),
        [
          ['cn', `https://iam.${cloud}`, []],
          ['intl', `https://iam.${cloud}`, []],
          ['eu', 'https://iam.myhuaweicloud.eu', []],
        ],
      );
      assert.deepEqual(wrong, []);
    }
  });

  it('can be overridden by key, part by part', () => {
    const nes = 'https://nes.{region}.example';
    const eu = siteOf('eu', { eu: { services: { nes } } });
    assert.deepEqual([eu.iam, eu.label], [known.get('eu')?.iam, known.get('eu')?.label]);
    assert.deepEqual(eu.fromSettings, [nes]);
    const cn = siteOf('cn', { cn: { iam: 'https://iam.example', label: 'Ours' } });
    assert.deepEqual([cn.iam, cn.label, cn.fromSettings], ['https://iam.example', 'Ours', ['https://iam.example']]);
    assert.deepEqual(siteOf('intl', { cn: { iam: 'https://iam.example' } }), known.get('intl'));
  });

  it('can be added', () => {
    const site = siteOf('lab', { lab: { iam: 'https://iam.lab.example', services: { roma: 'https://r.example' } } });
    assert.equal(site.label, 'lab');
    assert.deepEqual(site.fromSettings, ['https://iam.lab.example', 'https://r.example']);
  });

  it('that are malformed are named, and take no other with them', () => {
    const { sites, wrong } = readSites({
      text: 'https://iam.example',
      nothing: null,
      noIam: { label: 'x' },
      badIam: { iam: 7 },
      badServices: { iam: 'https://iam.example', services: { nes: 7 } },
      eu: { services: [], label: 7 },
      good: { iam: 'https://iam.example' },
    });
    assert.deepEqual(idsOf(wrong), ['text', 'nothing', 'noIam', 'badIam', 'badServices', 'eu']);
    // An address for another site named `eu` does not go to the built-in one.
    assert.deepEqual([...sites.keys()], ['cn', 'intl', 'good']);
    assert.deepEqual(sites.get('cn'), known.get('cn'));
  });

  it('with an address that is not plain are refused as a whole, and the reason says which and not what', () => {
    const secret = 'planted-secret';
    for (const [where, entry] of [
      ['iam', { iam: `https://${secret}@iam.example` }],
      ['iam', { iam: `https://user:${secret}@iam.example` }],
      ['iam', { iam: `https://iam.example/?${secret}` }],
      ['iam', { iam: 'https://iam.example?' }],
      ['iam', { iam: `https://iam.example/#${secret}` }],
      ['iam', { iam: 'http://iam.example' }],
      ['iam', { iam: 'http://127.0.0.2:8080' }],
      ['iam', { iam: 'https://iam.{region}.example' }],
      ['iam', { iam: '' }],
      ['services.roma', { iam: 'https://iam.example', services: { roma: `https://r.{region}.example?${secret}` } }],
      ['services.nes', { iam: 'https://iam.example', services: { nes: 'https://{region}' } }],
      ['services.other', { iam: 'https://iam.example', services: { other: `https://${secret}@x.example` } }],
    ] as const) {
      for (const id of ['lab', 'cn']) {
        const { sites, wrong } = readSites({ [id]: entry });
        assert.deepEqual([idsOf(wrong), sites.get(id)], [[id], undefined], JSON.stringify(entry));
        assert.match(wrong[0]?.reason.text ?? '', /is not a plain https/);
        assert.deepEqual(wrong[0]?.reason.args, [`${id}.${where}`]);
        assert.ok(!JSON.stringify(wrong).includes(secret));
      }
    }
  });

  it('have the same addresses refused by the manifest, as they are typed', () => {
    const { configuration } = manifest.contributes;
    const { iam, services: named } = configuration.properties['keyExplorer.sites'].additionalProperties.properties;
    const { additionalProperties: other, properties } = named;
    const patterns = [iam, other, ...Object.values(properties)].map(({ pattern }) => pattern);
    assert.equal(new Set(patterns).size, 1);
    const pattern = new RegExp(patterns[0] ?? '');
    for (const address of [
      'https://iam.example',
      'https://iam.example/',
      'https://roma.{region}.example/{region}',
      'http://127.0.0.1:8080/a@b',
      'https://evil.example\\\\@iam.example',
    ]) {
      assert.deepEqual([pattern.test(address), plainAddress(address) !== undefined], [true, true], address);
    }
    for (const address of [
      'iam.example',
      'ftp://iam.example',
      'https://me@iam.example',
      'https://me:secret@iam.example/x',
      'https://@iam.example',
      'https://iam.example?',
      'https://iam.example/?x',
      'https://iam.example/#x',
    ]) {
      assert.deepEqual([pattern.test(address), plainAddress(address) !== undefined], [false, false], address);
    }
  });

  it('have their addresses as requests are sent there, however they are written', () => {
    const site = siteOf('lab', {
      lab: {
        iam: 'HTTPS://evil.example\\@iam.myhuaweicloud.com//',
        services: { roma: 'https://r\tóma.{region}.example:443/a/../{region}/' },
      },
    });
    assert.deepEqual(site.fromSettings, [
      'https://evil.example/@iam.myhuaweicloud.com',
      'https://xn--rma-gna.{region}.example/{region}',
    ]);
    assert.deepEqual([site.iam, site.services['roma']], site.fromSettings);
  });

  it('stand names that objects have by themselves', () => {
    const setting: unknown = JSON.parse('{"__proto__":{"iam":"https://a.example"},"constructor":{"label":"x"}}');
    const { sites, wrong } = readSites(setting);
    assert.deepEqual(
      [sites.get('__proto__')?.iam, sites.size, idsOf(wrong)],
      ['https://a.example', 4, ['constructor']],
    );
  });
});

describe('the address of a service', () => {
  const codeArts = (prefix: string) => (region: string) => `https://${prefix}.${region}.${cloud}`;
  const tables: readonly (readonly [string, string, (region: string) => string, string])[] = [
    [
      'codeartsrepo',
      'cn',
      codeArts('codehub-ext'),
      'cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 cn-south-2 cn-southwest-2 sa-brazil-1 la-north-2 ap-southeast-3',
    ],
    ['codeartsrepo', 'cn', codeArts('codeartsrepo-ext'), 'la-south-2 tr-west-1'],
    ['codeartsrepo', 'cn', codeArts('repo'), 'me-east-1 af-south-1 af-north-1'],
    ['codeartsrepo', 'eu', codeArts('codeartsrepo-ext'), 'eu-west-101'],
    [
      'roma',
      'cn',
      codeArts('roma'),
      'cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 ap-southeast-1 ap-southeast-3 ru-northwest-2',
    ],
    ['nes', 'cn', codeArts('bcs'), 'ap-southeast-3'],
  ];
  const every =
    'cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12 cn-east-2 cn-east-3 cn-east-4 cn-east-5 ' +
    'cn-south-1 cn-south-2 cn-south-4 cn-southwest-2 cn-southwest-3 ap-southeast-1 ap-southeast-2 ap-southeast-3 ' +
    'ap-southeast-4 ap-southeast-5 af-south-1 af-north-1 sa-brazil-1 la-south-2 la-north-2 na-mexico-1 ' +
    'sa-argentina-1 tr-west-1 me-east-1 ae-ad-1 my-kualalumpur-1 eu-west-0 eu-west-101 ru-northwest-2 ru-moscow-1';

  it('is the documented one in each region of each site, and none elsewhere', () => {
    for (const site of ['cn', 'intl', 'eu']) {
      for (const service of services) {
        for (const region of every.split(' ')) {
          const rule = tables.find(
            ([id, where, , regions]) =>
              id === service.id && (where === 'eu') === (site === 'eu') && regions.split(' ').includes(region),
          );
          const wanted = rule?.[2](region);
          assert.equal(addressOf(service, siteOf(site), region), wanted, `${site} ${service.id} ${region}`);
        }
        assert.equal(addressOf(service, siteOf(site), 'xx-nowhere-1'), undefined);
        assert.equal(addressOf(service, siteOf(site), undefined), undefined);
      }
    }
  });

  it('is the one of the settings, in any region, before all', () => {
    const nes = 'https://nes.{region}.example/{region}';
    for (const id of ['cn', 'lab']) {
      const site = siteOf(id, { [id]: { iam: 'https://iam.example', services: { nes } } });
      assert.equal(addressOf(serviceOf('nes'), site, 'cn-north-4'), 'https://nes.cn-north-4.example/cn-north-4');
    }
    const lab = siteOf('lab', { lab: { iam: 'https://iam.example' } });
    assert.equal(addressOf(serviceOf('roma'), lab, 'cn-north-4'), undefined);
  });

  it('is none where a project is not called after a region', () => {
    const site = siteOf('cn', { cn: { services: { nes: 'https://example/{region}', roma: 'https://roma.example' } } });
    for (const region of [
      '',
      '..',
      '.',
      'a.b',
      'a/b',
      'a?b',
      'a#b',
      'a@b',
      'a:b',
      'a\\b',
      '研发',
      '\ud800',
      '$&',
      'a b',
    ]) {
      assert.equal(addressOf(serviceOf('nes'), site, region), undefined, JSON.stringify(region));
    }
    // One address for every region needs no region's name.
    assert.equal(addressOf(serviceOf('roma'), site, '研发'), 'https://roma.example');
  });
});

describe('an address', () => {
  const builtIn = builtInAddresses(siteOf('cn'), services);
  const fits = (url: string, template: string): boolean => matchesTemplate(new URL(url), template);

  it('is built in where a built-in site has it', () => {
    assert.deepEqual(builtIn, [
      `https://iam.${cloud}`,
      `https://bcs.{region}.${cloud}`,
      `https://codehub-ext.{region}.${cloud}`,
      `https://codeartsrepo-ext.{region}.${cloud}`,
      `https://repo.{region}.${cloud}`,
      `https://roma.{region}.${cloud}`,
    ]);
    const redirected = siteOf('cn', { cn: { iam: 'https://iam.example', services: { nes: 'https://nes.example' } } });
    assert.deepEqual(builtInAddresses(redirected, services), builtIn);
    assert.deepEqual(builtInAddresses(siteOf('lab', { lab: { iam: 'https://iam.example' } }), services), []);
    assert.ok(builtInAddresses(siteOf('eu'), services).includes('https://iam.myhuaweicloud.eu'));
  });

  it('is what a template makes', () => {
    const roma = `https://roma.{region}.${cloud}`;
    for (const [url, template] of [
      [`https://iam.${cloud}`, `https://iam.${cloud}`],
      [`https://iam.${cloud}/v3/auth/tokens?nocatalog=true`, `https://iam.${cloud}/`],
      [`https://IAM.${cloud}:443/v3`, `HTTPS://iam.${cloud.toUpperCase()}`],
      [`https://iam.${cloud}/v3`, `https://iam.${cloud}:443`],
      [`https://roma.cn-north-4.${cloud}/v2/x`, roma],
      ['http://127.0.0.1:81/nes/cn-north-4/v1', 'http://127.0.0.1:81/nes/{region}'],
      ['http://127.0.0.1:81/nes/cn-north-4?x=1', 'http://127.0.0.1:81/nes/{region}/'],
      ['https://xn--bcher-kva.example/v3', 'https://bücher.example'],
    ] as const) {
      assert.ok(fits(url, template), `${url} ${template}`);
    }
  });

  it('is no other, however much it looks like one', () => {
    const roma = `https://roma.{region}.${cloud}`;
    for (const [url, template] of [
      [`https://iam.${cloud}.evil.example/`, `https://iam.${cloud}`],
      [`https://iam.${cloud}@evil.example/`, `https://iam.${cloud}`],
      [`https://iam.${cloud}:x@evil.example/`, `https://iam.${cloud}`],
      [`https://iam.${cloud}:8443/`, `https://iam.${cloud}`],
      [`http://iam.${cloud}/`, `https://iam.${cloud}`],
      [`https://iam-${cloud}/`, `https://iam.${cloud}`],
      [`https://evil.example/https://iam.${cloud}/`, `https://iam.${cloud}`],
      [`https://evil.example/?https://iam.${cloud}/`, `https://iam.${cloud}`],
      [`https://x.iam.${cloud}/`, `https://iam.${cloud}`],
      [`https://iamx${cloud}/`, `https://iam.${cloud}`],
      [`https://roma.evil.example.${cloud}/`, roma],
      [`https://roma.evil.example/.${cloud}/`, roma],
      [`https://roma.evil@x.${cloud}/`, roma],
      [`https://roma.x.${cloud}.evil.example/`, roma],
      [`https://roma..${cloud}/`, roma],
      ['http://127.0.0.1:81/nes/../roma/x', 'http://127.0.0.1:81/nes/{region}'],
      ['http://127.0.0.1:81/nes/', 'http://127.0.0.1:81/nes/{region}'],
      ['http://127.0.0.1:81/nes2/cn-north-4', 'http://127.0.0.1:81/nes/{region}'],
      ['http://127.0.0.1:810/', 'http://127.0.0.1:81'],
      ['https://a.example/', ''],
      ['https://a.example/', 'https://'],
      ['https://a.example/', '.*'],
      ['https://axexample/', 'https://a.example'],
      ['https://a.example/', '{region}'],
    ] as const) {
      assert.ok(!fits(url, template), `${url} ${template}`);
    }
  });
});
