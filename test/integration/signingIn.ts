import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { StandInControl } from '../cloud/control';
import { given } from './given';

export function signingIn(): void {
  describe('signing in with arguments', () => {
    const { cloud, sample } = given();
    const control = new StandInControl(cloud);
    const full = {
      site: 'demo',
      accountName: sample.domain.name,
      userName: sample.user,
      password: sample.password,
      remember: 'session',
    };
    const signIn = async (argument: unknown): Promise<unknown> =>
      commands.executeCommand('keyExplorer.signIn', argument);

    it('is refused for a site that is not on this machine, and nothing is sent', async () => {
      await control.clearRequests();
      await assert.rejects(signIn({ ...full, site: 'cn' }), /only for a site whose IAM runs on this machine/);
      await assert.rejects(signIn({ ...full, site: 'none' }), /only for a site whose IAM runs on this machine/);
      assert.deepEqual(await control.requests(), []);
    });

    it('says which argument is missing', async () => {
      await assert.rejects(signIn({ ...full, password: '' }), /The argument password is missing/);
    });

    it('sends a wrong password once, and says why it failed without repeating it', async () => {
      await control.clearRequests();
      await assert.rejects(signIn({ ...full, password: 'planted-wrong-password' }), (error: Error) => {
        assert.ok(!`${error.message}${error.stack}`.includes('planted'));
        return true;
      });
      assert.equal((await control.requests()).length, 1);
    });

    it('gives the account, and asks nothing more before a row is opened', async () => {
      await control.reset();
      await control.clearRequests();
      const id = await signIn(full);
      assert.equal(id, `demo:${sample.domain.id}:${sample.operator.id}`);
      const paths = (await control.requests()).map(({ method, path }) => `${method} ${path}`);
      assert.equal(paths.filter((each) => each === 'POST /v3/auth/tokens').length, 1);
    });
  });
}
