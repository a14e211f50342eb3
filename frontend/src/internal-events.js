// Internal events of a page: docs/front-end.md.

const VERSION = 'ie-js-0.1.0';
const PAYLOAD = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';
const CONTEXTS = 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1';
const STANDARD = 'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8';
const SERVICE_PING = 'iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1';

const MAX_WAITING = 1000;
const MAX_STORED = 100;
const MAX_STORED_LENGTH = 200_000;
const MAX_BATCH = 50;
// Browsers send at most 64 KiB after a page ends.
const MAX_REQUEST_BYTES = 50_000;
const MAX_EVENT_BYTES = 40_000;
const REQUEST_TIMEOUT = 20_000;
const MAX_BACK_OFF = 60_000;
// After this, another page may adopt a page's events.
const OWNED_FOR = 60_000;
const OTHERS_KEPT_FOR = 86_400_000;
const NEVER_AGAIN = [400, 401, 403, 410, 413, 422];

const STORED = 'internal-events ';
const UNOWNED = '-';
const WITHDRAWN = STORED + 'withdrawn';

let settings;
let consented = true;
let page;
let early = [];
let waiting = [];
let sending = [];
let batchSize = MAX_BATCH;
let failures = 0;
let retry;

// ---- Described in internal-events.d.ts

export function start(given) {
  const { collector, path, namespace, appId, address, consent: consentGiven } = given;
  check(/^https?:\/\/[^/\\?#\s@]+(\/\S*)?$/i.test(collector), 'start: collector', 'http:// or https:// and a host');
  const endpoint = new URL(collector.replace(/\/+$/, '') + (path ?? '/com.snowplowanalytics.snowplow/tp2')).href;
  if (!isPage()) return;
  settings = {
    ...given,
    endpoint,
    namespace: namespace ?? 'gl',
    appId: appId ?? '',
    address: address ?? bareAddress,
    bind: given.bind ?? true,
  };
  if (consentGiven !== undefined) consented = consentGiven === true;
  if (!page) {
    page = uuid();
    addEventListener('pagehide', leave);
    addEventListener('pageshow', (event) => event.persisted && adopt());
    addEventListener('online', flush);
    addEventListener('storage', ({ key, newValue }) => {
      if (key !== WITHDRAWN || !newValue) return;
      consented = false;
      apply();
    });
    document.addEventListener('visibilitychange', flush);
    if (settings.bind) bind();
  }
  apply();
}

export function trackEvent(name, properties, category) {
  check(typeof name === 'string' && name.trim() && name.length <= 1000, 'trackEvent: name', 'a text of 1 to 1000 characters');
  check(isObject(properties ?? {}), 'trackEvent: properties', 'an object');
  const given = plain(properties);
  const { label, property, value, ...extra } = given;
  check(!label || typeof label === 'string', 'trackEvent: label', 'a text');
  check(!property || typeof property === 'string', 'trackEvent: property', 'a text');
  check(!value || typeof value === 'number', 'trackEvent: value', 'a number');
  if (!isOn()) return;

  const where = String(category || document.body?.dataset.page || 'default_category');
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
  };
  const send = () => admit(data, extra);
  if (!interceptors.some((intercept) => intercept(name, given, where, send) === false)) send();
}

export function consent(given) {
  consented = given === true;
  // Notifies other tabs.
  if (!consented) attempt(() => (localStorage[WITHDRAWN] = 1));
  apply();
}

export function bind(parent = globalThis.document) {
  if (!isPage() || parents.has(parent)) return () => {};
  listen(parent);
  parents.add(parent);
  return () => {
    parents.delete(parent);
    parent.removeEventListener('click', clicked, true);
  };
}

export function trackLoadEvents(parent = globalThis.document) {
  if (!isOn()) return;
  for (const element of [parent, ...parent.querySelectorAll('[data-event-tracking-load]')]) {
    const { eventTracking, eventTrackingLoad } = element.dataset ?? {};
    if (eventTracking && eventTrackingLoad === 'true' && !loaded.has(element)) {
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
    const { status } = await post(batch).catch(() => ({}));
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

// ---- Consent

// False in Node, for server-side rendering.
const isPage = () => !!globalThis.document;

function isOn() {
  return isPage() && consented && navigator.doNotTrack !== '1' && !navigator.globalPrivacyControl;
}

function apply() {
  parents.forEach(listen);
  if (!isOn()) {
    early = [];
    waiting = [];
    sending = [];
    clearTimeout(retry);
    for (const key of storedKeys(STORED)) remove({ key });
  } else if (settings) {
    early.splice(0).forEach((send) => send());
    adopt();
    if (settings.bind) trackShown();
  }
}

function trackShown() {
  const awaited = document.prerendering
    ? 'prerenderingchange'
    : document.readyState === 'loading' && 'DOMContentLoaded';
  if (awaited) document.addEventListener(awaited, trackShown, { once: true });
  else trackLoadEvents();
}

// ---- Elements with data-event-tracking

const parents = new Set();
const handled = new WeakSet();
const loaded = new WeakSet();
let expected = {};

const listen = (parent) => parent[isOn() ? 'addEventListener' : 'removeEventListener']('click', clicked, true);

function clicked(event) {
  // Both of two nested parents may see it.
  if (handled.has(event)) return;
  const path = event.composedPath();
  const element = path.find(
    ({ dataset }) => dataset?.eventTracking && dataset.eventTrackingLoad !== 'true',
  );
  if (!element) return;
  handled.add(event);
  if (expected.element === element && expected.control === path[0]) {
    expected = {};
    return;
  }
  // The browser also clicks the label's control.
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

// ---- Contents of an event

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
  console.error(`${where}: not a JSON object; left out`);
}

function contexts(name, extra) {
  const context = pageContext();
  const standard = { environment: 'production' };
  for (const [field, fit] of FIELDS) {
    const value = fit(context[field]);
    if (value !== undefined) standard[field] = value;
  }
  standard.extra = { ...plain(isObject(context.extra) && context.extra), ...extra };
  const ping = { schema: SERVICE_PING, data: { event_name: name, data_source: 'redis_hll' } };
  return [{ schema: STANDARD, data: standard }, ...(name.length <= 128 ? [ping] : [])];
}

function plain(properties) {
  const values = {};
  for (const [key, value] of Object.entries(properties ?? {})) {
    const text = attempt(() => json(value), '"(a cycle)"');
    if (text) values[key] = JSON.parse(text);
  }
  return values;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value) => Number.isInteger(value) && value >= 0 && value <= 2147483647;

// To match the schema, texts are cut and other values left out.
const text = (max) => (value) => (typeof value === 'string' ? cut(value, max) : undefined);
const id = (max) => (value) => (typeof value === 'string' && value.length <= max ? value : undefined);
const whole = (value) => (isWhole(value) ? value : undefined);
const oneOf = (...known) => (value) => (known.includes(value) ? value : undefined);

const FIELDS = [];
const fields = (fit, names) => names.split(' ').forEach((name) => FIELDS.push([name, fit]));
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
fields((value) => whole(value) ?? id(255)(Number.isSafeInteger(value) ? String(value) : value), 'user_id');

function bareAddress(address) {
  const url = new URL(address);
  url.username = url.password = url.search = url.hash = '';
  return cut(url.href, 3000);
}

function check(isRight, argument, expectation) {
  if (!isRight) throw new TypeError(`${argument}: expected ${expectation}`);
}

const cut = (value, max) => String(value).slice(0, max);

// A collector rejects lone surrogates.
const json = (data) =>
  JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? String(value) : value))?.replace(
    /(\\\\)|\\ud.../g,
    (_, backslash = '\ufffd') => backslash,
  );

// Version 4. Without TLS, crypto.randomUUID is missing.
function uuid() {
  const digit = () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16);
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, digit);
}

