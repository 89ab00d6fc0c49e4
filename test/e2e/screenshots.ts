/**
 * Takes the pictures of the documentation, and more to look at, in the real workbench with the packaged extension.
 * `en` or `zh-cn` as an argument takes those of one language.
 */
import type { Fault } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { languages, Photographer, type Language } from './photographer';
import { setStage, Window } from './window';

/** Each theme with the class that VS Code gives the body of a page in it. */
const themes = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['high-contrast-light', 'Default High Contrast Light', 'vscode-high-contrast-light'],
] as const;

const [example] = exampleRows('signs');
const key = String(example?.['name']);

const failed: Fault = { kind: 'document', document: 'signs', status: 500 };
const forbidden: Fault = { kind: 'document', document: 'signs', status: 403 };
const refused: Fault = { kind: 'document', document: 'iam', status: 401 };
const empty: Fault = { kind: 'answer', status: 200, body: { total: 0, size: 0, signs: [] } };

async function main(): Promise<void> {
  const [wanted] = process.argv.slice(2);
  for (const language of languages.filter(({ locale }) => wanted === undefined || locale === wanted)) {
    await takeAll(language);
  }
}

async function takeAll(language: Language): Promise<void> {
  const stage = await setStage({
    locale: language.locale,
    settings: {
      'workbench.colorTheme': 'Default Dark Modern',
      'workbench.tree.indent': 6,
      // The status bar would count the ports of whatever else runs on the machine.
      'remote.autoForwardPorts': false,
    },
    browser: { size: { width: 1200, height: 800 } },
  });
  try {
    const at = new Photographer(stage, await Window.open(stage), language);
    // Each goes on where the one before it ended.
    await takeSignIn(at);
    await takePage(at);
    await takeList(at);
    await takeFilter(at);
    await takeNotes(at);
    await takeLostPages(at);
    await takeFourLists(at);
    await takeThemes(at);
  } finally {
    await stage.close();
  }
}

/** The welcome, and each step from there to the account. */
async function takeSignIn(at: Photographer): Promise<void> {
  const { window } = at;
  await window.showKeys(at.language.title('view.container'));
  await at.button('Sign In').waitFor();
  await at.take('welcome');

  await at.button('Sign In').click();
  await at.asks('Huawei Cloud, Europe');
  await at.take('sign-in-1-site');
  await window.pick('Sample Cloud');
  await at.asks('Paste a token');
  await at.take('sign-in-2-how');
  await window.pick(at.text('Paste a token'));
  await acceptAddresses(at);
  await at.asks('This session only');
  await at.take('sign-in-3-remember-token');
  await window.pick(at.text('This session only'));
  await at.asks('Token: the value of X-Subject-Token that IAM sent. It is checked at {0}.', hostOf(at));
  await at.take('sign-in-4-token');
  await at.page.keyboard.press('Escape');

  await at.button('Sign In').click();
  await window.pick('Sample Cloud');
  await window.pick(at.text('IAM user and password'));
  await at.asks('Account name: the account that the IAM user belongs to, as on the sign-in page');
  await at.take('sign-in-3-account');
  await window.retype(SAMPLE.domain.name);
  await at.asks('IAM user name');
  await at.take('sign-in-4-user');
  await window.retype(SAMPLE.user);
  await at.page.getByPlaceholder(at.text(addressQuestion)).waitFor();
  await at.take('sign-in-5-addresses');
  await acceptAddresses(at, 'sign-in-5-hosts');
  await at.asks('This session only');
  await at.take('sign-in-6-remember');
  await window.pick(at.text('Remember'));
  await asksForPassword(at);
  await at.take('sign-in-7-password');
  await window.retype('wrong-password');
  await at.page.getByText(at.text('The cloud refused the sign-in: {0}', '')).waitFor();
  await at.take('sign-in-wrong-password');
  await window.retype(SAMPLE.password);
  await window.find(SAMPLE.user);
}

