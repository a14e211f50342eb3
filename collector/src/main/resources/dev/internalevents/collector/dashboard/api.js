// The page's requests to the collector. It uses only Micro's public API.

const RECONNECT_MILLIS = 2_000;

/** Thrown if a token or a sign-in is required; `ways` says which of them the collector accepts. */
export class Refused extends Error {
  constructor(content) {
    super(content.error);
    this.ways = { token: content.token, signIn: content.signIn };
  }
}

/** Thrown if the collector cannot be reached (then the message is empty) or cannot answer at the moment. */
export class Unanswered extends Error {}

async function json(path, body, signal) {
  const options = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  };
  // A parameter, because a header cannot contain every character.
  const session = current ? `${path.includes('?') ? '&' : '?'}session=${encodeURIComponent(current)}` : '';
  let answer;
  let content;
  try {
    answer = await fetch(path + session, { ...options, signal });
    content = await answer.json();
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Unanswered(answer && !answer.ok ? `${path} answered ${answer.status}` : '');
  }
  if (answer.status === 401) throw new Refused(content);
  if (!answer.ok) throw new (answer.status >= 500 ? Unanswered : Error)(content.error ?? `${path} answered ${answer.status}`);
  return content;
}

let current = '';

/** Limits all further requests to the events of one test session; '' for all. */
export function session(name) {
  current = name;
}

export const summary = () => json('/micro/all');
export const events = (query, signal) => json('/micro/events', query, signal);
export const event = (number) => json(`/micro/events/${encodeURIComponent(number)}`);
export const columns = () => json('/micro/columns');
export const columnStats = (names) => json('/micro/columnStats', { columns: names });
export const timeline = (buckets, { filters }, signal) => json('/micro/timeline', { buckets, filters }, signal);
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

/**
 * Calls back with the summary of the stored events, now and after each change; with null while the stream is interrupted,
 * and then with whether the collector answered with something other than a stream. Calls `allowed` with what this page
 * may change.
 */
export function watch(changed, allowed) {
  let stream = null;
  let timer = null;
  const connect = () => {
    stream = new EventSource(`/micro/stream${current ? `?session=${encodeURIComponent(current)}` : ''}`);
    stream.addEventListener('rights', (message) => allowed(JSON.parse(message.data)));
    stream.addEventListener('summary', (message) => changed(JSON.parse(message.data)));
    stream.onerror = () => {
      // The browser reconnects after a lost connection, but not after an answer other than a stream.
      const closed = stream.readyState === EventSource.CLOSED;
      if (closed) timer = setTimeout(connect, RECONNECT_MILLIS);
      changed(null, closed);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
