// Settings that this browser stores between visits; never data of events.
const PREFIX = 'internal-events.';

export function stored(name, defaultValue) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? defaultValue : JSON.parse(text);
  } catch {
    return defaultValue;
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* Without storage, the setting lasts until the page is closed. */ }
}
