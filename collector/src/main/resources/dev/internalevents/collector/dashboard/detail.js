// The panel of one event: why it failed, its fields, each context by name, the request, and the JSON of Micro's API.
import { html, nothing } from './lit-html.js';
import { view } from './json.js';
import { repeat } from './list.js';
import { asCurl, asJavaTest } from './code.js';
import { copyButton } from './copy.js';

/** The fields of each kind of event begin like this; they are shown before the fields that every event has. */
const OF_KIND = { struct: ['se_'], transaction: ['tr_'], transaction_item: ['ti_'], page_ping: ['page_', 'pp_'], page_view: ['page_', 'refr_'] };
const IMPORTANT = ['app_id', 'platform', 'user_id', 'page_url', 'page_title', 'derived_tstamp', 'collector_tstamp',
  'event_id', 'name_tracker', 'v_tracker'];

/** More fields than this are shown as one JSON text. */
const MOST_FIELDS = 1_000;

export function panel(state, actions) {
  const event = state.detail;
  if (!state.view.event) return nothing;
  if (!event) {
    const title = state.rows.find((row) => row.number === state.view.event)?.title ?? `Event ${state.view.event}`;
    return html`<aside aria-label="Event" aria-busy=${!state.detailError}>
      <div class="bar"><h2 tabindex="-1" title=${title}>${title}</h2><span class="spacer"></span>${close(actions)}</div>
      ${state.detailError ? html`<p class="failure">${state.detailError}</p>` : html`<p class="note">Loading…</p>`}</aside>`;
  }
  const status = event.valid ? 'good' : 'bad';
  const button = (what, label, value) => copyButton(what, label, value, state, actions);
  return html`
    <aside aria-label="Event">
      <div class="bar">
        <h2 tabindex="-1" title=${event.title}>${event.title}</h2>
        <span class="badge" data-status=${status}>${event.valid ? 'good' : 'failed'}</span>
        ${event.repeat ? repeat : nothing}
        <span class="spacer"></span>
        ${close(actions)}
      </div>
      <div class="bar second">
        ${button('json', 'Copy JSON', () => event.json)}
        ${button('curl', 'Copy as curl', () => asCurl(event, location.origin))}
        ${button('test', 'Copy as Java test', () => asJavaTest(event, location.origin))}
        ${event.valid ? nothing : html`<button id="retry" ?disabled=${state.rights?.change === false} title=${state.rights?.change === false ? 'This token is read-only' : ''} @click=${() => actions.retry(event.number)}>${state.copied === 'retry' ? 'Failed again' : 'Try again'}</button>`}
      </div>
      <div class="bar second">
        <input class="find" placeholder="Search fields" aria-label="Search fields" .value=${state.find}
          @input=${(e) => actions.find(e.target.value)}>
        <label class="only"><input type="checkbox" .checked=${state.onlyPinned} @change=${actions.onlyPinned}> only ★ fields</label>
      </div>
      ${event.valid ? decoded(event.json, state, actions) : failures(event, state, actions)}
      <details><summary>Full JSON, as returned by <code>/micro/${status}</code></summary>
        <pre class="json">${view(event.json)}</pre></details>
    </aside>`;
}

const close = (actions) => html`<button class="close" title="Close (Esc)" aria-label="Close" @click=${actions.close}>✕</button>`;

function failures(event, state, actions) {
  const parameters = event.json.rawEvent?.parameters;
  const payload = event.json.collectorPayload;
  const sent = parameters ? attachments(parameters) : [];
  return html`
    <section class="failures">
      ${event.failures.map((failure) => html`<div class="failure" data-pointer=${failure.pointer}>
          <b>${failure.title}</b>
          <p>${failure.where}${failure.pointer ? html` at <code>${failure.pointer}</code>` : ''}: ${failure.message}</p>
          ${!failure.schema ? nothing : failure.step === 'VALIDATE' ? beside(failure, sent, state) : html`<p class="note">Schema: <code>${failure.schema}</code></p>`}
        </div>`)}
      ${[...new Set(event.failures.map((failure) => failure.advice))].map((advice) => html`<p class="advice">${advice}</p>`)}
      <p class="note">Nothing is lost: the request is stored as it was received, see below.</p>
    </section>
    ${parameters ? section('Parameters', parameters, true, null, state, actions) : nothing}
    ${sent.map(({ name, content }) => html`<section aria-label=${`${name}, decoded`}><h3>${name}, decoded</h3><pre class="json">${view(content)}</pre></section>`)}
    ${section('Request', { path: `/${payload.api.vendor}/${payload.api.version}`, querystring: payload.querystring,
      contentType: payload.contentType, body: payload.body, ...payload.context }, !parameters, null, state, actions)}`;
}