/** A key's page, its row, and the ways from one to the other. */
async function takePage(at: Photographer): Promise<void> {
  const { window } = at;
  await openKeys(at);
  await (await window.find(key)).click();
  const page = await window.detail(key);
  await at.take('keys');
  await at.takeTooltip('row-tooltip', key);
  await at.takeMenu('context-menu', key);
  await at.takeMenu('context-menu-list', at.text('Signature keys'));
  await at.takeMenu('context-menu-account', SAMPLE.user);

  const reveal = page.getByRole('button', { name: `${at.text('Reveal')} "sign_secret"` });
  await reveal.click();
  await page.getByText(String(example?.['sign_secret'])).waitFor();
  await page.getByRole('button', { name: `${at.text('Hide')} "sign_secret"` }).click();
  await reveal.waitFor();
  await at.take('page-hidden-again');
  await page.getByRole('button', { name: at.text('Copy ID') }).click();
  await window.says(at.text('Copied {0}', ''));
  await at.take('copied');
  await at.page.keyboard.press('ControlOrMeta+f');
  // The field alone: a headless browser finds nothing in any page.
  await at.page.locator('.simple-find-part.visible input').fill('hmac');
  await at.take('page-find');
  await at.page.keyboard.press('Escape');
  await window.collapse('cn-north-4');
  await page.getByRole('button', { name: at.text('Show in Sidebar') }).click();
  await at.page.locator('.pane-body .monaco-list-row.focused').filter({ hasText: key }).waitFor();
  await at.take('show-in-sidebar');
}

/** A list that goes on, and one whose next page fails. */
async function takeList(at: Photographer): Promise<void> {
  const { window } = at;
  const more = at.text('Load more ({0} of {1})', 100, 240);
  await window.find(more);
  await at.take('load-more');
  await at.during('/signs', failed, async () => {
    await (await window.find(more)).click();
    await at.takeTooltip('failed-page', at.text('Retry'));
  });
}

/** A list that is narrowed, to some rows and to none. */
async function takeFilter(at: Photographer): Promise<void> {
  const { window } = at;
  const list = at.text('Signature keys');
  await window.choose(list, at.language.title('command.filter'));
  await at.asks('{0} contains', at.text('Name'));
  await at.take('filter-by-what');
  await window.pick(at.text('{0} contains', at.text('Name')));
  await at.asks('Filter {0}', list);
  await at.take('filter-text');
  await window.retype('signature_demo');
  const shown = `1 · ${at.text('contains {0}', 'signature_demo')}`;
  await window.find(new RegExp(`^${list}, .*${shown}$`));
  await at.take('filter-shown');

  await window.choose(new RegExp(`^${list},`), at.language.title('command.filter'));
  await window.pick(at.text('{0} is exactly', at.text('Name')));
  await at.asks('Filter {0}', list);
  await window.retype('nothing-is-called-so');
  await at.takeTooltip('note-nothing-matches', at.text('No match · clear filter'));
  const page = await window.detail(key);
  await page.getByRole('button', { name: at.text('Show in Sidebar') }).click();
  const clear = at.page.locator('.notifications-toasts').getByRole('button', { name: at.text('Clear Filter') });
  await clear.waitFor();
  await at.take('filter-hides-key');
  await clear.click();
  await window.find(key);
}

/** Each row that says why there is nothing else; that of a refused sign-in comes with its page. */
async function takeNotes(at: Photographer): Promise<void> {
  const { window } = at;
  await window.collapse(new RegExp(`^${at.text('Signature keys')},`));
  await at.during('/app-quotas\\?', forbidden, async () => {
    await window.expand(at.text('Credential quotas'));
    await at.takeTooltip('note-no-permission', at.text('No permission · retry'));
  });
  await window.collapse('ROMA Connect');
  await window.expand(at.text('Node Engine Service'));
  await at.takeTooltip('note-not-offered', at.text('Not offered here · hide'));
  await window.collapse('cn-north-4');
  await window.openBelow('cn-north-4_研发', 'ROMA Connect');
  await at.takeTooltip('note-nothing-here', at.text('Nothing here · open docs'));
  await window.collapse('cn-north-4_研发');
  await at.during('/instances\\?', failed, async () => {
    await window.openBelow('cn-east-3', 'ROMA Connect');
    await at.takeTooltip('note-could-not-load', at.text('Retry'));
  });
}

