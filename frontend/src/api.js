// Counts a page's events through the application: POST /api/internal-events, docs/front-end.md.

import { intercept, pageContext } from './internal-events.js';

/** Described in api.d.ts. */
export function countOnServer(url = '/api/internal-events', { sendToSnowplow = false } = {}) {
  return intercept((name, properties) => {
    const { user_id, global_user_id, namespace_id, project_id } = pageContext();
    if ((user_id ?? global_user_id) != null) {
      fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...csrfToken() },
        body: JSON.stringify({
          event: name,
          namespace_id,
          project_id,
          additional_properties: properties,
          send_to_snowplow: sendToSnowplow,
        }),
        keepalive: true,
      }).catch(() => {});
    }
    return !sendToSnowplow;
  });
}

// Where Spring Security and Rails put it.
function csrfToken() {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
  const token = meta('_csrf') ?? meta('csrf-token');
  if (token) return { [meta('_csrf_header') ?? 'X-CSRF-TOKEN']: token };
  const cookie = /(?:^|; )XSRF-TOKEN=([^;]*)/.exec(document.cookie);
  return cookie ? { 'X-XSRF-TOKEN': decodeURIComponent(cookie[1]) } : {};
}
