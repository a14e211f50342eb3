// Internal events of a page, sent to a Snowplow collector: docs/front-end.md.

const VERSION = 'ie-js-0.1.0';
const PAYLOAD = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';
const CONTEXTS = 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1';
const STANDARD = 'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8';
const SERVICE_PING = 'iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1';

const MAX_WAITING = 1000;
const MAX_STORED = 100;
const MAX_STORED_LENGTH = 200_000;
const MAX_BATCH = 50;
// A browser lets 64 KiB of requests outlive their page.
const MAX_REQUEST_BYTES = 50_000;
const MAX_EVENT_BYTES = 40_000;
const REQUEST_TIMEOUT = 20_000;
const MAX_BACK_OFF = 60_000;
// Later, another page may take over what a page stored.
const OWNED_FOR = 60_000;
const NEVER_AGAIN = [400, 401, 403, 410, 413, 422];

const STORED = 'internal-events ';
const UNOWNED = '-';

let settings;
let consented = true;
let page;
let early = [];
let waiting = [];
let sending = [];
let batchSize = MAX_BATCH;
let failures = 0;
let retry;

// ---- What applications call; internal-events.d.ts describes it

export function start(given) {
  const { collector, path = '/com.snowplowanalytics.snowplow/tp2', consent: consentGiven } = given;
  check(/^https?:\/\/[^/\\?#\s]\S*$/i.test(collector), 'start: collector', 'http:// or https:// and a host');
  const endpoint = new URL(collector.replace(/\/+$/, '') + path).href;
  if (!isPage()) return;
  const isFirst = !settings;
  settings = { namespace: 'gl', bind: true, address: bareAddress, ...given, endpoint };
  if (consentGiven !== undefined) consented = consentGiven === true;
  if (isFirst) {
    page = uuid();
    addEventListener('pagehide', leave);
    addEventListener('pageshow', (event) => event.persisted && adopt());
    addEventListener('online', flush);
    document.addEventListener('visibilitychange', flush);
    if (settings.bind) bind();
  }
  apply();
}

export function trackEvent(name, properties = {}, category) {
  check(typeof name === 'string' && name.trim() && name.length <= 1000, 'trackEvent: name', 'a text of 1 to 1000 characters');
  const given = properties ?? {};
  check(isObject(given), 'trackEvent: properties', 'an object');
  const { label, property, value, ...extra } = given;
  check(!label || typeof label === 'string', 'trackEvent: label', 'a text');
  check(!property || typeof property === 'string', 'trackEvent: property', 'a text');
  check(!value || typeof value === 'number', 'trackEvent: value', 'a number');
  if (!isOn()) return;

  const where = String(category || document.body?.dataset.page || 'default_category');
  if (interceptors.some((intercept) => intercept(name, given, where) === false)) return;

  const data = {
    e: 'se',
    se_ca: cut(where, 1000),
    se_ac: name,
    se_la: label ? cut(label, 4096) : undefined,
    se_pr: property ? cut(property, 1000) : undefined,
    se_va: Number.isFinite(value) ? String(value) : undefined,
    eid: uuid(),
    dtm: String(Date.now()),
    p: 'web',
    tv: VERSION,
    lang: navigator.language,
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    vp: `${innerWidth}x${innerHeight}`,
    res: `${screen.width}x${screen.height}`,
    cs: document.characterSet,
    co: json({ schema: CONTEXTS, data: contexts(name, pageContext(), extra) }),
  };
  if (!settings) {
    if (early.length < MAX_STORED) early.push(data);
    return;
  }
  admit(data);
}

export function consent(given) {
  consented = given === true;
  apply();
}

export function bind(parent = globalThis.document) {
  if (!isPage() || parents.has(parent)) return () => {};
  parents.add(parent);
  if (isOn()) parent.addEventListener('click', clicked, true);
  return () => {
    parents.delete(parent);
    parent.removeEventListener('click', clicked, true);
  };
}

export function trackLoadEvents(parent = globalThis.document) {
  if (!isOn()) return;
  const selector = '[data-event-tracking-load="true"]';
  const found = [...parent.querySelectorAll(selector)];
  if (parent.matches?.(selector)) found.unshift(parent);
  for (const element of found) {
    if (element.dataset.eventTracking && !loaded.has(element)) {
      loaded.add(element);
      trackElement(element);
    }
  }
}

export async function flush() {
  clearTimeout(retry);
  while (settings && isOn() && !sending.length) {
    const batch = take();
    if (!batch.length) return;
    sending = batch;
    let status = 0;
    try {
      ({ status } = await post(batch));
    } catch {
      // No answer.
    }
    if (sending !== batch || !settle(batch, status)) return;
  }
}

export const mixin = () => ({ methods: { trackEvent } });

export function intercept(interceptor) {
  interceptors.push(interceptor);
  return () => {
    interceptors = interceptors.filter((other) => other !== interceptor);
  };
}

let interceptors = [];

// ---- Whether the user agrees

// Not in Node, where pages are rendered.
const isPage = () => !!globalThis.document;

function isOn() {
  return isPage() && consented && navigator.doNotTrack !== '1' && !navigator.globalPrivacyControl;
}

function apply() {
  const on = isOn();
  for (const parent of parents) {
    parent[on ? 'addEventListener' : 'removeEventListener']('click', clicked, true);
  }
  if (!on) {
    early = [];
    waiting = [];
    sending = [];
    clearTimeout(retry);
    for (const key of storedKeys(STORED)) attempt(() => localStorage.removeItem(key));
  } else if (settings) {
    const tracked = early;
    early = [];
    tracked.forEach(admit);
    adopt();
    if (settings.bind) whenShown(trackLoadEvents);
  }
}

function whenShown(then) {
  if (document.prerendering) {
    document.addEventListener('prerenderingchange', () => whenShown(then), { once: true });
  } else if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', () => then(), { once: true });
  } else {
    then();
  }
}

// ---- Elements with data-event-tracking

const parents = new Set();
const handled = new WeakSet();
const loaded = new WeakSet();
let expected = {};

function clicked(event) {
  // It may pass two parents.
  if (handled.has(event)) return;
  handled.add(event);
  const path = event.composedPath();
  const element = path.find(
    ({ dataset }) => dataset?.eventTracking && dataset.eventTrackingLoad !== 'true',
  );
  if (!element) return;
  if (expected.element === element && expected.control === path[0]) {
    expected = {};
    return;
  }
  // A second click follows, on the label's control.
  const control = path.find(({ localName }) => localName === 'label')?.control;
  if (control && !path.includes(control) && element.contains(control)) {
    expected = { element, control };
    setTimeout(() => (expected = {}));
  }
  trackElement(element);
}

function trackElement({ dataset }) {
  const { eventTracking, eventLabel, eventProperty, eventValue, eventAdditional } = dataset;
  try {
    trackEvent(eventTracking, {
      label: eventLabel,
      property: eventProperty,
      value: parseInt(eventValue, 10) || undefined,
      ...(eventAdditional && parsed(eventAdditional, `data-event-additional of "${eventTracking}"`)),
    });
  } catch (error) {
    console.error(error);
  }
}

// ---- What an event says

let contextText = '';
let contextValue = {};

export function pageContext() {
  const text = globalThis.document?.getElementById('internal-events-context')?.textContent ?? '';
  if (text !== contextText) {
    contextText = text;
    contextValue = parsed(text, 'internal-events-context') ?? {};
  }
  return { ...contextValue, ...settings?.context };
}

function parsed(content, where) {
  const value = attempt(() => JSON.parse(content));
  if (isObject(value)) return value;
  console.error(`${where}: not a JSON object, so it is left out`);
}

function contexts(name, context, extra) {
  const standard = { environment: 'production' };
  for (const [field, fit] of FIELDS) {
    const value = fit(context[field]);
    if (value !== undefined) standard[field] = value;
  }
  standard.extra = { ...(isObject(context.extra) && context.extra), ...extra };
  const ping = { schema: SERVICE_PING, data: { event_name: name, data_source: 'redis_hll' } };
  return [{ schema: STANDARD, data: standard }, ...(name.length <= 128 ? [ping] : [])];
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value) => Number.isInteger(value) && value >= 0 && value <= 2147483647;

// One value that the schema refuses would fail the event: texts are cut, others left out.
const text = (most) => (value) => (typeof value === 'string' ? cut(value, most) : undefined);
const id = (most) => (value) => (typeof value === 'string' && value.length <= most ? value : undefined);
const whole = (value) => (isWhole(value) ? value : undefined);
const oneOf = (...known) => (value) => (known.includes(value) ? value : undefined);

const FIELDS = new Map();
const fields = (fit, names) => names.split(' ').forEach((name) => FIELDS.set(name, fit));
fields(text(32), 'environment source plan');
fields(id(32), 'google_analytics_id');
fields(text(64), 'client_name client_version client_type feature_enablement_type model_engine model_name model_provider');
fields(id(64), 'global_user_id correlation_id context_generated_at');
fields(text(255), 'instance_version interface feature_category user_type');
fields(id(255), 'instance_id unique_instance_id host_name');
fields(whole, 'project_id namespace_id ultimate_parent_namespace_id organization_id input_tokens output_tokens total_tokens');
fields(oneOf('saas', 'self-managed', 'dedicated'), 'realm');
fields(oneOf('.com', 'self-managed', 'dedicated'), 'deployment_type');
fields(oneOf(true, false), 'is_gitlab_team_member');
fields((value) => (Array.isArray(value) ? value.filter(isWhole) : undefined), 'feature_enabled_by_namespace_ids');
fields((value) => id(255)(Number.isSafeInteger(value) && !isWhole(value) ? String(value) : value) ?? whole(value), 'user_id');

function bareAddress(address) {
  const url = new URL(address);
  url.username = url.password = url.search = url.hash = '';
  return cut(url.href, 3000);
}

function check(isRight, argument, expectation) {
  if (!isRight) throw new TypeError(`${argument} is wrong; expected ${expectation}`);
}

const cut = (value, most) => value.slice(0, most);

// A collector refuses JSON with half a surrogate pair.
const json = (data) => JSON.stringify(data, (_, value) => value?.toWellFormed?.() ?? value);

function uuid() {
  // Not crypto.randomUUID, which pages without TLS do not have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// ---- The queue

function admit(data) {
  const { appId = '', namespace, address } = settings;
  data.aid = cut(appId, 255);
  data.tna = cut(namespace, 128);
  data.url = attempt(() => address(location.href));
  if (document.referrer) data.refr = attempt(() => address(document.referrer));
  const event = queued(data, json(data));
  const problem =
    event.bytes > MAX_EVENT_BYTES
      ? `it has more than ${MAX_EVENT_BYTES} bytes`
      : waiting.length + sending.length >= MAX_WAITING && `${MAX_WAITING} events wait`;
  if (problem) return console.error(`the event "${data.se_ac}" is dropped: ${problem}`);
  waiting.push(event);
  store(event);
  // One request for all events of a task, sent before the page can be left.
  if (!failures) queueMicrotask(flush);
}

const queued = ({ eid, dtm }, body) => ({ id: eid, since: dtm, body, bytes: new Blob([body]).size });

function take() {
  waiting = waiting.filter(isOurs);
  let bytes = 0;
  let length = 0;
  while (length < Math.min(waiting.length, batchSize) && (bytes += waiting[length].bytes + 30) <= MAX_REQUEST_BYTES) {
    length++;
  }
  return waiting.splice(0, length);
}

function post(batch, isLeaving = false) {
  const sent = `,"stm":"${Date.now()}"}`;
  const body = `{"schema":"${PAYLOAD}","data":[${batch.map((event) => event.body.slice(0, -1) + sent)}]}`;
  const type = 'application/json';
  if (isLeaving && !('keepalive' in Request.prototype)) {
    return navigator.sendBeacon(settings.endpoint, new Blob([body], { type }));
  }
  return fetch(settings.endpoint, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
    keepalive: true,
    credentials: settings.cookies ? 'include' : 'omit',
    // The header Referer would have the page's query.
    referrerPolicy: 'origin',
    signal: AbortSignal.timeout?.(REQUEST_TIMEOUT),
  });
}

// Whether to go on with the next batch.
function settle(batch, status) {
  sending = [];
  const isAnswered = status >= 200 && status < 300;
  if (status === 413 && batch.length > 1) {
    batchSize = batch.length >> 1;
    waiting.unshift(...batch);
    return true;
  }
  if (isAnswered || NEVER_AGAIN.includes(status)) {
    if (!isAnswered) console.error(`${batch.length} events are dropped: the collector answered ${status}`);
    failures = 0;
    for (const event of batch) for (const owner of [page, UNOWNED]) remove(owner, event);
    return true;
  }
  waiting.unshift(...batch);
  if (!failures++) console.warn(`${settings.endpoint} does not take events (${status || 'no answer'}); they wait`);
  const most = Math.min(MAX_BACK_OFF, 1000 * 2 ** (failures - 1));
  retry = setTimeout(flush, most * (0.5 + Math.random() / 2));
  return false;
}

// The page may see no answer any more, so what has none is left to the next page.
function leave() {
  if (!isOn()) return apply();
  const open = [...sending, ...waiting];
  if (!failures) {
    const last = take();
    if (last.length) attempt(() => post(last, true)?.catch?.(() => {}));
  }
  sending = [];
  waiting = [];
  for (const event of open) {
    remove(page, event);
    // A page that comes back keeps what could not be stored.
    if (!store(event, UNOWNED)) waiting.push(event);
  }
}

// ---- The queue in localStorage: an entry an event, so that pages do not overwrite each other's.
// Without storage, events wait in memory.

function attempt(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

const prefix = () => `${STORED}${settings.endpoint} `;
const keyOf = (owner, event) => `${prefix()}${owner} ${event.id}`;
const storedKeys = (start) => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(start)), []);
const remove = (owner, event) => attempt(() => localStorage.removeItem(keyOf(owner, event)));