/** A refused sign-in, the way out of it, and a page whose key is gone. */
async function takeLostPages(at: Photographer): Promise<void> {
  const { window } = at;
  const reload = async (): Promise<void> => at.reload(String(example?.['id']));
  await reload();
  await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test');
  await window.find(at.text('Credential quotas'));
  await at.during('/v3/auth/tokens', refused, async () => {
    await window.letTokensAge();
    await at.stage.cloud.control.expire();
    await window.expand(at.text('Credential quotas'));
    await at.takeTooltip('note-signed-out', at.text('Sign-in invalid · sign in'));
    await reload();
    await window.detail(at.text('The account of the key {0} is signed out.', 'signature_demo'));
    await at.take('page-signed-out');
  });
  const page = await window.detail(at.text('The account of the key {0} is signed out.', 'signature_demo'));
  await page.getByRole('button', { name: at.text('Sign In') }).click();
  await asksForPassword(at);
  await at.take('sign-in-again');
  await window.retype(SAMPLE.password);
  await window.detail(key);
  await at.run('command.signOut');
  await at.button('Sign Out').waitFor();
  await at.take('sign-out-dialog');
  await at.page.keyboard.press('Escape');

  await at.during('/signs', empty, async () => {
    await reload();
    await window.detail(at.text('The key {0} is no longer there.', key));
    await at.take('page-no-longer-there');
  });
}

/** Few rows a page, so that a key of each of the four lists is on the screen at once. */
async function takeFourLists(at: Photographer): Promise<void> {
  const { window } = at;
  const [apiKey] = exampleRows('credentials');
  const name = String(apiKey?.['description']);
  at.stage.workbench.updateSettings({ 'keyExplorer.pageSize': 2 });
  await at.reload();
  await window.openBelow(SAMPLE.user, 'ap-southeast-3', at.text('Node Engine Service'));
  await (await window.find(name)).click();
  await window.detail(name);
  // Two regions open at once have rows of the same names: the second is opened when none is looked for any more.
  await window.collapse('ap-southeast-3');
  await openKeys(at);
  await window.openBelow('CodeArts Repo', at.text('Credential quotas'), 'ClientQuota_demo');
  await window.expand(at.text('Bound credentials'));
  await window.expand('ap-southeast-3');
  await window.find(name);
  await at.take('four-lists');
}

/** The tree, a page and a row that failed, in every other theme. */
async function takeThemes(at: Photographer): Promise<void> {
  const { window } = at;
  await at.during('/app-quotas\\?', failed, async () => {
    // Each needs the window for itself.
    for (const [name, theme, bodyClass] of themes) {
      at.stage.workbench.updateSettings({ 'workbench.colorTheme': theme });
      await at.reload();
      await window.run('View: Close All Editors');
      await openKeys(at);
      await window.expand(at.text('Credential quotas'));
      await window.find(at.text('Retry'));
      await (await window.find(key)).click();
      await (await window.detail(key)).locator(`body.${bodyClass}`).waitFor();
      await at.take(`theme-${name}`);
    }
  });
}

async function openKeys(at: Photographer): Promise<void> {
  await at.window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', at.text('Signature keys'));
}

async function asksForPassword(at: Photographer): Promise<void> {
  const { domain, user } = SAMPLE;
  await at.asks('Password of {0} in {1}. It is sent to {2}.', user, domain.name, hostOf(at));
}

const addressQuestion = 'Which addresses may get the sign-in and the tokens of this account?';

/** Accepts the addresses of the sample, and takes a picture of the dialog where it is named. */
async function acceptAddresses(at: Photographer, picture?: string): Promise<void> {
  await at.page.getByPlaceholder(at.text(addressQuestion)).waitFor();
  await at.page.keyboard.press('Enter');
  const accept = at.window.modal.getByRole('button', { name: at.text('Accept') });
  await accept.waitFor();
  if (picture !== undefined) {
    await at.take(picture);
  }
  await accept.click();
}

function hostOf({ stage }: Photographer): string {
  return new URL(stage.cloud.url).host;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
