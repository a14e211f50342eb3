// The header of every page; on the page of events the toolbar too: status, search, session, and the active filters.
import { html, nothing } from './lit-html.js';
import { titleOf } from './columns.js';

const THEMES = { auto: '◐ Auto', dark: '● Dark', light: '○ Light' };

function header(state, actions, more) {
  const { view } = state;
  const page = (show, label) => html`<a href=${show === 'events' ? '#' : `#show=${show}`} aria-current=${view.show === show ? 'page' : nothing}
    @click=${(e) => { e.preventDefault(); actions.show(show); }}>${label}</a>`;
  return html`<header>
    <h1><img src="/micro/ui/icon.svg" alt="" width="24" height="24"> <span>Internal Events</span></h1>
    <nav aria-label="Pages of the dashboard">${page('events', 'Events')} ${page('metrics', 'Metrics')} ${page('definitions', 'Definitions')} ${page('ping', 'Service Ping')}</nav>
    <span class="spacer"></span>
    ${more}
    <button class="theme" @click=${actions.theme} title="Colours: like the system, dark, light (t)" aria-label=${`Colours: ${state.theme}`}>${THEMES[state.theme]}</button>
  </header>`;
}

/** Whether new events appear by themselves; null until the first answer. */
const live = (state) => html`<span class="live" data-live=${state.live ?? 'unknown'}>${state.live === null ? 'connecting…' : state.live ? 'live' : 'not connected'}</span>`;

const search = (state, actions, what) => html`<input type="search" placeholder=${`${what}  ( / )`} aria-label=${what} maxlength="200"
  .value=${state.view.name} @input=${(e) => actions.change({ name: e.target.value })}>`;

/** Why this page cannot remove events; empty if it can, or if that is not known yet. */
function whyNoReset(rights) {
  if (!rights || rights.reset) return '';
  return rights.change ? 'The collector was started without --allow-reset, so events cannot be removed' : 'This token is read-only';
}

export function toolbar(state, actions) {
  const { view } = state;
  const { good = 0, bad = 0, evicted = 0 } = state.summary ?? {};
  if (view.show !== 'events') {
    return html`${header(state, actions, live(state))}
      ${view.show === 'ping' ? nothing : html`<section class="toolbar" aria-label="Tools">${search(state, actions, 'Filter')}</section>`}`;
  }
  const tab = (status, label, count) => html`
    <button class="tab" data-status=${status || 'all'} aria-pressed=${view.status === status}
      @click=${() => actions.change({ status })}>${label} <span class="count">${state.summary ? count.toLocaleString() : '…'}</span></button>`;
  return html`
    ${header(state, actions, html`<button class="help" @click=${actions.help} title="Keys (?)">? Keys</button>`)}
    <section class="toolbar" aria-label="Tools" data-open=${state.tools}>
      <div class="tabs" role="group" aria-label="Status">
        ${tab('', 'All', good + bad)} ${tab('good', 'Good', good)} ${tab('bad', 'Failed', bad)}
      </div>
      <button class="more-tools" aria-expanded=${state.tools} @click=${actions.tools}>Tools</button>
      <div class="tools">
        ${search(state, actions, 'Filter by event name')}
        <input class="session" placeholder="Label or app id" aria-label="Only events with this label or app id" maxlength="200"
          title="Only events with this label or app id, such as those of one test" .value=${view.session} @change=${(e) => actions.session(e.target.value.trim())}>
        <span class="spacer"></span>
        ${evicted ? html`<span class="note" title="Only the newest events are stored">${evicted} older evicted</span>` : nothing}
        <button class="follow" aria-pressed=${state.following} title="Show new events automatically (f)"
          @click=${actions.follow}>${live(state)}${state.following ? nothing : ' · paused'}</button>
        <button class="pick" @click=${actions.pick} title="Choose columns (c)">Columns</button>
        <a class="button export" href=${state.csv} download="events.csv" title="Download these events, with all columns, as CSV">Export CSV</a>
        <button class="reset" title=${whyNoReset(state.rights)} @click=${actions.reset} ?disabled=${good + bad === 0 || !state.rights?.reset}>Reset</button>
      </div>
    </section>`;
}

/** Shown while the collector does not respond. */
export const banner = (state) => html`<div class="banner" role="status" aria-live="assertive">${state.away && !state.locked
  ? 'The collector does not answer; trying again. What you see may be old.' : nothing}</div>`;

/** The active filters, each with a button that removes it. */
export function chips(state, actions) {
  const { view } = state;
  const range = view.from || view.to;
  if (!view.filters.length && !range) return nothing;
  const time = (millis) => (millis ? new Date(millis).toLocaleString() : '…');
  return html`<section class="chips" aria-label="Active filters">
    ${view.filters.map((filter) => html`<span class="filter" data-column=${filter.column}><b>${titleOf(filter.column)}</b> is
      ${filter.values.map((value, i) => html`${i ? ' or ' : ''}<bdi>${value}</bdi>`)} <button aria-label=${`Remove the filter ${titleOf(filter.column)}`}
        @click=${() => actions.removeFilter(filter.column)}>✕</button></span>`)}
    ${range ? html`<span class="filter" data-column="time"><b>Received</b> ${time(view.from)} to ${time(view.to)}
      <button aria-label="Remove the time range" @click=${() => actions.change({ from: null, to: null })}>✕</button></span>` : nothing}
    <button class="clear" @click=${() => actions.change({ filters: [], from: null, to: null })}>Clear</button>
  </section>`;
}

const KEYS = [['/', 'filter by name'], ['j  k', 'next, previous event'], ['Enter', 'open the event'], ['Esc', 'close'],
  ['n  p', 'next, previous page'], ['f', 'pause, resume'], ['c', 'columns'], ['t', 'light, dark'], ['?', 'this help']];

export function help(state, actions) {
  return state.helping ? html`<dialog open class="keys" aria-label="Keys"><h2>Keys</h2>
    <dl>${KEYS.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
    <button @click=${actions.help}>Close</button></dialog>` : nothing;
}

export function login(state, actions) {
  const { token = true, signIn } = state.ways ?? {};
  return html`<main><section class="first login"><h1>${token && !signIn ? 'This collector needs its token' : 'Sign in to see events'}</h1>
    ${signIn ? html`<p><a class="button" href=${signIn}>Sign in</a></p>` : nothing}
    ${token ? html`<form @submit=${(e) => { e.preventDefault(); actions.logIn(new FormData(e.target).get('token')); }}>
      <input name="token" type="password" autocomplete="current-password" aria-label="Token" required ?autofocus=${!signIn}>
      <button>Open</button></form>` : nothing}
    ${state.lockedError ? html`<p class="failure">${state.lockedError}</p>` : nothing}
    ${token ? html`<p class="note">The token is the value of INTERNAL_EVENTS_TOKEN, or of INTERNAL_EVENTS_READ_TOKEN to only look, that the collector was started with.</p>` : nothing}
    </section></main>`;
}
