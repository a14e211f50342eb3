// The view, stored in the page's address: what is shown, and which event is open. Opening the address shows the same view.

export const DEFAULT_COLUMNS = ['collector_tstamp', 'title', 'se_label', 'se_category', 'app_id', 'contexts'];

const PAGES = ['events', 'metrics', 'definitions', 'ping'];
const TEXTS = ['name', 'sort', 'columns', 'session'];
const NUMBERS = ['from', 'to', 'page', 'event'];
const MAX_IGNORED = 5;

/** Returns the view of an address; `ignored` lists what cannot be understood, and what was expected. */
export function read(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const ignored = [];
  const ignore = (name, expected) => ignored.push({ part: `${name}=${query.get(name)}`.slice(0, 80), expected });
  const text = (name) => query.get(name) ?? '';
  const one = (name, allowed, otherwise) => {
    if (!text(name)) return otherwise;
    if (allowed.includes(text(name))) return text(name);
    ignore(name, `expected ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`);
    return otherwise;
  };
  const whole = (name) => {
    if (text(name) && number(text(name)) === null) ignore(name, 'expected a number');
    return number(text(name));
  };
  const known = ['show', 'status', 'desc', 'filters', ...TEXTS, ...NUMBERS];
  for (const name of query.keys()) if (!known.includes(name)) ignore(name, `expected ${known.join(', ')}`);
  const selected = filters(text('filters'));
  if (!selected) ignore('filters', 'expected a list such as [{"column":"app_id","values":["shop"]}]');
  return {
    status: one('status', ['good', 'bad'], ''),
    show: one('show', PAGES, 'events'),
    name: text('name'),
    filters: selected ?? [],
    from: whole('from'),
    to: whole('to'),
    sort: text('sort'),
    desc: one('desc', ['true', 'false'], 'true') === 'true',
    page: Math.max(1, whole('page') ?? 1),
    columns: text('columns') ? text('columns').split(',').slice(0, 60) : [],
    session: text('session'),
    event: whole('event'),
    ignored: ignored.slice(0, MAX_IGNORED),
  };
}

/** Returns the filters of a text; null if it is not a list of filters. */
function filters(text) {
  try {
    const all = JSON.parse(text || '[]');
    const right = (one) => typeof one?.column === 'string' && Array.isArray(one.values);
    return Array.isArray(all) && all.every(right) ? all.map(({ column, values }) => ({ column, values: values.map(String) })) : null;
  } catch {
    return null;
  }
}

const number = (text) => (/^[0-9]{1,15}$/.test(text) ? Number(text) : null);

export function write(view) {
  const query = new URLSearchParams();
  if (view.show !== 'events') query.set('show', view.show);
  for (const name of ['status', 'name', 'from', 'to', 'sort', 'session', 'event']) if (view[name]) query.set(name, view[name]);
  if (view.filters.length) query.set('filters', JSON.stringify(view.filters));
  if (view.sort && !view.desc) query.set('desc', 'false');
  if (view.page > 1) query.set('page', view.page);
  if (view.columns.length) query.set('columns', view.columns.join(','));
  return `#${query}`;
}

/** Converts the view to a query of Micro's API. */
export function query(view, pageSize) {
  const all = [...view.filters];
  if (view.name) all.push({ column: 'title', values: [view.name], contains: true });
  return {
    filters: all,
    validEvents: view.status === '' ? null : view.status === 'good',
    ...(view.from || view.to ? { timeRange: { start: view.from, end: view.to } } : {}),
    ...(view.sort ? { sorting: { column: view.sort, desc: view.desc } } : {}),
    page: view.page,
    pageSize,
  };
}