function store(event, owner = page) {
  event.stored = attempt(() => {
    const keys = storedKeys(STORED);
    const length = keys.reduce((sum, key) => sum + localStorage[key].length, event.body.length);
    if (keys.length >= MAX_STORED || length > MAX_STORED_LENGTH) return false;
    localStorage[keyOf(owner, event)] = event.body;
    return true;
  });
  return event.stored;
}

// An old event that is not stored any more was taken over by another page.
function isOurs(event) {
  if (!event.stored || Date.now() - event.since < OWNED_FOR) return true;
  return attempt(() => keyOf(page, event) in localStorage, true);
}

function adopt() {
  const takeOver = () => {
    for (const key of storedKeys(prefix())) attempt(() => takeOverEvent(key));
    flush();
  };
  // Of two pages that open together, one takes what an earlier one left.
  const locked = navigator.locks?.request(STORED, takeOver);
  locked ? locked.catch(takeOver) : takeOver();
}

function takeOverEvent(key) {
  const [owner, eid] = key.slice(prefix().length).split(' ');
  const body = localStorage[key];
  const data = attempt(() => JSON.parse(body)) ?? {};
  const isFree = owner === UNOWNED || (owner !== page && !(Date.now() - data.dtm < OWNED_FOR));
  if (!isFree || !isOn()) return;
  localStorage.removeItem(key);
  if (data.eid === eid && waiting.length < MAX_WAITING && !sending.some(({ id }) => id === eid)) {
    const event = queued(data, body);
    waiting.push(event);
    store(event);
  }
}
