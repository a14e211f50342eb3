// The toolbar above the table: status, search, session, and the active filters.
import { html, nothing } from './lit-html.js';

export function toolbar(state, actions) {
  const { view } = state;
  const { good = 0, bad = 0, evicted = 0 } = state.summary ?? {};
  const tab = (status, label, count) => html`
    <button class="tab" data-status=${status || 'all'} aria-pressed=${view.status === status}
      @click=${() => actions.change({ status })}>${label} <span class="count">${count}</span></button>`;
  const page = (show, label) => html`<a href=${show === 'events' ? '#' : `#show=${show}`} aria-current=${view.show === show ? 'page' : nothing}
    @click=${(e) => { e.preventDefault(); actions.show(show); }}>${label}</a>`;
  const head = html`<h1><img src="/micro/ui/icon.svg" alt="" width="24" height="24"> Internal Events</h1>
      <nav>${page('events', 'Events')} ${page('metrics', 'Metrics')} ${page('definitions', 'Definitions')} ${page('ping', 'Service Ping')}</nav>`;
  const theme = html`<button class="theme" @click=${actions.theme} title="Light or dark (t)" aria-label=${`Colours: ${state.theme}`}>${{ auto: '◐', dark: '●', light: '○' }[state.theme]}</button>`;
  if (view.show !== 'events') {
    return html`<header>${head}
      ${view.show === 'ping' ? nothing : html`<input type="search" placeholder="Filter  ( / )" aria-label="Filter" maxlength="200"
        .value=${view.name} @input=${(e) => actions.change({ name: e.target.value })}>`}
      <span class="spacer"></span>
      <span class="live" data-live=${state.live} role="status">${state.live ? 'live' : 'not connected'}</span> ${theme}</header>`;
  }
  return html`
    <header>
      ${head}
      <div class="tabs" role="group" aria-label="Status">
        ${tab('', 'All', good + bad)} ${tab('good', 'Good', good)} ${tab('bad', 'Failed', bad)}
      </div>
      <input type="search" placeholder="Filter by event name  ( / )" aria-label="Filter by event name" maxlength="200"
        .value=${view.name} @input=${(e) => actions.change({ name: e.target.value })}>
      <input class="session" placeholder="Test session" aria-label="Test session: a label or an app id" maxlength="200"
        .value=${view.session} @change=${(e) => actions.session(e.target.value.trim())}>
      <span class="spacer"></span>
      ${evicted ? html`<span class="note">${evicted} older evicted</span>` : nothing}
      <button class="follow" aria-pressed=${state.following} title="Show new events automatically (f)"
        @click=${actions.follow}><span class="live" data-live=${state.live} role="status">${state.live ? 'live' : 'not connected'}</span>${state.following ? nothing : ' · paused'}</button>
      <button class="pick" @click=${actions.pick} title="Choose columns (c)">Columns</button>
      ${theme}
      <button class="help" @click=${actions.help} title="Keys (?)" aria-label="Keys">?</button>
      <button class="reset" @click=${actions.reset} ?disabled=${good + bad === 0}>Reset</button>
    </header>`;
}

/** The active filters, each with a button that removes it. */
export function chips(state, actions) {
  const { view } = state;
  const range = view.from || view.to;
  if (!view.filters.length && !range) return nothing;
  const time = (millis) => (millis ? new Date(millis).toLocaleString() : '…');
  return html`<div class="chips">
    ${view.filters.map((filter) => html`<span class="filter" data-column=${filter.column}><b>${filter.column}</b> is
      ${filter.values.join(' or ')} <button aria-label=${`Remove the filter ${filter.column}`}
        @click=${() => actions.removeFilter(filter.column)}>✕</button></span>`)}
    ${range ? html`<span class="filter" data-column="time"><b>Received</b> ${time(view.from)} to ${time(view.to)}
      <button aria-label="Remove the time range" @click=${() => actions.change({ from: null, to: null })}>✕</button></span>` : nothing}
    <button class="clear" @click=${() => actions.change({ filters: [], from: null, to: null })}>Clear</button>
  </div>`;
}

const KEYS = [['/', 'filter by name'], ['j  k', 'next, previous event'], ['Esc', 'close'], ['n  p', 'next, previous page'],
  ['f', 'pause, resume'], ['c', 'columns'], ['t', 'light, dark'], ['?', 'this help']];

export function help(state, actions) {
  return state.helping ? html`<dialog open class="keys" aria-label="Keys"><h2>Keys</h2>
    <dl>${KEYS.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
    <button @click=${actions.help}>Close</button></dialog>` : nothing;
}

export function login(state, actions) {
  const { token = true, signIn } = state.ways ?? {};
  return html`<section class="first login"><h2>${token && !signIn ? 'This collector needs its token' : 'Sign in to see events'}</h2>
    ${signIn ? html`<p><a class="button" href=${signIn}>Sign in</a></p>` : nothing}
    ${token ? html`<form @submit=${(e) => { e.preventDefault(); actions.logIn(new FormData(e.target).get('token')); }}>
      <input name="token" type="password" autocomplete="current-password" aria-label="Token" required ?autofocus=${!signIn}>
      <button>Open</button></form>` : nothing}
    ${state.lockedError ? html`<p class="failure">${state.lockedError}</p>` : nothing}
    ${token ? html`<p class="note">The token is the value of INTERNAL_EVENTS_TOKEN that the collector was started with.</p>` : nothing}
    </section>`;
}
