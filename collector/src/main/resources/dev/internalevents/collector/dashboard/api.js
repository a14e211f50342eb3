// What the page asks the collector.

async function json(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `${path} answered ${answer.status}`);
  return body;
}

export function rows({ after, before, limit, status, name }) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ after, before, limit, status, name })) {
    if (value) query.set(key, value);
  }
  return json(`/micro/ui/api/events?${query}`);
}

export const detail = (number) => json(`/micro/ui/api/events/${encodeURIComponent(number)}`);

export const schema = (uri) => json(`/micro/iglu/${uri.replace(/^iglu:/, '')}`);

export const reset = () => json('/micro/reset', { method: 'POST' });

/** Calls back with what the collector holds, now and whenever that changes; with null while it does not answer. */
export function watch(changed) {
  const stream = new EventSource('/micro/stream');
  stream.onmessage = (message) => changed(JSON.parse(message.data));
  stream.onerror = () => changed(null);
}