// ---- The queue

function admit(data, extra) {
  if (!isOn()) return;
  if (!settings) {
    if (early.length >= MAX_STORED) return drop(data, `${MAX_STORED} events are waiting for start`);
    return early.push(() => admit(data, extra));
  }
  const { appId, namespace, address } = settings;
  data.aid = cut(appId, 255);
  data.tna = cut(namespace, 128);
  data.url = attempt(() => address(location.href));
  if (document.referrer) data.refr = attempt(() => address(document.referrer));
  data.co = json({ schema: CONTEXTS, data: contexts(data.se_ac, extra) });
  enqueue(data);
  // One request for all events of a task, before the page can end.
  if (!failures) queueMicrotask(flush);
}

function enqueue(data) {
  const body = json(data);
  const event = { id: data.eid, since: data.dtm, body, bytes: new Blob([body]).size };
  if (event.bytes > MAX_EVENT_BYTES) return drop(data, `more than ${MAX_EVENT_BYTES} bytes`);
  if (waiting.length + sending.length >= MAX_WAITING) return drop(data, `the queue has ${MAX_WAITING} events`);
  waiting.push(event);
  store(event);
}

const drop = (data, reason) => console.error(`the event "${data.se_ac}" is dropped: ${reason}`);

function take() {
  waiting = waiting.filter(isOurs);
  let bytes = 0;
  let length = 0;
  while (length < Math.min(waiting.length, batchSize) && (bytes += waiting[length].bytes + 30) <= MAX_REQUEST_BYTES) {
    length++;
  }
  return waiting.splice(0, length);
}

