// The page's state and what changes it; everything shown is drawn from the state.
import { html, render } from './lit-html.js';
import * as api from './api.js';
import { toolbar, table } from './list.js';
import { panel } from './detail.js';
import { copy } from './json.js';

const PAGE = 200;
const MAX_ROWS = 2000;

const state = {
  summary: null, live: false, loaded: false, rows: [], more: false,
  status: '', name: '', selected: null, detail: null, detailError: null, copied: false,
};
let typing = null;
let refreshing = Promise.resolve();
let question = 0;

function draw() {
  document.title = state.summary ? `${state.summary.good + state.summary.bad} · Internal Events` : 'Internal Events';
  render(html`${toolbar(state, actions)}<main class=${state.selected ? "with-panel" : ""}><div class="list">${state.loaded ? table(state, actions) : ''}</div>
    ${panel(state, actions)}</main>`, document.getElementById('app'));
}

/** The address holds the view: filters and the open event. */
function address() {
  const query = new URLSearchParams();
  if (state.status) query.set('status', state.status);
  if (state.name) query.set('name', state.name);
  if (state.selected) query.set('event', state.selected);
  return `#${query}`;
}

function readAddress() {
  const query = new URLSearchParams(location.hash.slice(1));
  const before = `${state.status}\n${state.name}`;
  state.status = ['good', 'bad'].includes(query.get('status')) ? query.get('status') : '';
  state.name = query.get('name') ?? '';
  const selected = Number(query.get('event')) || null;
  if (selected !== state.selected) open(selected);
  if (before !== `${state.status}\n${state.name}`) reload();
}

const filters = () => ({ status: state.status, name: state.name });

async function reload() {
  const asked = ++question;
  const answer = await api.rows({ ...filters(), limit: PAGE });
  if (asked !== question) return;
  Object.assign(state, { summary: answer.summary, rows: answer.events, more: answer.events.length === PAGE, loaded: true });
  draw();
}

/** Adds what is new; one question at a time, so that a burst of events is a few questions. */
function refresh() {
  refreshing = refreshing.then(async () => {
    if (!state.loaded) return reload();
    const asked = question;
    const newest = state.rows[0]?.number ?? 0;
    const answer = await api.rows({ ...filters(), after: newest, limit: PAGE });
    if (asked !== question) return undefined;
    if (answer.events.length === PAGE) return reload();
    state.rows = [...answer.events, ...state.rows];
    if (state.rows.length > MAX_ROWS) {
      state.rows.length = MAX_ROWS;
      state.more = true;
    }
    return draw();
  }).catch(() => { /* the stream says that the collector is away */ });
}

async function open(number) {
  Object.assign(state, { selected: number, detail: null, detailError: null, copied: false });
  draw();
  if (!number) return;
  try {
    const detail = await api.detail(number);
    if (state.selected === number) state.detail = detail;
  } catch (e) {
    if (state.selected === number) state.detailError = e.message;
  }
  draw();
}

const actions = {
  filter(change) {
    Object.assign(state, change);
    history.replaceState(null, '', address());
    draw();
    clearTimeout(typing);
    typing = setTimeout(reload, 'name' in change && change.name ? 150 : 0);
  },
  select(number) {
    open(number);
    history.pushState(null, '', address());
  },
  close() {
    open(null);
    history.pushState(null, '', address());
  },
  async older() {
    const answer = await api.rows({ ...filters(), before: state.rows.at(-1).number, limit: PAGE });
    state.rows = [...state.rows, ...answer.events];
    state.more = answer.events.length === PAGE;
    draw();
  },
  async reset() {
    if (confirm('Remove all events that the collector holds?')) {
      await api.reset();
      actions.close();
    }
  },
  async copy(value) {
    await copy(value);
    state.copied = true;
    draw();
    setTimeout(() => { state.copied = false; draw(); }, 1500);
  },
};

function move(by) {
  const at = state.rows.findIndex((row) => row.number === state.selected);
  const next = state.rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), state.rows.length - 1)];
  if (!next) return;
  open(next.number);
  history.replaceState(null, '', address());
  document.querySelector(`tr[data-number="${next.number}"]`)?.scrollIntoView({ block: 'nearest' });
}

document.addEventListener('keydown', (e) => {
  const writing = e.target instanceof HTMLInputElement;
  if (e.key === 'Escape') return writing ? e.target.blur() : actions.close();
  if (writing || e.ctrlKey || e.metaKey || e.altKey) return undefined;
  if (e.key === '/') {
    e.preventDefault();
    return document.querySelector('input[type=search]').focus();
  }
  if (e.key === 'j' || e.key === 'ArrowDown') { e.preventDefault(); return move(1); }
  if (e.key === 'k' || e.key === 'ArrowUp') { e.preventDefault(); return move(-1); }
  return undefined;
});
window.addEventListener('hashchange', readAddress);
window.addEventListener('popstate', readAddress);

api.watch((summary) => {
  const before = state.summary;
  state.live = summary !== null;
  if (summary === null) return draw();
  state.summary = summary;
  // A restart counts from the beginning again; what was shown is not there any more.
  if (before && (summary.resets !== before.resets || summary.last < before.last)) return reload();
  return refresh();
});
readAddress();
draw();
