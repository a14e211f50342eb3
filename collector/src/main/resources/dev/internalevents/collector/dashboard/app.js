// The page's state and the actions that change it. Everything shown is rendered from the state.
import { html, render } from './lit-html.js';
import * as api from './api.js';
import * as address from './view.js';
import { toolbar, banner, chips, help, login } from './toolbar.js';
import { table, waiting, NARROW_COLUMNS } from './list.js';
import { timeline, buckets } from './timeline.js';
import { picker } from './columns.js';
import { panel } from './detail.js';
import { metrics, definitions, ping } from './dictionary.js';
import { copy } from './copy.js';
import { stored, store } from './remembered.js';

const PAGE_SIZE = 100;
const AT_MOST_EVERY = 300;
const RETRY_MILLIS = 2_000;
/** The boxes that open over the page, and what gets the focus in each. */
const BOXES = { picking: '.search-columns', helping: '.keys button', ranging: '.range input' };
const narrow = matchMedia('(max-width: 800px)');

const state = {
  view: address.read(location.hash),
  summary: null, rights: null, live: null, loaded: false, error: null, rows: [], total: 0, pages: 0,
  following: true, away: false, cursor: null, announced: '', tools: false, ranging: false, way: 'spring', detail: null, detailError: null, copied: '', find: '', pinned: stored('pinned', []), onlyPinned: stored('onlyPinned', false),
  schemas: {}, span: stored('span', '30m'), range: stored('range', null), points: [], picking: false, allColumns: [], filtering: null, helping: false,
  metrics: null, definitions: null, ping: null, since: {}, columns: stored('columns', address.DEFAULT_COLUMNS), theme: stored('theme', 'auto'), locked: false, lockedError: '',
};
let typing = null;
/** Aborts the request for what the view shows, while there is one. */
let loading = null;
let again = false;
let focusedBefore = null;
let timer = null;
let asked = 0;
let unwatch = () => {};

const shownColumns = () => (narrow.matches ? NARROW_COLUMNS : state.view.columns.length ? state.view.columns : state.columns);

function draw() {
  document.title = state.summary ? `${state.summary.total} · Internal Events` : 'Internal Events';
  document.documentElement.dataset.theme = state.theme;
  const shown = { ...state, shownColumns: shownColumns(), csv: api.csv(address.query(state.view, PAGE_SIZE)) };
  // A row's element may show another event afterwards, so the focus follows the event.
  const focused = document.activeElement?.closest?.('tr[data-number]') === document.activeElement ? state.cursor : null;
  page(shown);
  if (focused !== null) row(focused)?.focus({ preventScroll: true });
}

const row = (number) => document.querySelector(`tr[data-number="${number}"]`);

/** What is wrong: with the last request, and with the address. */
const problems = () => html`${state.error ? html`<p class="failure">${state.error}</p>` : ''}
  ${state.view.ignored.map(({ part, expected }) => html`<p class="failure ignored" role="status">The address of this page has <b>${part}</b>, which is ignored: ${expected}.</p>`)}`;

function page(shown) {
  const app = document.getElementById('app');
  const announced = html`<div class="unseen" role="status">${state.announced}</div>`;
  const pages = { metrics, definitions, ping };
  if (!state.locked && pages[state.view.show]) {
    return render(html`${toolbar(shown, actions)} ${banner(shown)}
      <main><div class="list" tabindex="0" role="region" aria-label="Content">${problems()}${pages[state.view.show](shown, actions)}</div></main>
      ${help(shown, actions)} ${announced}`, app);
  }
  return render(state.locked ? login(shown, actions) : html`
    ${toolbar(shown, actions)} ${banner(shown)}
    ${timeline(shown, actions)}
    ${chips(shown, actions)}
    <main class=${state.view.event ? 'with-panel' : ''}>
      <div class="list">${problems()}${state.loaded ? table(shown, actions) : waiting(shown)}</div>
      ${panel(shown, actions)}
    </main>
    ${picker(shown, actions)} ${help(shown, actions)} ${announced}`, app);
}

