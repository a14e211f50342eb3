// The number of good and failed events over time; a click on a bar, or a range of one's own, selects a period.
import { html, svg, nothing } from './lit-html.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SPANS = {
  '30m': { label: '30 min', count: 30, millis: MINUTE },
  '1h': { label: '1 h', count: 60, millis: MINUTE },
  '24h': { label: '24 h', count: 48, millis: 30 * MINUTE },
  '7d': { label: '7 days', count: 84, millis: 2 * HOUR },
  '30d': { label: '30 days', count: 60, millis: 12 * HOUR },
};
const OWN_COUNT = 60;
const HEIGHT = 40;
/** A bar is never lower, so that one event beside thousands is seen. */
const LEAST = 3;

/** Returns the periods to count events in: those of a span up to now, or of one's own range. */
export function buckets(span, range) {
  if (span === 'own' && range) {
    const millis = Math.max(1, Math.ceil((range.to - range.from) / OWN_COUNT));
    const count = Math.ceil((range.to - range.from) / millis);
    return Array.from({ length: count }, (_, i) => ({ start: range.from + i * millis, end: Math.min(range.to, range.from + (i + 1) * millis) }));
  }
  const { count, millis } = SPANS[span] ?? SPANS['30m'];
  const end = Math.ceil((Date.now() + 1) / millis) * millis;
  return Array.from({ length: count }, (_, i) => ({ start: end - (count - i) * millis, end: end - (count - i - 1) * millis }));
}

/** A duration as it follows "in" or "per": "minute", "30 minutes". */
function duration(millis) {
  const [amount, unit] = millis % HOUR === 0 ? [millis / HOUR, 'hour'] : [Math.round(millis / MINUTE * 10) / 10, 'minute'];
  return amount === 1 ? unit : `${amount.toLocaleString()} ${unit}s`;
}

/** Formats the times of an axis: hours within two days, otherwise dates. */
function axis(from, to) {
  const short = to - from <= 48 * HOUR;
  const format = new Intl.DateTimeFormat(undefined, short ? { hour: '2-digit', minute: '2-digit', hour12: false } : { month: 'short', day: 'numeric' });
  return [0, 0.25, 0.5, 0.75, 1].map((part) => format.format(new Date(from + (to - from) * part)));
}

export function timeline(state, actions) {
  const { points, view } = state;
  if (!points.length) return nothing;
  const good = (point) => (view.status === 'bad' ? 0 : point.validEvents);
  const bad = (point) => (view.status === 'good' ? 0 : point.failedEvents);
  const max = Math.max(0, ...points.map((point) => good(point) + bad(point)));
  const sum = (count) => points.reduce((all, point) => all + count(point), 0);
  const from = Date.parse(points[0].bucket.start);
  const to = Date.parse(points.at(-1).bucket.end);
  const width = 100 / points.length;
  const height = (count) => (count === 0 ? 0 : Math.max(LEAST, (count / max) * (HEIGHT - LEAST)));
  const bar = (point, i) => {
    const start = Date.parse(point.bucket.start);
    const end = Date.parse(point.bucket.end);
    const chosen = view.from === start && view.to === end;
    const upTo = HEIGHT - height(good(point));
    return svg`<g class="bucket" data-chosen=${chosen}
        @click=${() => actions.change(chosen ? { from: null, to: null } : { from: start, to: end })}>
      <title>${`${new Date(start).toLocaleString()}: ${point.validEvents} good, ${point.failedEvents} failed`}</title>
      <rect class="back" x=${i * width} y="0" width=${width} height=${HEIGHT}></rect>
      <rect class="bar-good" x=${i * width + width * 0.1} y=${upTo} width=${width * 0.8} height=${HEIGHT - upTo}></rect>
      <rect class="bar-bad" x=${i * width + width * 0.1} y=${Math.max(0, upTo - height(bad(point)))} width=${width * 0.8} height=${height(bad(point))}></rect></g>`;
  };
  const counted = [view.status === 'bad' ? null : `${sum(good).toLocaleString()} good`, view.status === 'good' ? null : `${sum(bad).toLocaleString()} failed`];
  const unit = duration(Date.parse(points[0].bucket.end) - from);
  const span = (name, label) => html`<button class="tab" data-span=${name} aria-pressed=${state.span === name} @click=${() => actions.span(name)}>${label}</button>`;
  return html`<section class="timeline" data-span=${state.span} aria-label="Events over time">
    <div class="spans">
      <div class="tabs" role="group" aria-label="Time span">${Object.entries(SPANS).map(([name, { label }]) => span(name, label))}
        <button class="tab" data-span="own" aria-pressed=${state.span === 'own'} aria-expanded=${state.ranging} @click=${actions.range}>Range…</button></div>
      <span class="note" id="timeline-max">${max ? `at most ${max.toLocaleString()} per ${unit}` : 'no events in this time'}</span>
    </div>
    ${state.ranging ? ownRange(state, actions, from, to) : nothing}
    <div class="chart">
      <svg viewBox=${`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" role="img"
        aria-label=${`From ${new Date(from).toLocaleString()} to ${new Date(to).toLocaleString()}: ${counted.filter(Boolean).join(', ')}`}>${points.map(bar)}</svg>
      <div class="axis" aria-hidden="true">${axis(from, to).map((label) => html`<span>${label}</span>`)}</div>
    </div></section>`;
}

/** The time as an input of the type datetime-local takes it: local, without a zone. */
const local = (millis) => new Date(millis - new Date(millis).getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);

function ownRange(state, actions, from, to) {
  const apply = (e) => {
    e.preventDefault();
    const data = new FormData(e.target);
    const chosen = { from: new Date(data.get('from')).getTime(), to: new Date(data.get('to')).getTime() };
    e.target.elements.to.setCustomValidity(chosen.from < chosen.to ? '' : 'The end must be after the start.');
    if (e.target.reportValidity()) actions.ownRange(chosen);
  };
  const { from: start, to: end } = state.range ?? { from, to };
  return html`<form class="range" @submit=${apply} novalidate>
    <label>From <input type="datetime-local" name="from" required .value=${local(start)}></label>
    <label>to <input type="datetime-local" name="to" required .value=${local(end)} @input=${(e) => e.target.setCustomValidity('')}></label>
    <button>Show</button></form>`;
}
