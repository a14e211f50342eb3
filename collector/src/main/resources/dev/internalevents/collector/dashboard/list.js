// The table of events and its pages.
import { html, nothing } from './lit-html.js';
import { titleOf } from './columns.js';
import { firstSteps } from './steps.js';

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false,
});
const date = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** The columns on a narrow screen, where each event has two lines. */
export const NARROW_COLUMNS = ['title', 'collector_tstamp', 'summary'];

/** Until the first answer. A page that fails says why, and a collector that is away is in the banner. */
export const waiting = (state) => (state.error || state.away ? nothing : html`<p class="note empty waiting">Loading events…</p>`);

export function table(state, actions) {
  const { view } = state;
  if (state.rows.length === 0) {
    const narrowed = view.session || view.filters.length || view.name || view.status || view.from || view.to;
    if (!state.summary && narrowed) return nothing;
    const none = !state.summary || state.summary.total === 0;
    return none && !view.session && !view.filters.length ? firstSteps(state, actions) : html`
      <div class="empty"><p>No ${view.status === 'bad' ? 'failed ' : view.status} events${view.name
        ? html` whose name contains <b>${view.name}</b>` : ''}${view.session ? html` with the label or app id <b>${view.session}</b>` : ''}.</p>
        <button @click=${() => actions.change({ status: '', name: '', filters: [], from: null, to: null })}>Show all events</button></div>`;
  }
  const current = state.rows.some((row) => row.number === state.cursor) ? state.cursor : state.rows[0].number;
  return html`
    <table role="grid" aria-label="Events" aria-rowcount=${state.total}>
      <thead role="rowgroup"><tr role="row">${state.shownColumns.map((column) => head(column, state, actions))}</tr></thead>
      <tbody role="rowgroup">${state.rows.map((row) => html`
        <tr role="row" data-number=${row.number} data-status=${row.valid ? 'good' : 'bad'} tabindex=${row.number === current ? 0 : -1}
          aria-selected=${view.event === row.number} @focus=${() => actions.at(row.number)} @click=${() => actions.open(row.number)}
          @keydown=${(e) => e.target === e.currentTarget && (e.key === 'Enter' || e.key === ' ') && (e.preventDefault(), actions.open(row.number))}>
          ${state.shownColumns.map((column) => cell(column, row))}
        </tr>`)}</tbody>
    </table>
    ${state.pages > 1 ? html`<nav class="pages" aria-label="Pages">
      <button class="previous" ?disabled=${view.page <= 1} @click=${() => actions.change({ page: view.page - 1 })}>‹ Newer</button>
      <span>page ${view.page} of ${state.pages} · ${state.total} events</span>
      <button class="next" ?disabled=${view.page >= state.pages} @click=${() => actions.change({ page: view.page + 1 })}>Older ›</button></nav>` : nothing}`;
}

function head(column, state, actions) {
  const { sort, desc } = state.view;
  const sorted = sort === column;
  const filtering = state.filtering?.column === column ? state.filtering : null;
  const filtered = state.view.filters.find((filter) => filter.column === column);
  if (column === 'contexts' || column === 'summary') return html`<th role="columnheader" scope="col" data-column=${column}>${titleOf(column)}</th>`;
  return html`<th role="columnheader" scope="col" data-column=${column} aria-sort=${sorted ? (desc ? 'descending' : 'ascending') : 'none'}>
    <button class="sort" title=${`Sort by ${column}`} @click=${() => actions.sort(column)}>${titleOf(column)}${sorted ? (desc ? ' ↓' : ' ↑') : ''}</button>
    ${column === 'title' || column.endsWith('_tstamp') ? nothing : html`<button class="filter-by" aria-label=${`Filter by ${titleOf(column)}`} aria-pressed=${Boolean(filtered)}
      @click=${() => actions.filterBy(column)}>▾</button>`}
    ${filtering ? html`<div class="values" role="group" aria-label=${`Values of ${titleOf(column)}`}>
      ${filtering.values === null ? 'Loading…' : filtering.values.length === 0 ? 'Nearly every event has a different value.' : filtering.values.slice(0, 200).map((value) => html`
        <label title=${value}><input type="checkbox" .checked=${filtered?.values.includes(value) ?? false}
          @change=${() => actions.toggleValue(column, value)}> ${value}</label>`)}</div>` : nothing}</th>`;
}

/** The badge of an event with the same id and content as an earlier one. */
export const repeat = html`<span class="badge" data-status="repeat" title="An event with the same id and content was received before. Metrics do not count it again.">sent before</span>`;

/** Good or failed, as a shape and for screen readers as a word. */
const mark = (valid) => html`<span class="mark" title=${valid ? 'good' : 'failed'}><span aria-hidden="true">${valid ? '●' : '✕'}</span><span class="unseen">${valid ? 'good' : 'failed'}</span></span>`;

function cell(column, row) {
  if (column === 'collector_tstamp') {
    const at = new Date(row.collector_tstamp);
    const today = new Date().toDateString() === at.toDateString();
    return html`<td role="gridcell" class="time" title=${row.collector_tstamp}>${today ? '' : `${date.format(at)} `}${time.format(at)}</td>`;
  }
  if (column === 'title') return html`<td role="gridcell" class="name" title=${row.title}>${mark(row.valid)}${row.repeat ? html`${repeat} ` : nothing}${row.title}</td>`;
  if (column === 'contexts') {
    if (!row.valid) return html`<td role="gridcell" class="reason" title=${row.reason}>${row.reason}</td>`;
    const names = Object.keys(row).filter((name) => name.startsWith('contexts_'));
    return html`<td role="gridcell" class="contexts" title=${names.join(', ')}>${names.map((name) => html`<span class="chip">${short(name)}</span>`)}</td>`;
  }
  if (column === 'summary') return html`<td role="gridcell" class=${row.valid ? 'summary' : 'summary reason'}>${summary(row)}</td>`;
  const text = value(column, row);
  return html`<td role="gridcell" title=${text}>${text}</td>`;
}

/** What matters most beside the name: why an event failed, or its label, value and app. */
function summary(row) {
  if (!row.valid) return row.reason;
  const texts = [row.se_label, row.se_value ?? row.tr_total ?? row.ti_name, row.page_url, row.app_id].filter((one) => one !== undefined && one !== null && one !== '');
  return texts.length ? texts.map((text, i) => html`${i ? ' · ' : ''}<bdi>${text}</bdi>`) : Object.keys(row).filter((name) => name.startsWith('contexts_')).map(short).join(', ') || 'no label';
}

/** contexts_com_gitlab_gitlab_standard_1 → gitlab_standard: without kind, vendor and model. */
const short = (name) => name.replace(/^contexts_(com|org|net|io|dev)_[a-z0-9]+_(snowplow_)?/, '').replace(/_[0-9]+$/, '');

function value(column, row) {
  const direct = Object.hasOwn(row, column) ? row[column] : null;
  if (direct !== undefined && direct !== null) return typeof direct === 'object' ? JSON.stringify(direct) : String(direct);
  const dot = column.indexOf('.');
  if (dot < 0) return '';
  const holder = row[column.slice(0, dot)];
  const items = Array.isArray(holder) ? holder : holder ? [holder] : [];
  return items.map((item) => item?.[column.slice(dot + 1)]).filter((one) => one !== undefined && one !== null)
    .map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ');
}
