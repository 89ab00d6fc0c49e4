import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { CloudError } from '../../../src/cloud/errors';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { Harness, minute } from '../../support/harness';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';

/** The requests to one site: tokens and temporary keys of IAM, and everything else; `refused`: how many got a 401. */
interface Asked {
  readonly tokens: number;
  readonly keys: number;
  readonly reads: number;
  readonly refused: number;
}

const none: Asked = { tokens: 0, keys: 0, reads: 0, refused: 0 };
/** Somebody looks at each account so often, in minutes. */
const every = 5;

/**
 * A day of three accounts side by side, each of which is asked for its projects and for the instances of one project every
 * five minutes, as a person who works with the tree and refreshes it does. Times are in minutes of that day.
 */
describe('a day', function () {
  this.timeout(240_000);
  let home: StandIn;
  let other: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  let start: number;
  let time: number;
  /** Refusals as their users learn of them: an account's row and its note turn to "sign in again", once. */
  const reports: string[] = [];

  before(async () => {
    [home, other] = await Promise.all([startStandIn(), startStandIn()]);
    harness = new Harness(home);
    harness.sitesSetting = { ...harness.sitesSetting, other: sampleSite(other.url) };
    accounts = harness.accounts();
    start = harness.now;
    const refused = new Set<string>();
    accounts.onDidChange(() => {
      for (const account of accounts.all()) {
        if (!account.refused) {
          refused.delete(account.id);
        } else if (!refused.has(account.id)) {
          refused.add(account.id);
          reports.push(`${account.user.name} at ${time}`);
        }
      }
    });
    // 235 minutes after it came a token has 7 left: fewer than 10, so that it is renewed then, and not 5 minutes before.
    await home.control.tokenLife(242 * 60);
  });
  after(async () => Promise.all([home.close(), other.close()]));

  /** Sets the clocks of this machine and of both clouds. */
  async function setTime(minutes: number): Promise<void> {
    time = minutes;
    harness.now = start + minutes * minute;
    await Promise.all([home, other].map(async ({ control }) => control.setClock(harness.now - Date.now())));
  }

  /** The outcome of an account's lists: `ok`, or the kind of the error, first of the projects and then of the instances. */
  async function look(account: Account): Promise<string> {
    const said: string[] = [];
    for (const ask of [harness.listProjects.bind(harness), harness.listInstances.bind(harness)] as const) {
      said.push(
        await ask(accounts, account).then(
          () => 'ok',
          (error: unknown) => (error instanceof CloudError ? (error.failure.signIn ?? error.kind) : assert.fail()),
        ),
      );
    }
    return said.join(' ');
  }

  /** Lets the day go on until a time, and gives what each account said, without repeating it. */
  async function until(end: number, who: Readonly<Record<string, Account>>): Promise<Record<string, string[]>> {
    const said: Record<string, string[]> = Object.fromEntries(Object.keys(who).map((name) => [name, []]));
    for (let now = Math.ceil((time + 1) / every) * every; now < end; now += every) {
      await setTime(now);
      await Promise.all(
        Object.entries(who).map(async ([name, account]) => {
          const says = await look(account);
          if (said[name]?.at(-1) !== says) {
            said[name]?.push(says);
          }
        }),
      );
    }
    return said;
  }

  /** The requests to a site since the last call. */
  async function asked({ control }: StandIn): Promise<Asked> {
    const log = await control.requests();
    await control.clearRequests();
    const count = (method: string, path: RegExp): number =>
      log.filter((request) => request.method === method && path.test(request.path)).length;
    return {
      tokens: count('POST', /\/auth\/tokens$/),
      keys: count('POST', /\/securitytokens$/),
      reads: count('GET', /./),
      refused: log.filter(({ status }) => status === 401).length,
    };
  }

  /** How often they are looked at in so many minutes: two lists each time. */
  const looks = (minutes: number): number => (minutes / every) * 2;

  it('costs so many requests and so many words as the rules allow, and no more', async () => {
    const never = new AbortController().signal;
    const withCode = async (): Promise<Account> => {
      const { name: userName, password, id: userId } = SAMPLE.guarded;
      const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now) };
      const details = { accountName: SAMPLE.domain.name, userName, password, passcode };
      return (await signInWithMfa(accounts, harness.site(), details, 'always', never)).account;
    };

    // The one with an MFA device signed in 482 minutes before the day: its temporary keys live a day, until 958.
    // A code gives one token, and that one temporary keys.
    await setTime(-482);
    const coded = await withCode();
    assert.deepEqual(await asked(home), { ...none, tokens: 1, keys: 1 });

    // A password: one request. Access keys: no token at all, but four reads that tell whose they are, signed (of which the
    // user may not read the last one's answer).
    await setTime(0);
    let { account: known } = await harness.signIn(accounts);
    assert.deepEqual(await asked(home), { ...none, tokens: 1 });
    const keys = await signInWithKeys(
      accounts,
      harness.site('other'),
      SAMPLE.auditor.key,
      'always',
      async () => true,
      never,
    );
    assert.ok(keys);
    assert.deepEqual(await asked(other), { ...none, reads: 4 });
    const all = { known, coded, keyed: keys.account };
    const fine = { known: ['ok ok'], coded: ['ok ok'], keyed: ['ok ok'] };
    const changes = harness.changeCount;

    // 0 to 600. The password's account: a token for the project at its first use, then both tokens again at 235 and 470,
    // each time one request a token. Signed requests never need IAM.
    time = -1;
    assert.deepEqual(await until(600, all), fine);
    assert.deepEqual(await asked(home), { ...none, tokens: 1 + 2 + 2, reads: 2 * looks(600) });
    assert.deepEqual(await asked(other), { ...none, reads: looks(600) });

    // 600: the cloud ends every token early. Each of the two lists is refused once, has its token renewed by one request, and
    // is requested again; nothing is reported.
    await home.control.expire();
    assert.deepEqual(await until(720, all), fine);
    assert.deepEqual(await asked(home), { tokens: 2, keys: 0, reads: 2 * looks(120) + 2, refused: 2 });
    assert.deepEqual(await asked(other), { ...none, reads: looks(120) });
    assert.deepEqual([reports, harness.changeCount], [[], changes]);

    // 720: the password was changed elsewhere. The first list is refused, the old password is sent once and refused, and
    // it is reported once. From then on nothing is sent for this account: not by the second list, and not in two hours.
    await home.control.changePassword(SAMPLE.user, 'Changed-Passw0rd!');
    const changed = await until(840, all);
    assert.deepEqual(changed, { ...fine, known: ['unauthenticated unauthenticated'] });
    assert.deepEqual(await asked(home), { tokens: 1, keys: 0, reads: looks(120) + 1, refused: 2 });
    assert.deepEqual(await asked(other), { ...none, reads: looks(120) });
    assert.deepEqual([reports, harness.changeCount], [[`${SAMPLE.user} at 720`], changes + 1]);

    // 840: the user signs in again: one request; at the first look another one for the project. The next are due at 1075.
    // 958: the temporary keys have ended. That is known without asking: no request, and no password, which alone would be
    // refused and count towards a lock. The row asks for a code; that is no refusal, so nothing is reported again.
    await setTime(840);
    ({ account: known } = await harness.signIn(accounts, 'always', {
      name: SAMPLE.user,
      password: 'Changed-Passw0rd!',
    }));
    time = 839;
    assert.deepEqual(await until(1020, { ...all, known }), { ...fine, coded: ['ok ok', 'code code'] });
    assert.deepEqual(await asked(home), { ...none, tokens: 1 + 1, reads: looks(180) + looks(960 - 840) });
    assert.deepEqual(await asked(other), { ...none, reads: looks(180) });

    // 1020: a new code, for one token and temporary keys of a day.
    // 1060 to 1120: the site is out of reach. Each look costs its two reads an account, each of which is tried three times
    // and fails: reads are repeated, sign-ins are not. The tokens are due at
    // 1075: from then on each list asks IAM first, once, for nine looks up to 1115, and goes on with the token that it has
    // for as long as that lasts, until 1082: the looks at 1075 and 1080 read, those from 1085 cannot. The network is no
    // refusal: nothing is reported, and nobody is signed out.
    await setTime(1020);
    const coded2 = await withCode();
    time = 1019;
    assert.deepEqual(await until(1060, { ...all, known, coded: coded2 }), fine);
    assert.deepEqual(await asked(home), { ...none, tokens: 1, keys: 1, reads: 2 * looks(40) });
    await home.control.fault({ match: '/', fault: { kind: 'reset' } });
    const down = await until(1120, { ...all, known, coded: coded2 });
    assert.deepEqual(down, { ...fine, known: ['network network'], coded: ['network network'] });
    const inVain = 3 * (looks(1085 - 1060) + looks(60));
    assert.deepEqual(await asked(home), { ...none, tokens: 9 * 2, reads: inVain });
    assert.deepEqual(await asked(other), { ...none, reads: looks(100) });

    // 1120: it is back, and so are both accounts, without a word: two tokens that were due, and two more at 1355.
    // 1200: the access key was deleted. The first list is refused, it is reported once, and nothing is signed again.
    await home.control.clearFaults();
    assert.deepEqual(await until(1200, { ...all, known, coded: coded2 }), fine);
    assert.deepEqual(await asked(other), { ...none, reads: looks(80) });
    await other.control.revokeKey(SAMPLE.auditor.key.access);
    const last = await until(1440, { ...all, known, coded: coded2 });
    assert.deepEqual(last, { ...fine, keyed: ['keyUnknown keyUnknown'] });
    assert.deepEqual(await asked(home), { ...none, tokens: 2 + 2, reads: 2 * looks(320) });
    assert.deepEqual(await asked(other), { ...none, reads: 1, refused: 1 });

    // One report for each of the two refusals. The other changes are the two sign-ins since, and that the
    // temporary keys had ended.
    assert.deepEqual(reports, [`${SAMPLE.user} at 720`, `${keys.account.user.name} at 1200`]);
    assert.equal(harness.changeCount, changes + 2 + 2 + 1);
    assert.equal(accounts.all().length, 3);
  });
});
