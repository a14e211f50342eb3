// The first steps, shown before the first event: how to send one, in four ways.
import { html, nothing } from './lit-html.js';
import { codeBlock } from './copy.js';
import { firstAsCurl } from './code.js';

const NAME = 'request_awesome_feature';

const settings = (endpoint) => `AIGW_INTERNAL_EVENT__ENABLED=true
AIGW_INTERNAL_EVENT__ENDPOINT=${endpoint}`;

/** The ways, each as blocks of a caption and a code. */
const WAYS = {
  spring: { label: 'Spring', blocks: (endpoint) => [
    ['.env, in the working directory of the service', settings(endpoint)],
    ['Java, with the starter on the class path: an event when the service starts', `@Component
class FirstEvent {
    FirstEvent(InternalEventsClient internalEvents) {
        internalEvents.trackEvent("${NAME}");
    }
}`]] },
  java: { label: 'Java', blocks: (endpoint) => [
    ['.env, in the working directory of the service', settings(endpoint)],
    ['Java', `InternalEventsClient internalEvents = InternalEventsClient.fromEnvironment("AIGW");
internalEvents.trackEvent("${NAME}");`]] },
  curl: { label: 'curl', blocks: (endpoint) => [['Terminal', firstAsCurl(NAME, endpoint)]] },
  command: { label: 'Command', blocks: (endpoint) => [
    ['Terminal, in the folder of the product', `./internal-events send ${NAME} --url ${endpoint}`]] },
};

export function firstSteps(state, actions) {
  const endpoint = location.origin;
  const names = Object.keys(WAYS);
  const way = WAYS[state.way] ? state.way : names[0];
  const keys = (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    actions.way(names[(names.indexOf(way) + by + names.length) % names.length]);
    document.querySelector('.ways [aria-selected=true]').focus();
  };
  return html`<section class="first">
    <h2>Waiting for the first event</h2>
    <p>${state.away ? nothing : 'It appears here as soon as it arrives. '}Send one:</p>
    <div class="tabs ways" role="tablist" aria-label="Ways to send an event" @keydown=${keys}>${names.map((name) => html`
      <button class="tab" role="tab" id=${`way-${name}`} aria-selected=${way === name} aria-controls="way" tabindex=${way === name ? 0 : -1}
        @click=${() => actions.way(name)}>${WAYS[name].label}</button>`)}</div>
    <div role="tabpanel" id="way" aria-labelledby=${`way-${way}`}>${WAYS[way].blocks(endpoint).map(([caption, code], i) =>
      codeBlock(`first-steps-${i}`, caption, code, state, actions))}</div>
    <p class="note">Any Snowplow tracker can send events, too: its collector URL is <code>${endpoint}</code>.</p>
  </section>`;
}