/** The sent value at the place of the failure, next to the schema's rule for it. */
function beside(failure, sent, state) {
  const link = html`<p class="note">Schema: <a href=${`/micro/iglu/${failure.schema.replace('iglu:', '')}`} target="_blank">${failure.schema}</a></p>`;
  const data = sent.flatMap(({ content }) => (Array.isArray(content?.data) ? content.data : [content?.data]))
    .find((one) => one?.schema === failure.schema)?.data;
  const path = failure.pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const value = path.reduce((at, part) => at?.[part], data);
  const rule = path.reduce((at, part) => at?.properties?.[part] ?? (Array.isArray(at?.items) ? at.items[part] : at?.items), state.schemas[failure.schema]);
  if (data === undefined || !rule) return link;
  const { properties, definitions, self, $schema, ...shown } = rule;
  return html`<div class="beside"><div><h3>Sent</h3><pre class="json">${value === undefined ? '(nothing)' : view(value)}</pre></div>
    <div><h3>The schema says</h3><pre class="json">${view(path.length ? rule : shown)}</pre></div></div>${link}`;
}

/** The contexts and self-describing event of a failed event, decoded if possible. */
function attachments(parameters) {
  return ['cx', 'co', 'ue_px', 'ue_pr'].filter((name) => parameters[name]).flatMap((name) => {
    try {
      const value = parameters[name];
      const bytes = () => Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      return [{ name, content: JSON.parse(name.endsWith('x') ? new TextDecoder().decode(bytes()) : value) }];
    } catch {
      return [];
    }
  });
}

function decoded(json, state, actions) {
  const event = json.event;
  const names = Object.keys(event).filter((name) => event[name] !== null && !['contexts', 'unstruct_event', 'derived_contexts'].includes(name));
  const ofKind = names.filter((name) => (OF_KIND[event.event] ?? []).some((prefix) => name.startsWith(prefix)));
  const own = ['event', ...ofKind, ...IMPORTANT].filter((name) => names.includes(name));
  const fields = (chosen) => Object.fromEntries(chosen.map((name) => [name, event[name]]));
  const unstruct = event.unstruct_event?.data;
  const one = (context, open = true) => section(short(context.schema), context.data, open, context.schema, state, actions);
  // The application's own contexts say most; those that a tracker or the collector adds to any event come after them.
  const general = (context) => /^iglu:(com[.]snowplowanalytics|com[.]google|org[.]w3)[./]/.test(context.schema);
  const contexts = [...event.contexts.data].sort((a, b) => general(a) - general(b));
  return html`
    ${section('Event', fields(own), true, null, state, actions)}
    ${unstruct ? one(unstruct) : nothing}
    ${contexts.map((context) => one(context))}
    ${section('Other fields', fields(names.filter((name) => !own.includes(name))), false, null, state, actions)}
    ${event.derived_contexts.data.map((context) => one(context, false))}
    ${section('Request', { contentType: json.rawEvent.contentType, ...json.rawEvent.context }, false, null, state, actions)}`;
}

const short = (uri) => uri.split('/')[1];

function section(title, fields, open, schema, state, actions) {
  const single = fields === null || typeof fields !== 'object' || Array.isArray(fields) || Object.keys(fields).length > MOST_FIELDS;
  const entries = single ? [['', fields]] : Object.entries(fields);
  const all = entries.filter(([, value]) => value !== null && value !== undefined);
  const missing = entries.length - all.length;
  const searched = state.find.toLowerCase();
  const rows = all.filter(([name, value]) => (!searched || `${name} ${JSON.stringify(value)}`.toLowerCase().includes(searched))
    && (!state.onlyPinned || state.pinned.includes(name)));
  if (rows.length === 0 && (searched || state.onlyPinned)) return nothing;
  return html`
    <details class="section" ?open=${(open && all.length > 0) || Boolean(searched) || state.onlyPinned} data-section=${title}>
      <summary>${title}${schema ? html` <span class="note">${schema.split('/').at(-1)}</span>` : nothing}${all.length ? nothing : html` <span class="note">· empty</span>`}</summary>
      <dl>${rows.map(([name, value]) => html`
        <dt>${name}${name ? html` <button class="pin" data-field=${name} aria-pressed=${state.pinned.includes(name)} aria-label=${`Pin the field ${name}`}
          @click=${() => actions.pin(name)}>${state.pinned.includes(name) ? '★' : '☆'}</button>` : nothing}</dt><dd>${typeof value === 'object' && value !== null
          ? html`<pre class="json">${view(value)}</pre>` : html`<span class=${typeof value}>${String(value)}</span>`}</dd>`)}</dl>
      ${missing && !searched && !state.onlyPinned ? html`<p class="note">${missing} ${missing === 1 ? 'field is' : 'fields are'} null</p>` : nothing}
    </details>`;
}
