import type { Locator } from 'playwright-core';
import { SAMPLE } from '../../cloud/data';
import type { Window } from '../../e2e/window';
import { clickUntil } from './stopwatch';

/** Rows of the tree that is shown. */
const rows = '.pane-body [role="treeitem"]';

/** So many rows a page brings where more are loaded. */
const page = 100;

/** Where the last page is measured: in the part from row 9,001 on, and in a flat list. */
const lateStart = 9000;
const late = lateStart + 9 * page;
const lateFlat = 9900;

/** The lists in memory that more is loaded of, by their rows at first: the second has as many as the part from row 9,001 on. */
export const flatLists = [page, late - lateStart, lateFlat] as const;

/** By this setting, one turn of the mouse wheel passes by less than is on the screen: 14 times 50 pixels. */
export const wheel = { 'workbench.list.mouseWheelScrollSensitivity': 14 };

/** A row that does not come into sight within so many milliseconds is not there. */
const patience = 30_000;

/** The size of the lists that more is loaded of. */
export const longList = 12_400;

/** Names of lists: instances of the product, lists of the other. */
export const names = {
  first: (count: number, sample: number): string => `first-${count}-${sample}`,
  long: (sample: number): string => `long-${sample}`,
  flat: (count: number, sample: number): string => `flat-${count}-${sample}`,
};

/** Shows the instances of the first project, all of them closed. */
export async function openInstances(window: Window): Promise<void> {
  await window.showKeys();
  await collapseAll(window, 'Key Explorer');
  await window.openBelow(SAMPLE.operator.name, 'cn-north-4', 'ROMA Connect');
}

/**
 * From the click that opens a list until its first row is painted.
 * @param first the accessible name of that row begins with it
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

/** The same for a list that is in memory. */
export async function firstStillRows(window: Window, count: number, sample: number, first: string): Promise<number> {
  await window.showKeys('Still Rows');
  const list = names.first(count, sample);
  const time = await opened(window, list, first);
  await window.collapse(list);
  return time;
}

/**
 * From the click on *Load more* until the first new row is painted, at row 100 and at row 9,900.
 * @param nameAt what the accessible name of the row at a place begins with
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
  for (let at = 2 * page; at < 1000; at += page) {
    await more(window, nameAt(at));
  }
  const range = /^9,?001 to 10,?000/;
  await scrollTo(window, range, page);
  await window.expand(range);
  for (let at = lateStart + page; at < late; at += page) {
    await more(window, nameAt(at));
  }
  return { early, late: await more(window, nameAt(late)) };
}

/** The same in flat lists that are in memory: with as many rows as the product's, and all of them in one list. */
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

// A long list that stays open would be a long way back. The side bar may still have the title of the view before.
async function collapseAll(window: Window, view: string): Promise<void> {
  const title = window.page.locator('.composite.title').filter({ hasText: view });
  const open = window.page.locator(`${rows}[aria-expanded="true"]`).filter({ visible: true });
  do {
    await title.getByRole('button', { name: 'Collapse All' }).click();
    await window.page.waitForTimeout(300);
  } while ((await open.count()) > 0);
}

// The row to click stands that many rows further down.
async function more(window: Window, first: string, down = page): Promise<number> {
  return clickUntil(window.page, await scrollTo(window, /^Load more/, down), rows, first);
}

async function scrollTo(window: Window, name: RegExp, down: number): Promise<Locator> {
  // A view that was shown before may still be there.
  const row = window.row(name).filter({ visible: true }).first();
  // After a page came, the focus goes to its first row, a moment later.
  await window.page.waitForTimeout(500);
  await window.page.mouse.move(200, 500);
  // By the keyboard three screens, since the focus is at the start of the page that is passed by; or to the end of the tree.
  const keys = down === page ? ['PageDown', 'PageDown', 'PageDown'] : ['End'];
  // A tree that is listed anew at that moment may have given it away.
  await window.page.locator('.pane-body .monaco-list').filter({ visible: true }).first().focus();
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
  const end = Date.now() + patience;
  // It may be about to go: what counts is that it is still there a moment later.
  let [seen, turns, sweep] = [false, 0, 8];
  for (; !seen || !(await canBeClicked(row, name)); await window.page.waitForTimeout(150)) {
    if (Date.now() > end) {
      throw new Error(`${String(name)} did not come into sight`);
    }
    seen = await canBeClicked(row, name);
    if (!seen) {
      // Up as well, and each time further: it may have been passed by.
      await window.page.mouse.wheel(0, sweep > 0 ? 100 : -100);
      turns += 1;
      if (turns === Math.abs(sweep)) {
        [turns, sweep] = [0, sweep * -2];
      }
    }
  }
  return row;
}

// The last row on the screen may be half below what bounds the view: a click on its middle would not reach it.
async function canBeClicked(row: Locator, name: RegExp): Promise<boolean> {
  const box = (await row.isVisible()) ? await row.boundingBox() : undefined;
  if (!box) {
    return false;
  }
  const at = `${box.x + box.width / 2}, ${box.y + box.height / 2}`;
  const hit = `document.elementFromPoint(${at})?.closest('[role="treeitem"]')?.getAttribute('aria-label') ?? ''`;
  return name.test(await row.page().evaluate<string>(hit));
}
