// The view, stored in the page's address: what is shown, and which event is open. Opening the address shows the same view.

export const DEFAULT_COLUMNS = ['collector_tstamp', 'title', 'se_label', 'se_category', 'app_id', 'contexts'];

export function read(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const status = query.get('status');
  const text = (name) => query.get(name) ?? '';
  return {
    status: status === 'good' || status === 'bad' ? status : '',
    show: ['metrics', 'definitions', 'ping'].includes(query.get('show')) ? query.get('show') : 'events',
    name: text('name'),
    filters: filters(text('filters')),
    from: number(text('from')),
    to: number(text('to')),
    sort: text('sort'),
    desc: query.get('desc') !== 'false',
    page: Math.max(1, number(text('page')) ?? 1),
    columns: text('columns') ? text('columns').split(',').slice(0, 60) : [],
    session: text('session'),
    event: number(text('event')),
  };
}

function filters(text) {
  try {
    return JSON.parse(text || '[]').filter((f) => typeof f.column === 'string' && Array.isArray(f.values))
      .map(({ column, values }) => ({ column, values: values.map(String) }));
  } catch {
    return [];
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