async function post(batch, isLeaving) {
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
    // Keeps the query out of Referer.
    referrerPolicy: 'origin',
    signal: AbortSignal.timeout?.(REQUEST_TIMEOUT),
  });
}

// Returns whether to continue.
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
    batch.forEach(remove);
    return true;
  }
  waiting.unshift(...batch);
  if (!failures++) console.warn(`${settings.endpoint} does not accept events (${status || 'no answer'}); they are queued`);
  const max = Math.min(MAX_BACK_OFF, 1000 * 2 ** (failures - 1));
  retry = setTimeout(flush, max * (0.5 + Math.random() / 2));
  return false;
}

// The page may not see more answers, so the next page sends unanswered events.
function leave() {
  if (!isOn()) return apply();
  const open = [...sending, ...waiting].filter(isOurs);
  if (!failures) {
    const last = take();
    if (last.length) post(last, true).catch(() => {});
  }
  sending = [];
  waiting = [];
  for (const event of open) {
    remove(event);
    // If not stored, sent when the page is restored.
    if (!store(event, UNOWNED)) waiting.push(event);
  }
}

// ---- The queue in localStorage: an entry per event, as pages share it.
// Without storage, events are queued in memory.

function attempt(action, fallback) {
  try {
    return action();
  } catch {
    return fallback;
  }
}

const prefix = () => `${STORED}${settings.endpoint} `;
const storedKeys = (start) => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(start)), []);
const remove = ({ key }) => key && attempt(() => localStorage.removeItem(key));

function store(event, owner = page) {
  event.key = attempt(() => {
    const keys = storedKeys(prefix());
    const length = keys.reduce((sum, key) => sum + localStorage[key].length, event.body.length);
    if (keys.length >= MAX_STORED || length > MAX_STORED_LENGTH) return;
    const key = `${prefix()}${owner} ${event.id}`;
    localStorage[key] = event.body;
    return key;
  });
  return event.key;
}

// The clock may be set back.
const isWithin = (max, time) => Math.abs(Date.now() - time) < max;

// An old event missing from storage was adopted by another page.
const isOurs = ({ key, since }) =>
  !key || isWithin(OWNED_FOR, since) || attempt(() => key in localStorage, true);

function adopt() {
  const takeOver = () => {
    if (isOn()) storedKeys(STORED).forEach(takeOverEvent);
    flush();
  };
  // If two pages open at once, only one adopts an event.
  const locked = navigator.locks?.request(STORED, takeOver);
  locked ? locked.catch(takeOver) : takeOver();
}

function takeOverEvent(key) {
  const data = attempt(() => JSON.parse(localStorage[key])) ?? {};
  if (!key.startsWith(prefix())) {
    if (!isWithin(OTHERS_KEPT_FOR, data.dtm)) remove({ key });
    return;
  }
  const [owner, eid] = key.slice(prefix().length).split(' ');
  if (owner === page || (owner !== UNOWNED && isWithin(OWNED_FOR, data.dtm))) return;
  remove({ key });
  if (data.eid === eid && !sending.some(({ id }) => id === eid)) enqueue(data);
}
