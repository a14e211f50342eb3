// The table of events, its filters, and what stands there before the first event.
import { html, nothing } from './lit-html.js';

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false,
});

export function toolbar(state, actions) {
  const { good = 0, bad = 0, evicted = 0 } = state.summary ?? {};
  const tab = (status, label, count) => html`
    <button class="tab" data-status=${status || 'all'} aria-pressed=${state.status === status}
      @click=${() => actions.filter({ status })}>${label} <span class="count">${count}</span></button>`;
  return html`
    <header>
      <h1><img src="/micro/ui/icon.svg" alt="" width="24" height="24"> Internal Events</h1>
      <div class="tabs" role="group" aria-label="Status">
        ${tab('', 'All', good + bad)} ${tab('good', 'Good', good)} ${tab('bad', 'Failed', bad)}
      </div>
      <input type="search" placeholder="Filter by event name  ( / )" aria-label="Filter by event name" maxlength="200"
        .value=${state.name} @input=${(e) => actions.filter({ name: e.target.value })}>
      <span class="spacer"></span>
      ${evicted ? html`<span class="note">${evicted} older made room</span>` : nothing}
      <span class="live" data-live=${state.live} role="status">${state.live ? 'live' : 'not connected'}</span>
      <button @click=${actions.reset} ?disabled=${good + bad === 0}>Reset</button>
    </header>`;
}

export function table(state, actions) {
  if (state.loaded && state.rows.length === 0) {
    return state.summary.good + state.summary.bad === 0 ? firstSteps(actions) : html`
      <div class="empty"><p>No ${state.status === 'bad' ? 'failed ' : state.status}
        event${state.name ? html` whose name contains <b>${state.name}</b>` : ''} is held.</p>
        <button @click=${() => actions.filter({ status: '', name: '' })}>Show all events</button></div>`;
  }
  return html`
    <table>
      <thead><tr><th>Time</th><th>Event</th><th>Label</th><th>Category</th><th>App</th><th>Contexts or reason</th></tr></thead>
      <tbody>${state.rows.map((row) => html`
        <tr data-number=${row.number} data-status=${row.status} tabindex="0"
          aria-selected=${state.selected === row.number}
          @click=${() => actions.select(row.number)}
          @keydown=${(e) => (e.key === 'Enter' || e.key === ' ') && (e.preventDefault(), actions.select(row.number))}>
          <td class="time"><span class="dot" title=${row.status === 'good' ? 'good' : 'failed'}></span>${time.format(new Date(row.time))}</td>
          <td class="name" title=${row.name}>${row.name}</td>
          <td title=${row.label ?? ''}>${row.label ?? ''}</td>
          <td title=${row.category ?? ''}>${row.category ?? (row.type && row.type !== 'struct' ? row.type : '')}</td>
          <td title=${row.app ?? ''}>${row.app ?? ''}</td>
          <td class=${row.status === 'bad' ? 'reason' : 'contexts'} title=${row.reason ?? ''}>
            ${row.status === 'bad' ? row.reason : (row.contexts ?? []).map((c) => html`<span class="chip">${c}</span>`)}</td>
        </tr>`)}</tbody>
    </table>
    ${state.more ? html`<button class="more" @click=${actions.older}>Show older events</button>` : nothing}`;
}

function firstSteps(actions) {
  const endpoint = location.origin;
  const code = `export AIGW_INTERNAL_EVENT__ENABLED=true AIGW_INTERNAL_EVENT__ENDPOINT=${endpoint}
InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
internalEvents.trackEvent("request_awesome_feature");`;
  const send = `./internal-events send request_awesome_feature --endpoint ${endpoint}`;
  return html`
    <section class="first">
      <h2>Waiting for the first event</h2>
      <p>It shows here the moment it arrives. Three lines send one, the settings and the Java:</p>
      <div class="code"><pre id="first-steps">${code}</pre><button @click=${() => actions.copy(code)}>Copy</button></div>
      <p>Or from a terminal, without writing code:</p>
      <div class="code"><pre>${send}</pre><button @click=${() => actions.copy(send)}>Copy</button></div>
      <p class="note">Any Snowplow tracker can send here too: its collector URL is <code>${endpoint}</code>.</p>
    </section>`;
}
