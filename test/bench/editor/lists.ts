import type { Locator } from 'playwright-core';
import { SAMPLE } from '../../cloud/data';
import type { Window } from '../../e2e/window';
import { clickUntil } from './stopwatch';

/** CSS selector for the rows of the visible tree. */
const rows = '.pane-body [role="treeitem"]';

/** Rows per page in the lists that are loaded page by page. */
const page = 100;

/** Rows in a range row, and above the first one. */
const rangeSize = 500;

/** The late page is measured behind row 9,900: in the range row that starts at row 9,501, and in a flat list. */
const lateStart = 9500;
const late = 9900;

/** Initial sizes of the lists in memory. The second is as long as the product's range row when the late page is measured. */
export const flatLists = [page, late - lateStart, late] as const;

/** With this setting, a turn of the mouse wheel scrolls less than a screen: 14 times 50 pixels. */
export const wheel = { 'workbench.list.mouseWheelScrollSensitivity': 14 };

/** Timeout for scrolling to a row, ms. */
const patience = 30_000;

/** Rows in the lists that are loaded page by page. */
export const longList = 12_400;

/** Names of lists: instances in the product, lists in the extension that it is compared with. */
export const names = {
  first: (count: number, sample: number): string => `first-${count}-${sample}`,
  long: (sample: number): string => `long-${sample}`,
  flat: (count: number, sample: number): string => `flat-${count}-${sample}`,
};

/** Shows the instances of the first project, all collapsed. */
export async function openInstances(window: Window): Promise<void> {
  await window.showKeys();
  await collapseAll(window, 'Key Explorer');
  await window.openBelow(SAMPLE.operator.name, 'cn-north-4', 'ROMA Connect');
}

/**
 * From the click that expands a list until its first row is painted.
 * @param first start of that row's accessible name
 */
export async function firstRows(window: Window, count: number, sample: number, first: string): Promise<number> {
  await window.showKeys();
  const instance = names.first(count, sample);
  await window.expand(instance);
  const time = await opened(window, 'Signature keys', first);
  await window.collapse('Signature keys');
  await window.collapse(instance);
  return time;
}

/** The same for a list in memory. */
export async function firstStillRows(window: Window, count: number, sample: number, first: string): Promise<number> {
  await window.showKeys('Still Rows');
  const list = names.first(count, sample);
  const time = await opened(window, list, first);
  await window.collapse(list);
  return time;
}

/**
 * From the click on *Load more* until the first new row is painted, at row 100 and at row 9,900.
 * @param nameAt start of the accessible name of the row at an index
 */
export async function loadMore(
  window: Window,
  sample: number,
  nameAt: (place: number) => string,
): Promise<{ early: number; late: number }> {
  await openInstances(window);
  const instance = names.long(sample);
  await window.expand(instance);
  await window.expand('Signature keys');
  const early = await more(window, nameAt(page));
  for (let at = 2 * page; at < rangeSize; at += page) {
    await more(window, nameAt(at));
  }
  const range = /^9,?501 to 10,?000/;
  await scrollTo(window, range, page);
  await window.expand(range);
  for (let at = lateStart + page; at < late; at += page) {
    await more(window, nameAt(at));
  }
  return { early, late: await more(window, nameAt(late)) };
}

/** The same in flat lists in memory: as long as the product's first list, its range row, and all of its rows together. */
export async function loadMoreFlat(
  window: Window,
  sample: number,
  nameAt: (place: number) => string,
): Promise<{ early: number; inPart: number; late: number }> {
  await window.showKeys('Still Rows');
  const at = async (count: number): Promise<number> => {
    await collapseAll(window, 'Still Rows');
    await window.expand(names.flat(count, sample));
    return more(window, nameAt(count), count);
  };
  const [few, part, all] = flatLists;
  return { early: await at(few), inPart: await at(part), late: await at(all) };
}

async function opened(window: Window, list: string, first: string): Promise<number> {
  const row = await window.find(list);
  const twistie = row.locator('.monaco-tl-twistie');
  await window.page.waitForTimeout(300);
  return clickUntil(window.page, twistie, rows, first);
}

// Scrolling back over an expanded long list would take long. The side bar may still show the previous view's title.
async function collapseAll(window: Window, view: string): Promise<void> {
  const title = window.page.locator('.composite.title').filter({ hasText: view });
  const open = window.page.locator(`${rows}[aria-expanded="true"]`).filter({ visible: true });
  do {
    await title.getByRole('button', { name: 'Collapse All' }).click();
    await window.page.waitForTimeout(300);
  } while ((await open.count()) > 0);
}

// `down`: distance of the row to click, in rows.
async function more(window: Window, first: string, down = page): Promise<number> {
  return clickUntil(window.page, await scrollTo(window, /^Load more/, down), rows, first);
}

async function scrollTo(window: Window, name: RegExp, down: number): Promise<Locator> {
  // The previous view may still be in the DOM.
  const row = window.row(name).filter({ visible: true }).first();
  // The focus moves to the first new row a moment after the page arrived.
  await window.page.waitForTimeout(500);
  await window.page.mouse.move(200, 500);
  // Three screens by keyboard, as the focus is at the start of the last page; or to the end of the tree.
  const keys = down === page ? ['PageDown', 'PageDown', 'PageDown'] : ['End'];
  // A tree that was just refreshed may have lost the focus.
  await window.page.locator('.pane-body .monaco-list').filter({ visible: true }).first().focus();
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
  const end = Date.now() + patience;
  // A row may be about to disappear: it must still be there a moment later.
  let [seen, turns, sweep] = [false, 0, 8];
  for (; !seen || !(await canBeClicked(row, name)); await window.page.waitForTimeout(150)) {
    if (Date.now() > end) {
      throw new Error(`${String(name)} did not come into sight`);
    }
    seen = await canBeClicked(row, name);
    if (!seen) {
      // In both directions, further each time: the row may have been scrolled past.
      await window.page.mouse.wheel(0, sweep > 0 ? 100 : -100);
      turns += 1;
      if (turns === Math.abs(sweep)) {
        [turns, sweep] = [0, sweep * -2];
      }
    }
  }
  return row;
}

// The last visible row may be half outside the view: a click on its middle would miss it.
async function canBeClicked(row: Locator, name: RegExp): Promise<boolean> {
  const box = (await row.isVisible()) ? await row.boundingBox() : undefined;
  if (!box) {
    return false;
  }
  const at = `${box.x + box.width / 2}, ${box.y + box.height / 2}`;
  const hit = `document.elementFromPoint(${at})?.closest('[role="treeitem"]')?.getAttribute('aria-label') ?? ''`;
  return name.test(await row.page().evaluate<string>(hit));
}
