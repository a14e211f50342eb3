// The table of events, its pages, and the first steps shown before the first event.
import { html, nothing } from './lit-html.js';

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false,
});
const date = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const TITLES = { collector_tstamp: 'Time', title: 'Event', contexts: 'Contexts or reason', se_label: 'Label', se_category: 'Category', app_id: 'App' };

export function table(state, actions) {
  const { view } = state;
  if (state.rows.length === 0) {
    const none = !state.summary || state.summary.total === 0;
    return none && !view.session && !view.filters.length ? firstSteps(actions) : html`
      <div class="empty"><p>No ${view.status === 'bad' ? 'failed ' : view.status} events${view.name
        ? html` whose name contains <b>${view.name}</b>` : ''}${view.session ? html` in the session <b>${view.session}</b>` : ''}.</p>
        <button @click=${() => actions.change({ status: '', name: '', filters: [], from: null, to: null })}>Show all events</button></div>`;
  }
  return html`
    <table>
      <thead><tr>${state.shownColumns.map((column) => head(column, state, actions))}</tr></thead>
      <tbody>${state.rows.map((row) => html`
        <tr data-number=${row.number} data-status=${row.valid ? 'good' : 'bad'} tabindex="0" aria-selected=${view.event === row.number}
          @click=${() => actions.open(row.number)}
          @keydown=${(e) => (e.key === 'Enter' || e.key === ' ') && (e.preventDefault(), actions.open(row.number))}>
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
  if (column === 'contexts') return html`<th data-column=${column}>${TITLES[column]}</th>`;
  return html`<th data-column=${column} aria-sort=${sorted ? (desc ? 'descending' : 'ascending') : 'none'}>
    <button class="sort" title=${`Sort by ${column}`} @click=${() => actions.sort(column)}>${TITLES[column] ?? column}${sorted ? (desc ? ' ↓' : ' ↑') : ''}</button>
    ${column === 'title' || column.endsWith('_tstamp') ? nothing : html`<button class="filter-by" aria-label=${`Filter by ${column}`} aria-pressed=${Boolean(filtered)}
      @click=${() => actions.filterBy(column)}>▾</button>`}
    ${filtering ? html`<div class="values" role="group" aria-label=${`Values of ${column}`}>
      ${filtering.values === null ? 'Loading…' : filtering.values.length === 0 ? 'Nearly every event has a different value.' : filtering.values.slice(0, 200).map((value) => html`
        <label title=${value}><input type="checkbox" .checked=${filtered?.values.includes(value) ?? false}
          @change=${() => actions.toggleValue(column, value)}> ${value}</label>`)}</div>` : nothing}</th>`;
}

/** The badge of an event with the same id and content as an earlier one. */
export const repeat = html`<span class="badge" data-status="repeat" title="An event with the same id and content was received before. Metrics do not count it again.">sent before</span>`;

function cell(column, row) {
  if (column === 'collector_tstamp') {
    const at = new Date(row.collector_tstamp);
    const today = new Date().toDateString() === at.toDateString();
    return html`<td class="time" title=${row.collector_tstamp}><span class="dot" title=${row.valid ? 'good' : 'failed'}></span>${today ? '' : `${date.format(at)} `}${time.format(at)}</td>`;
  }
  if (column === 'title') return html`<td class="name" title=${row.title}>${row.repeat ? html`${repeat} ` : nothing}${row.title}</td>`;
  if (column === 'contexts') {
    if (!row.valid) return html`<td class="reason" title=${row.errors?.[0] ?? ''}>${row.errors?.[0] ?? ''}</td>`;
    const names = Object.keys(row).filter((name) => name.startsWith('contexts_'));
    return html`<td class="contexts" title=${names.join(', ')}>${names.map((name) => html`<span class="chip">${short(name)}</span>`)}</td>`;
  }
  const text = value(column, row);
  return html`<td title=${text}>${text}</td>`;
}

/** contexts_com_gitlab_gitlab_standard_1 → gitlab_standard: without kind, vendor and model. */
const short = (name) => name.replace(/^contexts_(com|org|net|io|dev)_[a-z0-9]+_(snowplow_)?/, '').replace(/_[0-9]+$/, '');

function value(column, row) {
  const direct = row[column];
  if (direct !== undefined && direct !== null) return typeof direct === 'object' ? JSON.stringify(direct) : String(direct);
  const dot = column.indexOf('.');
  if (dot < 0) return '';
  const holder = row[column.slice(0, dot)];
  const items = Array.isArray(holder) ? holder : holder ? [holder] : [];
  return items.map((item) => item?.[column.slice(dot + 1)]).filter((one) => one !== undefined && one !== null)
    .map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ');
}

function firstSteps(actions) {
  const endpoint = location.origin;
  const code = `export AIGW_INTERNAL_EVENT__ENABLED=true AIGW_INTERNAL_EVENT__ENDPOINT=${endpoint}
InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
internalEvents.trackEvent("request_awesome_feature");`;
  const send = `./internal-events send request_awesome_feature --url ${endpoint}`;
  return html`
    <section class="first">
      <h2>Waiting for the first event</h2>
      <p>It appears here as soon as it arrives. Three lines send one, including the settings:</p>
      <div class="code"><pre id="first-steps">${code}</pre><button @click=${() => actions.copy(code)}>Copy</button></div>
      <p>Or from a terminal, without code:</p>
      <div class="code"><pre>${send}</pre><button @click=${() => actions.copy(send)}>Copy</button></div>
      <p class="note">Any Snowplow tracker can send events, too: its collector URL is <code>${endpoint}</code>.</p>
    </section>`;
}
