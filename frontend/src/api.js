// Counts a page's events through the application with POST /api/internal-events; see docs/front-end.md.

import { intercept, pageContext } from './internal-events.js';

/** Described in api.d.ts. */
export function countOnServer(url = '/api/internal-events', { sendToSnowplow = false } = {}) {
  return intercept((name, properties, category, send) => {
    const { user_id, global_user_id, namespace_id, project_id } = pageContext();
    // The application tracks only events of users, so the page sends the event itself.
    if ((user_id ?? global_user_id) == null) return undefined;

    fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...csrfToken() },
      body: JSON.stringify(
        {
          event: name,
          namespace_id,
          project_id,
          additional_properties: properties,
          send_to_snowplow: sendToSnowplow,
        },
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
      ),
      keepalive: true,
      // Followed, a redirect to a sign-in page would look like success.
      redirect: 'manual',
    }).then(
      ({ ok, status, type }) => {
        if (ok) return;
        // After a redirect or a 4xx the application has tracked nothing. After any other error it may have tracked the
        // event, so sending it again could create a duplicate.
        const isRedirect = type === 'opaqueredirect';
        const isRefused = isRedirect || (status >= 400 && status < 500);
        const sent = sendToSnowplow && (isRefused ? '; the page sends it' : '; it may be lost');
        const answer = isRedirect ? 'with a redirect' : status;
        console.error(`${url} answered ${answer}: the event "${name}" is not counted${sent || ''}`);
        if (sendToSnowplow && isRefused) send();
      },
      () => console.error(`${url} did not answer: the event "${name}" may not be counted${sendToSnowplow ? ' or sent' : ''}`),
    );
    return !sendToSnowplow;
  });
}

// Reads the CSRF token from where Spring Security and Rails put it.
function csrfToken() {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
  const token = meta('_csrf') ?? meta('csrf-token');
  if (token) return { [meta('_csrf_header') ?? 'X-CSRF-TOKEN']: token };
  const cookie = /(?:^|; )XSRF-TOKEN=([^;]*)/.exec(document.cookie);
  return cookie ? { 'X-XSRF-TOKEN': decoded(cookie[1]) } : {};
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
