import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sampleSite } from '../../cloud/control';
import { Random } from '../../cloud/random';
import { listNamed } from '../../cloud/documented';
import { makeRow } from '../../cloud/rows';
import { startStandIn } from '../../cloud/start';
import { vsix, type Stage } from '../../e2e/window';
import { launchBrowser } from '../../host/browser';
import { ensureHost } from '../../host/install';
import { repoRoot } from '../../host/processes';
import { startWorkbench } from '../../host/workbench';
import { startPages, type Pages } from '../start';
import { Probe } from './activation';
import { longList, wheel } from './lists';

/** A VS Code with the packaged product and the extensions that it is compared with. */
export interface BenchStage extends Stage, AsyncDisposable {
  readonly pages: Pages;
  readonly probe: Probe;
  /** Start of the accessible name of the row at an index, the same in every list. */
  readonly nameAt: (place: number) => string;
}

const extensions = join(repoRoot, 'test/bench/editor/extensions');

/** A list. `grows`: it has a _Load more_ row. */
interface List {
  readonly name: string;
  readonly count: number;
  readonly grows?: boolean;
}

/**
 * Starts the servers, VS Code and the browser.
 * @param instances ROMA instances with `count` signature keys each
 * @param still the lists in memory
 */
export async function setBenchStage(
  instances: readonly List[],
  still: readonly List[],
  pageSize: number,
): Promise<BenchStage> {
  const host = await ensureHost({ log: () => undefined });
  const random = new Random(1, 'bench');
  const rows = Array.from({ length: longList }, (_, at) => makeRow(listNamed('signs'), { random, index: at })).map(
    ({ name, sign_type: type }) => ({
      label: String(name),
      description: String(type),
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'key-explorer-bench-'));
  const rowsFile = join(folder, 'rows.json');
  writeFileSync(rowsFile, JSON.stringify({ lists: still, rows }));
  const probe = new Probe();
  const [cloud, pages] = await Promise.all([
    startStandIn(),
    startPages(Object.fromEntries(instances.map(({ name, count }) => [name, count]))),
  ]);
  const site = sampleSite(cloud.url);
  const [workbench, browser] = await Promise.all([
    startWorkbench({
      host,
      vsix,
      companions: [
        join(extensions, 'empty'),
        join(extensions, 'probe'),
        withActions(join(extensions, 'still'), folder),
      ],
      settings: {
        'keyExplorer.sites': { demo: { ...site, services: { ...site.services, roma: `${pages.url}/{region}` } } },
        'keyExplorer.pageSize': pageSize,
        'workbench.tree.enableStickyScroll': false,
        ...wheel,
      },
      env: { KEY_EXPLORER_BENCH_PROBE: await probe.listen(), KEY_EXPLORER_BENCH_ROWS: rowsFile },
    }),
    launchBrowser(host),
  ]);
  const close = async (): Promise<void> => {
    await browser.close();
    await Promise.all([workbench.close(), cloud.close(), pages.close()]);
    probe.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    cloud,
    workbench,
    browser,
    pages,
    probe,
    nameAt: (place) => `${rows[place]?.label},`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

// Gives the rows of an extension the same actions as the product's rows: VS Code renders a toolbar for each row, so that rows
// without actions would be cheaper.
function withActions(extension: string, folder: string): string {
  const copy = join(folder, basename(extension));
  cpSync(extension, copy, { recursive: true });
  const manifestPath = join(copy, 'package.json');
  const manifest = readManifest(manifestPath);
  const actions = readManifest(join(repoRoot, 'package.json')).contributes.menus['view/item/context'];
  const when = (condition: string): string => condition.replaceAll('keyExplorer.keys', 'benchRows.view');
  const own = { 'view/item/context': actions.map((action) => ({ ...action, when: when(action.when) })) };
  writeFileSync(manifestPath, JSON.stringify({ ...manifest, contributes: { ...manifest.contributes, menus: own } }));
  return copy;
}

interface Manifest {
  readonly contributes: {
    readonly menus: { readonly 'view/item/context': readonly { readonly when: string }[] };
  };
}

function readManifest(path: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(path, 'utf8'));
  return manifest;
}
