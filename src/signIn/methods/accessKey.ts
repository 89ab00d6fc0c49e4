import { l10n } from 'vscode';
import type { SignedIn } from '../../accounts/accounts';
import { signInWithKeys } from '../../accounts/methods/accessKey';
import { pasted } from '../../accounts/pastedText';
import { hostOf } from '../../cloud/url';
import { choose } from '../../platform/quickInput';
import { escapeQuickInput, toDisplayText } from '../../platform/translate';
import { askAddresses } from '../addressQuestion';
import { attempt, mayReplace } from '../attempt';
import { chosenSite, next, type Question } from '../draft';
import { askRemember } from '../rememberQuestion';
import { askPasted, taken } from '../textQuestions';
import type { GuidedMethod } from './method';

const askAccessKey: Question = async (draft, step) =>
  askPasted(step, 'accessKey', {
    prompt: l10n.t('Access key ID (AK), or the line of credentials.csv'),
    value: draft.accessKey ?? '',
    secret: (text) => 'pair' in pasted(text, 'accessKey'),
    take: async (value, pair) => {
      draft.secretKey = pair?.secretKey ?? (value === draft.accessKey ? draft.secretKey : undefined);
      draft.accessKey = value;
      return taken;
    },
  });

const askSecurityToken: Question = async (draft, step) =>
  askPasted(step, 'securityToken', {
    prompt: l10n.t('Security token: temporary access keys have one. Leave it empty for a permanent key.'),
    secret: true,
    optional: true,
    take: async (value) => {
      draft.securityToken = value;
      return taken;
    },
  });

const askSecretKey: Question = async (draft, step, accounts) => {
  const { accessKey: access = '', securityToken = '', remember = 'session' } = draft;
  const site = chosenSite(draft, accounts);
  return askPasted<SignedIn>(step, 'secretKey', {
    prompt: l10n.t(
      'Secret access key (SK) of {0}. It is not sent: it signs the requests, the first one to {1}.',
      escapeQuickInput(toDisplayText(access)),
      hostOf(site.iam),
    ),
    secret: true,
    value: draft.secretKey ?? '',
    take: async (secret, pair, signal) => {
      if (pair && pair.accessKey !== access) {
        return {
          error: l10n.t('It belongs to another access key: {0}', escapeQuickInput(toDisplayText(pair.accessKey))),
        };
      }
      const keys = { access, secret, ...(securityToken === '' ? {} : { securityToken }) };
      return attempt(
        async () => signInWithKeys(accounts, site, keys, remember, mayReplace, signal),
        l10n.t('Five wrong signatures lock the key for a few minutes.'),
      );
    },
  });
};

// The clock may be right again by now, or the key switched on.
const askStoredKey: Question = async ({ again }, step, accounts) => {
  const answer = await choose<'same' | 'another'>(
    step,
    l10n.t('With which access key?'),
    [
      { label: l10n.t('Try the same key again'), value: 'same' },
      { label: l10n.t('Enter another key'), value: 'another' },
    ],
    undefined,
  );
  if (answer.kind !== 'given' || answer.value === 'another' || !again) {
    return answer.kind === 'given' ? next : answer;
  }
  await accounts.tryAgain(again.account.id);
  return { kind: 'given', value: { account: again.account } };
};

export const accessKey: GuidedMethod = {
  kind: 'accessKey',
  choice: () => ({
    label: l10n.t('Access key (AK/SK)'),
    description: l10n.t('permanent or temporary'),
    icon: 'key',
  }),
  questions: [
    askAccessKey,
    askSecurityToken,
    askAddresses,
    askRemember(() => l10n.t('The access key is kept in the secret storage of this machine.')),
    askSecretKey,
  ],
  questionsAgain: () => [askStoredKey, askAccessKey, askSecurityToken, askSecretKey],
};
