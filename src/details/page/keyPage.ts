import type { Copyable } from '../../explorer/present/copyable';
import type { FromPage, PageContent, ToPage } from '../protocol';
import { tokensOf } from './jsonTokens';

/** A secret is shown no longer than this: milliseconds. */
const shownFor = 30_000;

/** A masked secret on the page: shows its value, or hides it again. */
interface MaskedSecret {
  reveal(value: string): void;
  hide(): void;
}

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;
const status = document.querySelector('#status');
let secrets: readonly MaskedSecret[] = [];

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isToPage(data)) {
    return;
  }
  if (data.kind === 'secret') {
    // Answers may come after the page was hidden.
    if (!document.hidden) {
      secrets[data.at]?.reveal(data.value);
    }
    return;
  }
  hideAll();
  vscode.setState({ ref: data.ref });
  if (data.kind === 'show') {
    draw(data.content);
  } else {
    sayInstead(data.text, data.action);
  }
});
document.addEventListener('visibilitychange', hideAll);
say({ kind: 'ready' });

function say(message: FromPage): void {
  vscode.postMessage(message);
}

function hideAll(): void {
  for (const secret of secrets) {
    secret.hide();
  }
}

function sayInstead(text: string, action: string | undefined): void {
  secrets = [];
  main.replaceChildren(
    element('h1', text),
    ...(action === undefined ? [] : [button(action, () => say({ kind: 'act' }))]),
  );
}

// Everything is set as text: nothing of the content is ever read as HTML.
function draw(content: PageContent): void {
  const { title, kind, path, facts, warnings, words, can } = content;
  document.title = title;
  const trail = element('nav');
  trail.setAttribute('aria-label', words.path);
  const steps = element('ol');
  steps.append(...path.map((step) => element('li', step)));
  trail.append(steps);

  const list = element('dl');
  for (const { label, value } of facts) {
    list.append(element('dt', label), element('dd', value));
  }
  const copy = (label: string, what: Copyable): HTMLElement => button(label, () => say({ kind: 'copy', what }));
  const buttons = element('div', '', 'buttons');
  buttons.append(
    ...(can.copyId ? [copy(words.copyId, 'id')] : []),
    ...(can.copyName ? [copy(words.copyName, 'name')] : []),
    copy(words.copyJson, 'json'),
    button(words.showInSidebar, () => say({ kind: 'showInSidebar' })),
  );
  main.replaceChildren(
    trail,
    element('h1', title),
    element('p', kind, 'kind'),
    ...warnings.map((warning) => element('p', warning, 'warning')),
    list,
    buttons,
    jsonRegion(content),
  );
}

function jsonRegion({ json, mask, words }: PageContent): HTMLElement {
  const region = element('pre');
  // Scrolls by keyboard too, so it has to take the focus and a name.
  region.tabIndex = 0;
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', words.json);
  const code = element('code');
  const masked: MaskedSecret[] = [];
  let name = '';
  for (const { text, kind } of tokensOf(json)) {
    name = kind === 'name' ? text : name;
    if (kind === 'string' && text === JSON.stringify(mask)) {
      const [secret, ...elements] = secretOf(masked.length, text, name, words);
      masked.push(secret);
      code.append(...elements);
    } else {
      code.append(kind === 'plain' ? text : element('span', text, kind));
    }
  }
  secrets = masked;
  region.append(code);
  return region;
}

function secretOf(
  at: number,
  mask: string,
  name: string,
  words: PageContent['words'],
): [MaskedSecret, ...HTMLElement[]] {
  const text = element('span', mask, 'masked');
  text.title = words.masked;
  const toggle = button(words.reveal, () => {
    if (timer === undefined) {
      say({ kind: 'reveal', at });
    } else {
      secret.hide();
    }
  });
  const copy = button(words.copySecret, () => say({ kind: 'copySecret', at }));
  for (const each of [toggle, copy]) {
    each.classList.add('small');
    each.setAttribute('aria-label', `${each.textContent} ${name}`);
  }
  let timer: number | undefined;
  const secret: MaskedSecret = {
    reveal: (value) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => secret.hide(), shownFor);
      text.textContent = value;
      relabel(toggle, words.hide, name);
      tell(words.revealed);
    },
    hide: () => {
      if (timer !== undefined) {
        window.clearTimeout(timer);
        timer = undefined;
        text.textContent = mask;
        relabel(toggle, words.reveal, name);
        tell('');
      }
    },
  };
  return [secret, text, toggle, copy];
}

function relabel(control: HTMLElement, text: string, name: string): void {
  control.textContent = text;
  control.setAttribute('aria-label', `${text} ${name}`);
}

function tell(text: string): void {
  if (status) {
    status.textContent = text;
  }
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = element('button', text);
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = '', kind = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind !== '') {
    made.className = kind;
  }
  return made;
}

function isToPage(message: unknown): message is ToPage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    (message.kind === 'show' || message.kind === 'say' || message.kind === 'secret')
  );
}
