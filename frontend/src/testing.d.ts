import type { AdditionalProperties } from './internal-events.js';

/**
 * Records the events that are tracked from now on and prevents them from being sent.
 *
 * @returns events: a live list; end: stops recording
 */
export function recordEvents(): {
  events: { name: string; properties: AdditionalProperties; category: string }[];
  end: () => void;
};
