// The pages of the definitions: metrics with their values, events with the code that tracks them, and the Service Ping.
import { html, nothing } from './lit-html.js';

const FRAMES = { '7d': '1 week', '28d': '4 weeks', all: 'all time' };
const WEEKS = { '7d': 1, '28d': 4 };
const DAY = 86_400_000;

const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** The days of a metric's complete weeks, which end before the current one, and with that. Weeks begin on Monday, in UTC. */
function days(frame, now = Date.now()) {
  if (!WEEKS[frame]) return { complete: 'all time, as now', current: 'all time' };
  const today = Math.floor(now / DAY) * DAY;
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY;
  const from = (weeks) => day.format(monday - weeks * 7 * DAY);
  return { complete: `${from(WEEKS[frame])} – ${day.format(monday - DAY)}`, current: `${from(WEEKS[frame] - 1)} – today` };
}

/** A name that may be broken where its words end. */
const breakable = (name) => name.split(/(?<=[._])/).map((part) => html`${part}<wbr>`);

/** "unique user.id" → "unique users". */
const MEASURES = { total: 'events', 'sum(value)': 'sum of value', 'unique user.id': 'unique users', 'unique project.id': 'unique projects', 'unique namespace.id': 'unique namespaces' };
const measure = (term) => MEASURES[term] ?? term.replace(/^unique /, 'unique values of ').replace(/^total by /, 'events by ');

const undefinedYet = html`<section class="first"><h2>No definitions yet</h2>
  <p>Start the collector with the folder that contains <code>events</code> and <code>metrics</code>, or <code>config/events</code> and <code>config/metrics</code>:</p>
  <pre tabindex="0" aria-label="Command">./internal-events micro --definitions DIR</pre></section>`;

/** Returns whether every search word is in one of the texts. */
function found(sought, ...texts) {
  const text = texts.join(' ').toLowerCase();
  return sought.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

const nothingFound = (sought) => html`<p class="note empty">No match for “${sought}”.</p>`;

const MOST_SHOWN = 10;

/** Renders a number, or the totals of each value, greatest first. */
function amount(value) {
  if (typeof value === 'number') return value.toLocaleString();
  return Object.entries(value).map(([property, totals]) => {
    const all = Object.entries(totals).sort(([, a], [, b]) => b - a);
    const more = all.length - MOST_SHOWN;
    return html`<div class="note">${property}</div>${all.slice(0, MOST_SHOWN).map(([name, count]) =>
      html`<div>${name}: ${count.toLocaleString()}</div>`)}${more > 0 ? html`<div class="note">and ${more} more</div>` : nothing}`;
  });
}

export function metrics(state) {
  if (!state.metrics) return nothing;
  if (!state.metrics.defined) return undefinedYet;
  const { name } = state.view;
  const rows = state.metrics.metrics.filter((m) => found(name, m.key_path, m.description, m.product_group, ...m.events));
  if (!rows.length) return name ? nothingFound(name) : html`<p class="note empty">No metrics are defined that count events.</p>`;
  return html`<table class="metrics" role="table" aria-label="Metrics"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Metric</th>
      <th role="columnheader" scope="col">Counts</th><th role="columnheader" scope="col">Events</th><th role="columnheader" scope="col">Time frame</th>
      <th role="columnheader" scope="col" class="amount" title="With the current week as the last one">Now</th>
      <th role="columnheader" scope="col" class="amount" title="In complete weeks, as in the Service Ping">Complete weeks</th></tr></thead>
    <tbody role="rowgroup">${rows.map((m) => html`<tr role="row" data-metric=${m.key_path}>
      <td role="cell" class="what"><span class="name">${breakable(m.key_path)}</span><span class="note description">${m.description}</span>
        ${m.error ? html`<div class="reason">${m.error}</div>` : nothing}</td>
      <td role="cell" class="measure" title=${m.measure}>${measure(m.measure)}</td><td role="cell" class="events">${m.events.map((event) => html`<div>${breakable(event)}</div>`)}</td><td role="cell" class="frame">${FRAMES[m.time_frame] ?? m.time_frame}</td>
      <td role="cell" class="amount current"><div class="figure" data-changed=${JSON.stringify(m.current) !== JSON.stringify(state.since[m.key_path] ?? m.current)}>${amount(m.current)}</div>
        <span class="note days">${days(m.time_frame).current}</span></td>
      <td role="cell" class="amount complete"><div class="figure">${amount(m.value)}</div><span class="note days">${days(m.time_frame).complete}</span></td></tr>`)}</tbody></table>`;
}

export function definitions(state, actions) {
  if (!state.definitions) return nothing;
  if (!state.definitions.defined) return undefinedYet;
  const { name } = state.view;
  const events = state.definitions.events.filter((e) => found(name, e.action, e.description, e.product_group));
  if (!events.length) return nothingFound(name);
  return html`<div class="definitions">${events.map((e) => html`<article data-event=${e.action} data-status=${e.status}>
    <h2>${e.action} ${e.status === 'removed' ? html`<span class="chip">removed</span>` : nothing}
      ${e.product_group ? html`<span class="chip">${e.product_group}</span>` : nothing}</h2>
    <p>${e.description}</p>
    <dl>
      <dt>Identifiers</dt><dd>${e.identifiers.join(', ') || 'none'}</dd>
      ${Object.entries(e.additional_properties).map(([key, text]) => html`<dt><code>${key}</code></dt><dd>${text}</dd>`)}
      <dt>Metrics</dt><dd>${e.metrics.length ? e.metrics.map((path) => html`<span class="chip">${path}</span>`) : 'none'}</dd>
      <dt>File</dt><dd><code>${e.file}</code></dd>
    </dl>
    ${e.status === 'removed' ? nothing : html`<pre tabindex="0" aria-label=${`Code that tracks ${e.action}`}>${code(e)}</pre>`}
    <button @click=${() => actions.change({ show: 'events', name: e.action }, { remember: true })}>See its events</button>
  </article>`)}</div>`;
}

/** The Service Ping as it would be sent now. */
export function ping(state, actions) {
  if (!state.ping) return nothing;
  const { metadata, ...document } = state.ping;
  const failed = metadata.metrics.filter((one) => one.error);
  return html`<section class="ping"><p class="note">The Service Ping is GitLab's weekly report of an instance's metrics. This is how it would be sent now; values cover complete weeks.
      <button @click=${() => actions.copy(state.ping, 'ping')}>${state.copied === 'ping' ? 'Copied' : 'Copy JSON'}</button></p>
    ${failed.length ? html`<ul class="reason">${failed.map((one) => html`<li>${one.name}: ${one.error}</li>`)}</ul>` : nothing}
    <pre tabindex="0" aria-label="The Service Ping as JSON">${JSON.stringify(document, null, 2)}</pre></section>`;
}

/** Returns the code that tracks an event, with all its declared identifiers and properties. */
function code(event) {
  const calls = event.identifiers.filter((one) => one !== 'feature_enabled_by_namespace_ids').map((one) => `.${one}(${one}Id)`);
  for (const key of Object.keys(event.additional_properties)) {
    calls.push(['label', 'property', 'value'].includes(key) ? `.${key}(${key})` : `.put("${key}", value)`);
  }
  if (!calls.length) return `internalEvents.trackEvent("${event.action}");`;
  return `internalEvents.event("${event.action}")\n    ${calls.join('\n    ')}\n    .track();`;
}