/** Loads what the view shows, instead of what is being loaded; `announce` tells screen readers how much it is. */
async function load({ announce = false } = {}) {
  clearTimeout(timer);
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  again = false;
  asked = Date.now();
  try {
    await (state.view.show === 'events' ? loadEvents(mine, announce) : loadDictionary(mine));
  } catch (e) {
    if (mine !== loading) return;
    failed(e);
    if (e instanceof api.Unanswered) timer = setTimeout(load, RETRY_MILLIS);
  }
  if (mine !== loading) return;
  loading = null;
  if (again) refresh();
}

async function loadEvents(mine, announce) {
  const query = address.query(state.view, PAGE_SIZE);
  const [page, points] = await Promise.all([
    api.events(query, mine.signal), api.timeline(buckets(state.span, state.range), query, mine.signal),
  ]);
  if (mine !== loading) return;
  Object.assign(state, {
    rows: page.events, total: page.totalItems, pages: page.totalPages, points: points.points, loaded: true, error: null,
  });
  if (announce) state.announced = `${page.totalItems.toLocaleString()} ${page.totalItems === 1 ? 'event' : 'events'}`;
  if (state.view.page > 1 && page.events.length === 0) change({ page: 1 });
  else draw();
}

/** Loads metrics, definitions or the Service Ping. Metric values that changed since the page was opened are highlighted. */
async function loadDictionary(mine) {
  const show = state.view.show;
  const answer = await api[show]();
  if (mine !== loading) return;
  Object.assign(state, { [show]: answer, loaded: true, error: null });
  if (show === 'metrics') for (const { key_path: path, current } of answer.metrics) state.since[path] ??= current;
  draw();
}

/** Asks for the token if it is required; else shows why a request failed. A collector that is away is in the banner. */
function failed(e) {
  if (e instanceof api.Refused) {
    unwatch();
    Object.assign(state, { locked: true, ways: e.ways });
  } else {
    state.error = e.message || null;
  }
  draw();
}

