// The column picker: search, show, hide, reorder by dragging or with the arrow keys, and reset to the default.
import { html, nothing } from './lit-html.js';
import { DEFAULT_COLUMNS } from './view.js';

const TITLES = {
  collector_tstamp: 'Time', title: 'Event', contexts: 'Contexts or reason', se_label: 'Label', se_category: 'Category', app_id: 'App',
};

/** A column's name for people. */
export const titleOf = (column) => (Object.hasOwn(TITLES, column) ? TITLES[column] : column);

const named = (column) => (Object.hasOwn(TITLES, column) ? html`${TITLES[column]} <code class="note">${column}</code>` : column);

// After a change, a row may show another column, so each checkbox is restored first.
let searched = '';
let dragged = null;

export function picker(state, actions) {
  if (!state.picking) return nothing;
  const chosen = state.shownColumns;
  const others = ['title', 'contexts', ...state.allColumns].filter((name) => !chosen.includes(name));
  const found = (name) => `${name} ${titleOf(name)}`.toLowerCase().includes(searched.toLowerCase());
  const place = (name, at) => {
    const rest = chosen.filter((one) => one !== name);
    rest.splice(at, 0, name);
    actions.columns(rest);
  };
  const keys = (e, name, at) => {
    if (e.key === 'ArrowUp' && at > 0) { e.preventDefault(); e.stopPropagation(); place(name, at - 1); }
    if (e.key === 'ArrowDown' && at < chosen.length - 1) { e.preventDefault(); e.stopPropagation(); place(name, at + 1); }
  };
  return html`<dialog open class="picker" aria-label="Columns">
    <div class="bar"><h2>Columns</h2><span class="spacer"></span>
      <button class="default" @click=${() => actions.columns(DEFAULT_COLUMNS)}>Reset to default</button>
      <button class="close" aria-label="Close" @click=${actions.pick}>✕</button></div>
    <input class="search-columns" placeholder="Search columns" aria-label="Search columns" .value=${searched}
      @input=${(e) => { searched = e.target.value; actions.find(state.find); }}>
    <ul class="chosen">${chosen.map((name, at) => (found(name) ? html`
      <li draggable="true" data-column=${name} tabindex="0" title="Drag, or press ↑ ↓, to move"
        @keydown=${(e) => keys(e, name, at)} @dragstart=${() => { dragged = name; }}
        @dragover=${(e) => e.preventDefault()} @drop=${(e) => { e.preventDefault(); if (dragged) place(dragged, at); dragged = null; }}>
        <label><input type="checkbox" checked @change=${(e) => { e.target.checked = true; actions.columns(chosen.filter((one) => one !== name)); }}> ${named(name)}</label></li>` : nothing))}</ul>
    <ul class="others">${others.filter(found).slice(0, 300).map((name) => html`
      <li data-column=${name}><label><input type="checkbox"
        @change=${(e) => { e.target.checked = false; actions.columns([...chosen, name]); }}> ${named(name)}</label></li>`)}</ul>
  </dialog>`;
}
