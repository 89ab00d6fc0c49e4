import { l10n, window } from 'vscode';
import type { Accounts } from '../accounts/accounts';
import { ofProfile, type AskedAddress } from '../accounts/addresses';
import type { Site } from '../accounts/sites';
import { hostOf } from '../cloud/url';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { chooseMany } from '../platform/quickInput';
import { accountOf, next, type Draft, type Question } from './draft';

// Which addresses may get what a sign-in sends. Rows of a quick pick cut a long host off, so that the ticks are confirmed in a
// modal dialog, which shows each host whole.

/**
 * The addresses that a sign-in has to ask about: all that were not accepted yet. For an account that is signed in already, those
 * that came into the settings later are rows in the tree; only its IAM is asked for here, and the others with it.
 */
export function addressesToAsk(draft: Draft, accounts: Accounts): readonly AskedAddress[] {
  const site = siteOf(draft, accounts);
  const account = accountOf(draft, accounts);
  const asked = site ? accounts.toAccept(site, account ?? none) : [];
  return account && !asked.some(({ isIam }) => isIam) ? [] : asked;
}

/** Asks, with a tick for each, which addresses of a site that are not built in get what the account signs in with. */
export const askAddresses: Question = async (draft, step, accounts) => {
  const asked = addressesToAsk(draft, accounts);
  const refused = new Set(
    accounts.all().flatMap(({ site, declined = [] }) => (site === draft.site?.id ? declined : [])),
  );
  let ticked = asked
    .map(({ address }) => address)
    .filter((address) => draft.addresses?.accepted.includes(address) ?? !refused.has(address));
  // The ticks and their confirmation, until both are given.
  for (;;) {
    const answer = await chooseMany<string>(
      step,
      l10n.t('Which addresses may get the sign-in and the tokens of this account?'),
      asked.map((each) => ({
        label: [usesOf(each), ...(refused.has(each.address) ? [l10n.t('refused before')] : [])].join(' · '),
        description: hostOf(each.address),
        value: each.address,
      })),
      (address) => ticked.includes(address),
    );
    if (answer.kind !== 'given') {
      return answer;
    }
    ticked = [...answer.value];
    const accepted = asked.filter(({ address }) => ticked.includes(address));
    const iam = asked.find(({ isIam }) => isIam);
    const isRefused = iam !== undefined && !accepted.includes(iam);
    if (accepted.length > 0 && !isRefused && !(await confirm(accepted, draft))) {
      continue;
    }
    const decisions = {
      accepted: isRefused ? [] : ticked,
      declined: asked.map(({ address }) => address).filter((address) => !ticked.includes(address)),
    };
    const account = accountOf(draft, accounts);
    if (account && (draft.again || isRefused)) {
      await accounts.decide(account.id, decisions);
    }
    if (isRefused) {
      void window.showWarningMessage(
        l10n.t('Nothing was sent: the sign-in needs {0}, which you did not accept.', hostOf(iam.address)),
      );
      return { kind: 'closed' };
    }
    draft.addresses = decisions;
    return next;
  }
};

async function confirm(accepted: readonly AskedAddress[], { profile }: Draft): Promise<boolean> {
  const accept = l10n.t('Accept');
  const hosts = new Map<string, string[]>();
  for (const each of accepted) {
    const host = hostOf(each.address);
    hosts.set(host, [...(hosts.get(host) ?? []), usesOf(each)]);
  }
  const isOfProfile = accepted.some(({ address }) => address === profile?.endpoint);
  const answer = await window.showWarningMessage(
    l10n.t('Send the sign-in and the tokens of this account to these hosts?'),
    {
      modal: true,
      detail: [
        [...hosts].map(([host, uses]) => `• ${host} (${uses.join(', ')})`).join('\n'),
        ...(accepted.length > (isOfProfile ? 1 : 0)
          ? [l10n.t('The setting keyExplorer.sites names them. Accept them only if you put them there yourself.')]
          : []),
        ...(profile && isOfProfile ? [escapeQuickInput(toDisplayText(ofProfile(profile.name)))] : []),
      ].join('\n\n'),
    },
    accept,
  );
  return answer === accept;
}

function usesOf({ uses }: AskedAddress): string {
  return uses.map(toDisplayText).join(', ');
}

// A role has the IAM of the account that takes it on.
function siteOf(draft: Draft, accounts: Accounts): Site | undefined {
  const { site, method, again } = draft;
  if (!site) {
    return undefined;
  }
  return method?.siteOf ? method.siteOf(site, draft) : ((again && accounts.site(again.account)) ?? site);
}

const none = { accepted: [] } as const;