/** Loads new events automatically, with few requests during a burst of events, and one at a time if answers are slow. */
function refresh() {
  if (!state.following && state.loaded) return;
  if (loading) {
    again = true;
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(load, Math.max(0, asked + AT_MOST_EVERY - Date.now()));
}

/** Changes the view by the given differences; goes back to the first page unless a page is given. */
function change(difference, { remember = false } = {}) {
  const page = 'page' in difference ? difference.page : 1;
  state.view = { ...state.view, ...difference, page, ignored: [] };
  history[remember ? 'pushState' : 'replaceState'](null, '', address.write(state.view));
  draw();
  reveal();
  clearTimeout(typing);
  typing = setTimeout(() => load({ announce: true }), difference.name ? 150 : 0);
}

/** Scrolls rows of tabs that are wider than the screen to the chosen one. */
function reveal() {
  for (const tab of document.querySelectorAll('nav [aria-current=page], .toolbar .tab[aria-pressed=true]')) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Opens or closes a box: the focus goes into it, and back. */
function box(name) {
  state[name] = !state[name];
  if (state[name]) focusedBefore = document.activeElement;
  draw();
  if (state[name]) document.querySelector(BOXES[name]).focus();
  else focusedBefore?.focus();
}

/** Opens an event, or closes the panel. `enter` moves the focus into the panel. */
async function open(number, how = 'pushState', { enter = false } = {}) {
  Object.assign(state, { detail: null, detailError: null, copied: '', cursor: number ?? state.cursor });
  state.view = { ...state.view, event: number };
  history[how](null, '', address.write(state.view));
  draw();
  if (!number) return;
  try {
    const detail = await api.event(number);
    if (state.view.event !== number) return;
    state.detail = detail;
    const at = state.rows.findIndex((one) => one.number === number);
    state.announced = `${detail.title}, ${detail.valid ? 'good' : 'failed'}${at < 0 ? '' : `, ${at + 1} of ${state.rows.length}`}`;
    draw();
    if (enter) document.querySelector('aside h2')?.focus();
    for (const failure of detail.failures ?? []) if (failure.step === 'VALIDATE') schema(failure.schema);
  } catch (e) {
    if (state.view.event !== number) return;
    if (e instanceof api.Refused) return failed(e);
    state.detailError = e.message || 'The collector does not answer.';
  }
  draw();
}

async function schema(uri) {
  if (!uri || uri in state.schemas) return;
  state.schemas[uri] = null;
  try {
    state.schemas[uri] = await api.schema(uri);
  } catch {
    delete state.schemas[uri];
    return;
  }
  draw();
}

function watch() {
  unwatch();
  unwatch = api.watch((summary, answered) => {
    state.live = summary !== null;
    state.away = summary === null;
    // The answer says why there is no stream: perhaps it requires the token.
    if (answered) api.summary().catch((e) => e instanceof api.Refused && failed(e));
    if (summary === null) return draw();
    const before = state.summary;
    state.summary = summary;
    if (!before) reveal();
    // After a restart, the collector counts from 1 again and may require the token again.
    if (before && (summary.last < before.last || summary.resets !== before.resets)) {
      if (state.view.event) open(state.view.event, 'replaceState');
      return load();
    }
    draw();
    return refresh();
  }, (rights) => {
    state.rights = rights;
    draw();
  });
}

function remembered(name, value) {
  state[name] = value;
  store(name, value);
  draw();
}

const actions = {
  change,
  show(show) {
    Object.assign(state, { since: {}, error: null });
    change({ show, event: null, name: '' }, { remember: true });
  },
  open: (number) => open(number, 'pushState', { enter: true }),
  close() {
    const number = state.view.event;
    open(null);
    row(number)?.focus();
  },
  /** Remembers which event has the focus: the list is one stop of the Tab key. */
  at(number) {
    if (state.cursor === number) return;
    state.cursor = number;
    draw();
  },
  tools() {
    state.tools = !state.tools;
    draw();
  },
  way(name) {
    state.way = name;
    draw();
  },
  sort(column) {
    const { sort, desc } = state.view;
    change(sort !== column ? { sort: column, desc: true } : desc ? { desc: false } : { sort: '', desc: true });
  },
  follow() {
    state.following = !state.following;
    // Ignore responses to requests that are in flight.
    clearTimeout(timer);
    loading?.abort();
    loading = null;
    draw();
    if (state.following) load();
  },
  session(name) {
    api.session(name);
    Object.assign(state, { summary: null, loaded: false });
    change({ session: name, event: null });
    watch();
  },
  span(span) {
    const { from, to } = state.view;
    const wasOwn = state.span === 'own' && from === state.range?.from && to === state.range?.to;
    state.ranging = false;
    remembered('span', span);
    if (wasOwn) change({ from: null, to: null });
    else load();
  },
  range: () => box('ranging'),
  ownRange(range) {
    box('ranging');
    remembered('range', range);
    remembered('span', 'own');
    change(range);
  },
  theme: () => remembered('theme', { auto: 'dark', dark: 'light', light: 'auto' }[state.theme]),
  help: () => box('helping'),
  async pick() {
    box('picking');
    if (!state.picking) return;
    try {
      state.allColumns = await api.columns();
      draw();
    } catch (e) {
      failed(e);
    }
  },
  columns(columns) {
    remembered('columns', columns);
    change({ columns: columns.join() === address.DEFAULT_COLUMNS.join() ? [] : columns, page: state.view.page });
  },
  async filterBy(column) {
    state.filtering = state.filtering?.column === column ? null : { column, values: null };
    draw();
    if (!state.filtering) return;
    try {
      const stats = await api.columnStats([column]);
      if (state.filtering?.column !== column) return;
      state.filtering.values = stats[column].filterable ? stats[column].values : [];
      draw();
    } catch (e) {
      failed(e);
    }
  },
  toggleValue(column, value) {
    const old = state.view.filters.find((filter) => filter.column === column)?.values ?? [];
    const values = old.includes(value) ? old.filter((one) => one !== value) : [...old, value];
    const others = state.view.filters.filter((filter) => filter.column !== column);
    change({ filters: values.length ? [...others, { column, values }] : others });
  },
  removeFilter: (column) => change({ filters: state.view.filters.filter((filter) => filter.column !== column) }),
  find(text) {
    state.find = text;
    draw();
  },
  pin(name) {
    remembered('pinned', state.pinned.includes(name) ? state.pinned.filter((one) => one !== name) : [...state.pinned, name]);
  },
  onlyPinned: () => remembered('onlyPinned', !state.onlyPinned),
  async reset() {
    if (confirm(state.view.session ? `Remove the events of the session "${state.view.session}"?` : 'Remove all events from the collector?')) {
      try {
        await api.reset();
      } catch (e) {
        return failed(e);
      }
      open(null, 'replaceState');
      load();
    }
  },
  async retry(number) {
    try {
      const { good } = await api.retry(number);
      await open(number, 'replaceState');
      state.copied = good ? '' : 'retry';
      draw();
      load();
    } catch (e) {
      failed(e);
    }
  },
  async copy(value, what = 'json') {
    await copy(value);
    Object.assign(state, { copied: what, announced: 'Copied' });
    draw();
    setTimeout(() => { state.copied = ''; draw(); }, 1500);
  },
  async logIn(token) {
    try {
      await api.logIn(token);
      Object.assign(state, { locked: false, lockedError: '' });
      watch();
      load();
    } catch (e) {
      state.lockedError = e.message;
    }
    draw();
  },
};

function move(by) {
  const at = state.rows.findIndex((one) => one.number === (state.view.event ?? state.cursor));
  const next = state.rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), state.rows.length - 1)];
  if (!next) return;
  open(next.number, 'replaceState');
  row(next.number)?.focus();
}

