import type { Locator, Page } from 'playwright-core';

/** Timeout, ms: a click without an effect by then was ignored by the workbench. */
const patience = 10_000;

/** Runs in the page. Measures from the mouse-down to the frame after the one that first contains the element. */
const watch = `({ where, starts, patience }) => void (globalThis.painted = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(starts + ' did not come')), patience);
  let started;
  addEventListener('mousedown', ({ timeStamp }) => { started = timeStamp; }, { capture: true, once: true });
  const isThere = () => [...document.querySelectorAll(where)].some((element) =>
    (element.getAttribute('aria-label') || element.textContent).startsWith(starts) && element.getClientRects().length > 0);
  const look = () => requestAnimationFrame((now) => {
    if (started === undefined || !isThere()) look();
    else requestAnimationFrame(() => resolve(performance.now() - started));
  });
  look();
}))`;

/**
 * Clicks, and measures until an element is painted. A busy workbench may ignore a click; the click is then repeated.
 * @param where CSS selector of the element; its accessible name or its text starts with `starts`
 * @returns milliseconds
 */
export async function clickUntil(page: Page, target: Locator, where: string, starts: string): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const box = await target.boundingBox();
    if (!box) {
      throw new Error(`${String(target)} is not on the screen`);
    }
    // Installed before the mouse moves.
    await page.evaluate(`(${watch})(${JSON.stringify({ where, starts, patience })})`);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    try {
      return await page.evaluate<number>('painted');
    } catch (error) {
      if (tries === 3) {
        throw error;
      }
    }
  }
}
