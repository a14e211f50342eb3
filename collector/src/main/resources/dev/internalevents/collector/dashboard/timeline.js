// The number of good and failed events over time, for half an hour or a week; a click selects a period.
import { html, svg, nothing } from './lit-html.js';

const SPANS = {
  '30m': { label: '30 minutes', count: 30, millis: 60_000 },
  '7d': { label: '7 days', count: 84, millis: 7_200_000 },
};
const HEIGHT = 36;

export function buckets(span) {
  const { count, millis } = SPANS[span] ?? SPANS['30m'];
  const end = Math.ceil((Date.now() + 1) / millis) * millis;
  return Array.from({ length: count }, (_, i) => ({ start: end - (count - i) * millis, end: end - (count - i - 1) * millis }));
}

export function timeline(state, actions) {
  if (!state.points.length) return nothing;
  const max = Math.max(1, ...state.points.map((p) => p.validEvents + p.failedEvents));
  const width = 100 / state.points.length;
  const bar = (point, i) => {
    const good = (point.validEvents / max) * HEIGHT;
    const bad = (point.failedEvents / max) * HEIGHT;
    const start = Date.parse(point.bucket.start);
    const end = Date.parse(point.bucket.end);
    const chosen = state.view.from === start && state.view.to === end;
    return svg`<g class="bucket" data-chosen=${chosen} role="button" tabindex="-1"
        @click=${() => actions.change(chosen ? { from: null, to: null } : { from: start, to: end })}>
      <title>${`${new Date(start).toLocaleString()}: ${point.validEvents} good, ${point.failedEvents} failed`}</title>
      <rect class="back" x=${i * width} y="0" width=${width} height=${HEIGHT}></rect>
      <rect class="bar-good" x=${i * width + width * 0.1} y=${HEIGHT - good} width=${width * 0.8} height=${good}></rect>
      <rect class="bar-bad" x=${i * width + width * 0.1} y=${HEIGHT - good - bad} width=${width * 0.8} height=${bad}></rect></g>`;
  };
  return html`<div class="timeline" data-span=${state.span}>
    <div class="tabs" role="group" aria-label="Time span">${Object.entries(SPANS).map(([span, { label }]) => html`
      <button class="tab" data-span=${span} aria-pressed=${state.span === span} @click=${() => actions.span(span)}>${label}</button>`)}</div>
    <svg viewBox=${`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-label="Events over time">${state.points.map(bar)}</svg>
    <span class="note">max ${max}</span></div>`;
}
