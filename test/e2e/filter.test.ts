import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { setStage, Window, type Stage } from './window';

describe('filtering a list', function () {
  this.timeout(120_000);
  let stage: Stage;
  let window: Window;
  const keys = async (): Promise<number> =>
    (await window.rows()).filter((name) => name.includes(', signature key')).length;

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator, 'Remember,');
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('asks by what and for what, and shows the filter with its count', async () => {
    await window.row('signature_demo').waitFor();
    await window.choose('Signature keys', 'Filter…');
    await window.pick('Name contains');
    await window.answer(/Name contains/, 'signature_demo');
    await window.row(/^Signature keys, list, 1 · contains signature_demo/).waitFor();
    assert.equal(await keys(), 1);
  });

  it('says that nothing matches, and is cleared from there', async () => {
    await window.choose(/^Signature keys/, 'Filter…');
    await window.pick('Name is exactly');
    await window.answer(/Name is exactly/, 'signature_dem');
    await window.row('No match · clear filter').click();
    await window.row('Signature_udlu').waitFor();
    await window.row('Signature keys').waitFor();
    assert.equal(await window.row(/^Signature keys, list, /).count(), 0);
  });
});
