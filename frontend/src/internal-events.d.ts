// Where there is no document, as in Node, all functions do nothing; arguments are checked all the same.

/**
 * Properties of an event: three of its own, and any others, sent as JSON has them. A BigInt is sent as text, a value that
 * contains itself as "(a cycle)".
 */
export interface AdditionalProperties {
  /** What the event is about; cut to 4,096 characters. */
  label?: string | null;
  /** A second text; cut to 1,000 characters. */
  property?: string | null;
  /** A finite number. */
  value?: number | null;
  [key: string]: unknown;
}

/** Options that are undefined or null have their defaults, except that consent: null is a refusal. */
export interface Settings {
  /** URL of the collector with http:// or https:// and a host, for example https://collector.example.com. */
  collector: string;
  /** Path of the collector that takes events. Default: /com.snowplowanalytics.snowplow/tp2. */
  path?: string | null;
  /** Application id of the events, 255 characters at most. */
  appId?: string | null;
  /** Name of the tracker, 128 characters at most. Default: gl. */
  namespace?: string | null;
  /** Fields of gitlab_standard that replace those of the page's script. Default of environment: production. */
  context?: Record<string, unknown> | null;
  /** Whether clicks and load events of the whole document are tracked. Default: true. */
  bind?: boolean | null;
  /** Whether the user agrees; see consent. Default: true. */
  consent?: boolean | null;
  /** Whether cookies go to the collector and are taken from it. Default: false. */
  cookies?: boolean | null;
  /** What is sent of the page's and the referrer's address. Default: without user, query and fragment. */
  address?: ((address: string) => string) | null;
}

/**
 * Starts sending, once for each page. Events tracked before (100 at most) are sent now, with these settings, as are those
 * that an earlier page could not send. A second call replaces the settings.
 *
 * @throws TypeError if the collector's URL is missing, not valid, or neither http:// nor https://
 */
export function start(settings: Settings): void;

/**
 * Tracks an event. Does not wait for the collector.
 *
 * @param name name of the event, 1 to 1,000 characters
 * @param category default: data-page of the body
 * @throws TypeError if an argument has the wrong type; empty, null and absent properties are not checked
 */
export function trackEvent(name: string, properties?: AdditionalProperties | null, category?: string): void;

/**
 * Says whether the user agrees. Without consent nothing is sent or stored, and what waits is deleted. consent(false) also
 * ends consent in other tabs of the origin if localStorage is available; consent(true) is for this page. It is not
 * stored: call it, or pass it to start, on each page.
 */
export function consent(given: boolean): void;

/**
 * Tracks clicks on elements with data-event-tracking below a parent, also on those added later. start does it for the
 * document. Binding the same parent again does nothing.
 *
 * @returns ends it
 */
export function bind(parent?: Document | Element | ShadowRoot): () => void;

/** Tracks the elements at and below a parent that have data-event-tracking-load="true", each once. */
export function trackLoadEvents(parent?: Document | Element | ShadowRoot): void;

/** Sends what waits; resolves when all was sent, or when a request has failed. */
export function flush(): Promise<void>;

/** A mixin for Vue with the method trackEvent. */
export function mixin(): { methods: { trackEvent: typeof trackEvent } };

/**
 * Calls a function with each event that is tracked.
 *
 * @param interceptor returns false to keep the event from being sent; its argument send sends it later after all. The
 *   properties are a copy, as JSON has them.
 * @returns ends it
 */
export function intercept(
  interceptor: (name: string, properties: AdditionalProperties, category: string, send: () => void) => boolean | void,
): () => void;

/** The fields of gitlab_standard that the page's script and the settings name. */
export function pageContext(): Record<string, unknown>;
