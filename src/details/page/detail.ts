import type { Copyable } from '../../explorer/copyable';
import type { FromPage, PageContent, ToPage } from '../protocol';
import { tokensOf } from './json';

const vscode = acquireVsCodeApi();
const main = document.querySelector('main') ?? document.body;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isToPage(data)) {
    draw(data.content);
  }
});
say({ type: 'ready' });

function say(message: FromPage): void {
  vscode.postMessage(message);
}

// Everything is set as text: nothing of the content is ever read as HTML.
function draw({ title, kind, path, facts, marks, json, mask, words, can }: PageContent): void {
  document.title = title;
  const heading = element('h1', title);
  const trail = element('nav');
  trail.setAttribute('aria-label', words.path);
  const steps = element('ol');
  steps.append(...path.map((step) => element('li', step)));
  trail.append(steps);

  const list = element('dl');
  for (const { label, value } of facts) {
    list.append(element('dt', label), element('dd', value));
  }

  const buttons = element('div');
  buttons.className = 'buttons';
  buttons.append(
    ...(can.copyId ? [button(words.copyId, 'id')] : []),
    ...(can.copyName ? [button(words.copyName, 'name')] : []),
    button(words.copyJson, 'json'),
  );

  const odd = marks.map((mark) => {
    const line = element('p', mark);
    line.className = 'mark';
    return line;
  });
  const kindLine = element('p', kind);
  kindLine.className = 'kind';
  main.replaceChildren(trail, heading, kindLine, ...odd, list, buttons, jsonRegion(json, mask, words));
}

function jsonRegion(json: string, mask: string, words: PageContent['words']): HTMLElement {
  const region = element('pre');
  // Scrolls by keyboard too, so it has to take the focus and a name.
  region.tabIndex = 0;
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', words.json);
  const code = element('code');
  for (const { text, kind } of tokensOf(json)) {
    const piece = element('span', text);
    piece.className = kind;
    if (text === JSON.stringify(mask)) {
      piece.className = 'masked';
      piece.title = words.masked;
    }
    code.append(kind === 'plain' ? text : piece);
  }
  region.append(code);
  return region;
}

function button(label: string, what: Copyable): HTMLButtonElement {
  const made = element('button', label);
  made.type = 'button';
  made.addEventListener('click', () => say({ type: 'copy', what }));
  return made;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function isToPage(message: unknown): message is ToPage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'show';
}
