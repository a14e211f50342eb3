// One event: why it failed, its own fields, each context by name, the request, and the JSON of Micro's API.
import { html, nothing } from './lit-html.js';
import { view } from './json.js';

const IMPORTANT = ['event_id', 'app_id', 'platform', 'name_tracker', 'v_tracker', 'event', 'se_category', 'se_action',
  'se_label', 'se_property', 'se_value', 'page_url', 'page_title', 'user_id', 'derived_tstamp', 'collector_tstamp'];

export function panel(state, actions) {
  const event = state.detail;
  if (!state.selected) return nothing;
  if (state.detailError) {
    return html`<aside><div class="bar"><h2>Event ${state.selected}</h2><span class="spacer"></span>${close(actions)}</div>
      <p class="failure">${state.detailError}</p></aside>`;
  }
  if (!event) return html`<aside aria-busy="true"></aside>`;
  return html`
    <aside aria-label="Event">
      <div class="bar">
        <h2 title=${event.name}>${event.name}</h2>
        <span class="badge" data-status=${event.status}>${event.status === 'good' ? 'good' : 'failed'}</span>
        <span class="spacer"></span>
        <button id="copy-json" @click=${() => actions.copy(event.json)}>${state.copied ? 'Copied' : 'Copy JSON'}</button>
        ${close(actions)}
      </div>
      ${event.status === 'bad' ? failures(event, actions) : decoded(event.json)}
      <details><summary>Whole JSON, as <code>/micro/${event.status}</code> answers it</summary>
        <pre class="json">${view(event.json)}</pre></details>
    </aside>`;
}

const close = (actions) => html`<button class="close" title="Close (Esc)" aria-label="Close" @click=${actions.close}>✕</button>`;

function failures(event, actions) {
  const parameters = event.json.rawEvent?.parameters;
  const payload = event.json.collectorPayload;
  return html`
    <section class="failures">
      <h3>Why it failed</h3>
      ${event.failures.map((failure) => html`
        <div class="failure">
          <b>${failure.title}</b>
          <p>${failure.where}${failure.pointer ? html` at <code>${failure.pointer}</code>` : ''}: ${failure.message}</p>
          ${failure.schema ? html`<p class="note">Schema: <a href=${`/micro/iglu/${failure.schema.replace('iglu:', '')}`}
            target="_blank">${failure.schema}</a></p>` : nothing}
        </div>`)}
      <p class="note">Nothing is lost: the request is kept as it came, below.</p>
    </section>
    ${parameters ? section('Parameters', parameters, true) : nothing}
    ${parameters ? attachments(parameters) : nothing}
    ${section('Request', { path: `/${payload.api.vendor}/${payload.api.version}`, querystring: payload.querystring,
      contentType: payload.contentType, body: payload.body, ...payload.context }, !parameters)}`;
}

/** Contexts and self-describing events of a failed event, decoded as far as they can be. */
function attachments(parameters) {
  return ['cx', 'co', 'ue_px', 'ue_pr'].filter((name) => parameters[name]).map((name) => {
    try {
      const value = parameters[name];
      const bytes = () => Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      const content = JSON.parse(name.endsWith('x') ? new TextDecoder().decode(bytes()) : value);
      return html`<section><h3>${name}, decoded</h3><pre class="json">${view(content)}</pre></section>`;
    } catch {
      return nothing;
    }
  });
}

function decoded(json) {
  const event = json.event;
  const own = Object.fromEntries(IMPORTANT.filter((name) => event[name] !== null).map((name) => [name, event[name]]));
  const others = Object.fromEntries(Object.entries(event).filter(([name, value]) =>
    value !== null && !IMPORTANT.includes(name) && !['contexts', 'unstruct_event', 'derived_contexts'].includes(name)));
  const unstruct = event.unstruct_event?.data;
  return html`
    ${section('Event', own, true)}
    ${unstruct ? section(short(unstruct.schema), unstruct.data, true, unstruct.schema) : nothing}
    ${event.contexts.data.map((context) => section(short(context.schema), context.data, true, context.schema))}
    ${section('Other fields', others, false)}
    ${section('Request', { contentType: json.rawEvent.contentType, ...json.rawEvent.context }, false)}`;
}

const short = (uri) => uri.split('/')[1];

function section(title, fields, open, schema) {
  const rows = fields !== null && typeof fields === 'object' && !Array.isArray(fields) ? Object.entries(fields) : [['', fields]];
  return html`
    <details class="section" ?open=${open} data-section=${title}>
      <summary>${title}${schema ? html` <span class="note">${schema.split('/').at(-1)}</span>` : nothing}</summary>
      <dl>${rows.map(([name, value]) => html`
        <dt>${name}</dt><dd>${typeof value === 'object' && value !== null
          ? html`<pre class="json">${view(value)}</pre>` : html`<span class=${typeof value}>${String(value)}</span>`}</dd>`)}</dl>
    </details>`;
}
