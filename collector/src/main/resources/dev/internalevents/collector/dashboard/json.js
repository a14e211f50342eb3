// Renders JSON as indented, coloured text. Every value becomes a text node, so event data is never parsed as HTML.
import { html } from './lit-html.js';

/** Beyond this number of values, the text has no colours: the browser could not show so many elements. */
const MOST_VALUES = 5_000;

/** Returns how many of this number of values are left after those of a value. */
const left = (value, most) => (value === null || typeof value !== 'object' ? most - 1
  : Object.values(value).reduce((rest, item) => (rest < 0 ? rest : left(item, rest)), most - 1));

export const view = (value) => (left(value, MOST_VALUES) < 0 ? JSON.stringify(value, null, 2) : coloured(value, 0));

function coloured(value, level) {
  if (value === null) return html`<span class="j-null">null</span>`;
  if (typeof value === 'string') return html`<span class="j-text">${JSON.stringify(value)}</span>`;
  if (typeof value !== 'object') return html`<span class="j-plain">${String(value)}</span>`;
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return list ? '[]' : '{}';
  if (list && value.every((item) => item === null || typeof item !== 'object') && JSON.stringify(value).length < 60) {
    return html`[${value.map((item, i) => html`${coloured(item, level)}${i < value.length - 1 ? ', ' : ''}`)}]`;
  }
  const inner = '  '.repeat(level + 1);
  return html`${list ? '[' : '{'}${entries.map(([key, item], i) => html`
${inner}${list ? '' : html`<span class="j-key">${JSON.stringify(key)}</span>: `}${coloured(item, level + 1)}${i < entries.length - 1 ? ',' : ''}`)}
${'  '.repeat(level)}${list ? ']' : '}'}`;
}
