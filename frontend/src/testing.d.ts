import type { AdditionalProperties } from './internal-events.js';

/**
 * Collects the events that are tracked from now on, and keeps them from being sent.
 *
 * @returns events: a live list; end: stops collecting
 */
export function recordEvents(): {
  events: { name: string; properties: AdditionalProperties; category: string }[];
  end: () => void;
};
