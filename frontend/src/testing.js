// For JavaScript tests: records tracked events and sends nothing.

import { intercept } from './internal-events.js';

/** Described in testing.d.ts. */
export function recordEvents() {
  const events = [];
  const end = intercept((name, properties, category) => {
    events.push({ name, properties, category });
    return false;
  });
  return { events, end };
}
