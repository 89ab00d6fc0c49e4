import { l10n } from 'vscode';
import { hostOf } from '../cloud/url';
import { choose, icon } from '../platform/quickInput';
import { settings } from '../platform/settings';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { next, type Question } from './draft';
import { guidedMethods } from './methods';

export const askSite: Question = async (draft, step) => {
  for (;;) {
    const { sites, wrong } = settings.sites();
    // A site that cannot be used is shown with its reason; choosing it asks again.
    const answer = await choose<string | null>(
      step,
      l10n.t('Select a site'),
      [
        ...[...sites.values()].map((site) => ({
          label: escapeQuickInput(toDisplayText(site.label)),
          description: [hostOf(site.iam), site.console].filter(Boolean).join(' · '),
          value: site.id,
        })),
        ...wrong.map(({ id, reason }) => ({
          label: escapeQuickInput(toDisplayText(id)),
          detail: escapeQuickInput(toDisplayText(reason)),
          iconPath: icon('warning'),
          value: null,
        })),
      ],
      draft.site?.id,
    );
    if (answer.kind !== 'given') {
      return answer;
    }
    if (answer.value !== null) {
      draft.site = settings.site(answer.value);
      return next;
    }
  }
};

export const askMethod: Question = async (draft, step) => {
  const answer = await choose(
    step,
    l10n.t('How do you sign in?'),
    Object.values(guidedMethods).flatMap((method) => {
      const choice = method.choice?.();
      return choice ? [{ ...choice, iconPath: icon(choice.icon), value: method }] : [];
    }),
    draft.method,
  );
  if (answer.kind !== 'given') {
    return answer;
  }
  draft.method = answer.value;
  return next;
};