const KEYS = {
  '/': () => document.querySelector('input[type=search]').focus(),
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  n: () => state.view.page < state.pages && change({ page: state.view.page + 1 }),
  p: () => state.view.page > 1 && change({ page: state.view.page - 1 }),
  f: actions.follow, c: actions.pick, t: actions.theme, '?': actions.help,
};

document.addEventListener('keydown', (e) => {
  const writing = e.target instanceof HTMLInputElement && e.target.type !== 'checkbox';
  if (e.key === 'Escape') {
    const opened = Object.keys(BOXES).find((name) => state[name]);
    if (writing && !e.target.closest('dialog, .range')) return e.target.blur();
    if (opened) return box(opened);
    if (state.filtering) {
      const { column } = state.filtering;
      state.filtering = null;
      draw();
      return document.querySelector(`th[data-column="${CSS.escape(column)}"] .filter-by`)?.focus();
    }
    return state.view.event ? actions.close() : undefined;
  }
  // Within the panel and in boxes that scroll, the arrow keys scroll.
  if (e.key.startsWith('Arrow') && e.target !== document.body && !e.target.closest('tr')) return undefined;
  if (writing || e.ctrlKey || e.metaKey || e.altKey || !KEYS[e.key]) return undefined;
  e.preventDefault();
  return KEYS[e.key]();
});

function fromAddress() {
  const before = state.view;
  state.view = address.read(location.hash);
  if (state.view.session !== before.session) {
    api.session(state.view.session);
    Object.assign(state, { summary: null, loaded: false });
    watch();
  }
  reveal();
  if (state.view.event !== before.event) open(state.view.event, 'replaceState');
  load();
}
window.addEventListener('popstate', fromAddress);
narrow.addEventListener('change', draw);
// A browser opens few connections to a server, and each stream occupies one: only the page that is seen has a stream.
document.addEventListener('visibilitychange', () => {
  if (state.locked) return;
  if (document.hidden) unwatch();
  else watch();
});

api.session(state.view.session);
draw();
reveal();
if (!document.hidden) watch();
load();
if (state.view.event) open(state.view.event, 'replaceState');
