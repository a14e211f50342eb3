// What this browser remembers between visits; nothing of an event is among it.
const PREFIX = 'internal-events.';

export function stored(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* Then it is forgotten. */ }
}
