// The page's requests to the collector. It uses only Micro's public API.

const RECONNECT_MILLIS = 2_000;

/** Thrown if a token or a sign-in is required; `ways` says which of them the collector accepts. */
export class Refused extends Error {
  constructor(content) {
    super(content.error);
    this.ways = { token: content.token, signIn: content.signIn };
  }
}

async function json(path, body) {
  const options = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  };
  const session = current;
  if (session) options.headers = { ...options.headers, 'X-Micro-Session': session };
  const answer = await fetch(path, options);
  const content = await answer.json();
  if (answer.status === 401) throw new Refused(content);
  if (!answer.ok) throw new Error(content.error ?? `${path} answered ${answer.status}`);
  return content;
}

let current = '';

/** Limits all further requests to the events of one test session; '' for all. */
export function session(name) {
  current = name;
}

export const summary = () => json('/micro/all');
export const events = (query) => json('/micro/events', query);
export const event = (number) => json(`/micro/events/${encodeURIComponent(number)}`);
export const columns = () => json('/micro/columns');
export const columnStats = (names) => json('/micro/columnStats', { columns: names });
export const timeline = (buckets) => json('/micro/timeline', { buckets });
export const schema = (uri) => json(`/micro/iglu/${uri.replace(/^iglu:/, '')}`);
export const reset = () => json('/micro/reset', {});
export const metrics = () => json('/micro/metrics');
export const definitions = () => json('/micro/definitions');
export const ping = () => json('/micro/service-ping');
export const retry = (number) => json(`/micro/failed/retry?number=${encodeURIComponent(number)}`, {});
export const logIn = (token) => json('/micro/login', { token });

/** The address of a CSV file with the events that a query finds. */
export function csv({ filters, validEvents, timeRange }) {
  const query = new URLSearchParams({ format: 'csv', query: JSON.stringify({ filters, validEvents, timeRange }) });
  if (current) query.set('session', current);
  return `/micro/export?${query}`;
}

/** Calls back with the summary of the stored events, now and after each change; with null while the collector does not respond. */
export function watch(changed) {
  let stream = null;
  let timer = null;
  const connect = () => {
    stream = new EventSource(`/micro/stream${current ? `?session=${encodeURIComponent(current)}` : ''}`);
    stream.addEventListener('summary', (message) => changed(JSON.parse(message.data)));
    stream.onerror = () => {
      changed(null);
      // The browser reconnects after a lost connection, but not after an answer other than a stream.
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_MILLIS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
