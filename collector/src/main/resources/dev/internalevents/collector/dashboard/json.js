// Renders JSON as indented, coloured text. Every value becomes a text node, so event data is never parsed as HTML.
import { html } from './lit-html.js';

export function view(value, level = 0) {
  if (value === null) return html`<span class="j-null">null</span>`;
  if (typeof value === 'string') return html`<span class="j-text">${JSON.stringify(value)}</span>`;
  if (typeof value !== 'object') return html`<span class="j-plain">${String(value)}</span>`;
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return list ? '[]' : '{}';
  if (list && value.every((item) => item === null || typeof item !== 'object') && JSON.stringify(value).length < 60) {
    return html`[${value.map((item, i) => html`${view(item)}${i < value.length - 1 ? ', ' : ''}`)}]`;
  }
  const inner = '  '.repeat(level + 1);
  return html`${list ? '[' : '{'}${entries.map(([key, item], i) => html`
${inner}${list ? '' : html`<span class="j-key">${JSON.stringify(key)}</span>: `}${view(item, level + 1)}${i < entries.length - 1 ? ',' : ''}`)}
${'  '.repeat(level)}${list ? ']' : '}'}`;
}
