import type { Copyable } from '../../explorer/present/copyable';
import type { FromPage, PageContent, ToPage } from '../protocol';
import { tokensOf } from './jsonTokens';

/** Time until a revealed secret is hidden, ms. */
const revealDuration = 30_000;

/** A secret on the page. */
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
    // The page may have been hidden before the answer arrived.
    if (!document.hidden) {
      secrets[data.at]?.reveal(data.value);
    }
    return;
  }
  hideAll();
  vscode.setState({ ref: data.ref });
  if (data.kind === 'show') {
    render(data.content);
  } else {
    showMessage(data.text, data.action);
  }
});
document.addEventListener('visibilitychange', hideAll);
post({ kind: 'ready' });

function post(message: FromPage): void {
  vscode.postMessage(message);
}

function hideAll(): void {
  for (const secret of secrets) {
    secret.hide();
  }
}

function showMessage(text: string, action: string | undefined): void {
  secrets = [];
  main.replaceChildren(
    element('h1', text),
    ...(action === undefined ? [] : [button(action, () => post({ kind: 'act' }))]),
  );
}

// Everything is set as text, nothing as HTML.
function render(content: PageContent): void {
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
  const copy = (label: string, what: Copyable): HTMLElement => button(label, () => post({ kind: 'copy', what }));
  const buttons = element('div', '', 'buttons');
  buttons.append(
    ...(can.copyId ? [copy(words.copyId, 'id')] : []),
    ...(can.copyName ? [copy(words.copyName, 'name')] : []),
    copy(words.copyJson, 'json'),
    button(words.showInSidebar, () => post({ kind: 'showInSidebar' })),
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
  // Focusable and named, so that it can be scrolled by keyboard.
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
      post({ kind: 'reveal', at });
    } else {
      secret.hide();
    }
  });
  const copy = button(words.copySecret, () => post({ kind: 'copySecret', at }));
  for (const each of [toggle, copy]) {
    each.classList.add('small');
    each.setAttribute('aria-label', `${each.textContent} ${name}`);
  }
  let timer: number | undefined;
  const secret: MaskedSecret = {
    reveal: (value) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => secret.hide(), revealDuration);
      text.textContent = value;
      relabel(toggle, words.hide, name);
      announce(words.revealed);
    },
    hide: () => {
      if (timer !== undefined) {
        window.clearTimeout(timer);
        timer = undefined;
        text.textContent = mask;
        relabel(toggle, words.reveal, name);
        announce('');
      }
    },
  };
  return [secret, text, toggle, copy];
}

function relabel(control: HTMLElement, text: string, name: string): void {
  control.textContent = text;
  control.setAttribute('aria-label', `${text} ${name}`);
}

function announce(text: string): void {
  if (status) {
    status.textContent = text;
  }
}

function button(text: string, press: () => void): HTMLButtonElement {
  const control = element('button', text);
  control.type = 'button';
  control.addEventListener('click', press);
  return control;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = '', kind = ''): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  created.textContent = text;
  if (kind !== '') {
    created.className = kind;
  }
  return created;
}

function isToPage(message: unknown): message is ToPage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    (message.kind === 'show' || message.kind === 'say' || message.kind === 'secret')
  );
}
