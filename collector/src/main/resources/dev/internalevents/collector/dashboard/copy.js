// Buttons that copy a text, and blocks of code with such a button beside them.
import { html } from './lit-html.js';

export async function copy(value) {
  const content = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(content);
    return;
  }
  const area = document.createElement('textarea');
  area.value = content;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A button that copies what `value` returns; `what` names it among the buttons of the page. */
export const copyButton = (what, label, value, state, actions) => html`<button id=${`copy-${what}`}
  @click=${() => actions.copy(value(), what)}>${state.copied === what ? 'Copied' : label}</button>`;

/** A block of code, its caption, and a button that copies it. */
export const codeBlock = (what, caption, code, state, actions) => html`<figure class="code">
  <figcaption><span>${caption}</span>${copyButton(what, 'Copy', () => code, state, actions)}</figcaption>
  <pre id=${what} tabindex="0" aria-label=${caption}>${code}</pre></figure>`;
