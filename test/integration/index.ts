import path from 'node:path';
import Mocha from 'mocha';
import { Soak } from '../soak/soak';
import { activation } from './activation';
import { browsing } from './browsing';
import { documentedAnswers } from './documents';
import { given } from './given';
import { largeHeaders } from './headers';
import { manifest } from './manifest';
import { otherExtensions } from './otherExtensions';
import { proxy } from './proxy';
import { secrets } from './secrets';
import { sessions } from './sessions';
import { settings } from './settings';
import { soaking } from './soaking';

/** Called by VS Code in its extension host. @throws where a test failed */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    reporter: path.join(process.env['KEY_EXPLORER_ROOT'] ?? '', 'test/countingReporter.cjs'),
    timeout: process.execArgv.some((argument) => argument.startsWith('--inspect')) ? 0 : 20_000,
    color: true,
  });
  // It watches the extension from its start.
  const soak = new Soak({ ...given(), seed: 1 });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  activation();
  settings();
  manifest();
  secrets();
  proxy();
  largeHeaders();
  otherExtensions(soak.product);
  sessions(soak.product);
  browsing(soak.product);
  documentedAnswers();
  soaking(soak);
  const failures = await new Promise<number>((done) => {
    mocha.run(done);
  });
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
