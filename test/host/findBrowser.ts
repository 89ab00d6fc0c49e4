/** Finds a Chrome, Chromium or Edge that is there already. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromiumPin } from './pins';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/**
 * The browser that `CHROME_PATH` names, else, where npm has none for this platform, one in the usual places.
 * Undefined where the pinned one is to be installed, so that tests run in the same browser everywhere.
 */
export function findBrowser(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names no file: ${named}`);
    return named;
  }
  if (`${process.platform}-${process.arch}` === chromiumPin.platform) return undefined;

  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [...macApplications, ...onPath].find((path) => existsSync(path));
  if (!found) throw new Error('No Chrome, Chromium or Edge was found: install one, or name one in CHROME_PATH');
  return found;
}
