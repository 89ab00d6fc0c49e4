import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { authentication, commands, env, extensions } from 'vscode';
import { thisMachine } from '../../src/accounts/profiles/files';
import { findProfiles, readProfile } from '../../src/accounts/profiles/profiles';
import { providerId } from '../../src/authentication/authenticationProvider';
import { StandInControl } from '../cloud/control';
import { withPasswordOf, type SignIn } from '../host/otherWindow';
import type { Product } from '../soak/product';
import { manifestOf } from './activation';
import { given } from './given';
import { signInWithProfile } from '../../src/accounts/methods/profile';
import { signInWithAgency } from '../../src/accounts/methods/agency';

const id = 'key-explorer.huaweicloud-key-explorer';

/** The commands that are about who signs in where: whatever they are given, they ask a person first. */
const aboutAccounts = ['signIn', 'signInAgain', 'signOut', 'manageAccounts', 'acceptAddress'];

/** Any extension, and any `command:` link in trusted markdown, can call a command with any arguments. */
export function otherExtensions(product: Product): void {
  describe('commands that another extension calls', () => {
    const { cloud, sample } = given();
    const control = new StandInControl(cloud);
    const all = manifestOf(id).contributes.commands.map(({ command }) => command);
    let folder: string;

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'key-explorer-profile-'));
      const file = join(folder, 'credentials');
      writeFileSync(file, `[basic]\nak = ${sample.auditor.key.access}\nsk = ${sample.auditor.key.secret}\n`);
      process.env[variable] = file;
    });

    beforeEach(async () => control.reset());

    after(async () => {
      delete process.env[variable];
      rmSync(folder, { recursive: true, force: true });
      await commands.executeCommand('workbench.action.closePanel');
      await product.signOutAll(cloud);
    });

    it('take no sign-in from it, in whatever form', async function () {
      this.timeout(60_000);
      const who = { accountName: sample.domain.name, userName: sample.user, password: sample.password };
      const { access, secret } = sample.operator.key;
      const signIns = [
        { site: 'demo', ...who, remember: 'session' },
        { site: 'demo', kind: 'password', ...who, remember: 'always', accept: [cloud], accepted: [cloud] },
        { site: 'demo', accessKey: access, secretKey: secret, remember: 'session' },
        { site: 'demo', token: 'planted', remember: 'session' },
        { site: 'demo', profile: { id: 'sdkFile:planted:basic' } },
        { site: { id: 'demo', iam: cloud, services: {}, fromSettings: [] }, ...who },
      ];
      const odd = [undefined, null, 1, true, '', '/', '../..', [], {}, { id: {} }, { id: '__proto__' }, throwing()];
      const hostile = signIns.flatMap((one) => [one, { ...one, id: 'demo' }, [one], JSON.stringify(one)]);
      const results: unknown[] = [];
      for (const argument of [...odd, ...hostile]) {
        results.push(...(await callAndClose(all, argument)));
      }
      assert.deepEqual(await control.requests(), []);
      assert.deepEqual(await authentication.getAccounts(providerId), []);
      assert.deepEqual(results, []);
    });

    it('leave an account as it is, and send nothing to sign it in, before a person answers', async () => {
      for (const [kind, signIn] of Object.entries(ways())) {
        const account = await product.signIn(cloud, signIn);
        const before = await known();
        await control.clearRequests();
        const rowId = `/${account.id}`;
        const rowsOfIt = [rowId, `${rowId}/any/row`, { id: rowId }, { id: rowId, accept: cloud, label: 'planted' }];
        for (const argument of rowsOfIt) {
          await callAndClose(
            aboutAccounts.map((name) => `keyExplorer.${name}`),
            argument,
          );
        }
        assert.deepEqual(await control.requests(), [], kind);
        assert.deepEqual(await known(), before, kind);
      }
    });

    it('give it nothing back, no more than the activation does, and keep the clipboard', async () => {
      await env.clipboard.writeText('untouched');
      assert.deepEqual(await callAndClose(all, '/'), []);
      assert.equal(await env.clipboard.readText(), 'untouched');
      assert.equal(extensions.getExtension(id)?.exports, undefined);
    });

    /** The accounts that the extension knows. */
    async function known(): Promise<string> {
      const roots = (await product.provider.getChildren()) ?? [];
      return JSON.stringify(roots.map((node) => node.kind === 'account' && node.account));
    }

    /** All that another window can sign in with and the extension takes up. */
    function ways(): Readonly<Record<string, SignIn>> {
      let operatorId = '';
      return {
        password: async (accounts, site, signal) => {
          const signedIn = await withPasswordOf(sample)(accounts, site, signal);
          operatorId = signedIn?.account.id ?? '';
          return signedIn;
        },
        profile: async (accounts, site, signal) => {
          const { profiles } = await findProfiles(thisMachine());
          const used = await readProfile(thisMachine(), profiles[0]?.id ?? '');
          assert.ok('profile' in used);
          return signInWithProfile(accounts, site, used, async () => true, signal);
        },
        agency: async (accounts, _, signal) => {
          const { agencyName, domain } = sample.partner;
          return signInWithAgency(accounts, operatorId, { agencyName, domainName: domain.name }, signal);
        },
      };
    }
  });
}

const variable = 'HUAWEICLOUD_SDK_CREDENTIALS_FILE';

/** Something that does not let itself be read. */
function throwing(): object {
  return new Proxy(
    {},
    {
      has: () => true,
      get: () => {
        throw new Error('planted');
      },
    },
  );
}

/** Calls commands, and closes what they ask, as a person does who expected nothing of the kind. @returns what they gave or threw */
async function callAndClose(ids: readonly string[], argument: unknown): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for (const command of ids) {
    const call = Promise.resolve(commands.executeCommand(command, argument, [argument])).then(
      (result) => ({ result }),
      (thrown: unknown) => ({ result: thrown }),
    );
    let over: { readonly result: unknown } | undefined;
    while (!over) {
      over = await Promise.race([call, pause(20).then(() => undefined)]);
      if (!over) {
        await commands.executeCommand('workbench.action.closeQuickOpen');
      }
    }
    results.push(over.result);
  }
  return results.filter((result) => result !== undefined);
}
