// Without a document, as in Node, all functions do nothing except check their arguments.

/**
 * Properties of an event: three built-in ones, and any others, which are sent as JSON. A BigInt is sent as text, a value
 * that contains itself as "(a cycle)".
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

/** Options that are undefined or null get their defaults; except consent: null, which means no consent. */
export interface Settings {
  /** URL of the collector with http:// or https:// and a host, for example https://collector.example.com. */
  collector: string;
  /** Path at which the collector receives events. Default: /com.snowplowanalytics.snowplow/tp2. */
  path?: string | null;
  /** Application id of the events, at most 255 characters. */
  appId?: string | null;
  /** Name of the tracker, at most 128 characters. Default: gl. */
  namespace?: string | null;
  /** Fields of gitlab_standard that override those of the page's script. Default of environment: production. */
  context?: Record<string, unknown> | null;
  /** Whether to track clicks and load events of the whole document. Default: true. */
  bind?: boolean | null;
  /** Whether the user agrees; see consent. Default: true. */
  consent?: boolean | null;
  /** Whether cookies are sent to the collector and accepted from it. Default: false. */
  cookies?: boolean | null;
  /** Converts the page's and the referrer's address before sending. Default: removes user, query and fragment. */
  address?: ((address: string) => string) | null;
}

/**
 * Starts sending; call it once per page. Events tracked before (at most 100) are sent now, with these settings, and so are
 * events that an earlier page could not send. A second call replaces the settings.
 *
 * @throws TypeError if the collector's URL is missing, not valid, or neither http:// nor https://
 */
export function start(settings: Settings): void;

/**
 * Tracks an event. Does not wait for the collector.
 *
 * @param name name of the event, 1 to 1,000 characters
 * @param category default: data-page of the body
 * @throws TypeError if an argument has the wrong type; empty, null and missing properties are not checked
 */
export function trackEvent(name: string, properties?: AdditionalProperties | null, category?: string): void;

/**
 * Sets whether the user consents. Without consent nothing is sent or stored, and queued events are deleted. consent(false)
 * also ends consent in other tabs of the origin if localStorage is available; consent(true) applies only to this page.
 * Consent is not stored: call this function, or pass it to start, on each page.
 */
export function consent(given: boolean): void;

/**
 * Tracks clicks on elements with data-event-tracking below a parent, including elements added later. start does this for
 * the document. Binding the same parent again does nothing.
 *
 * @returns a function that stops tracking
 */
export function bind(parent?: Document | Element | ShadowRoot): () => void;

/** Tracks each element with data-event-tracking-load="true" once: a parent itself and all elements below it. */
export function trackLoadEvents(parent?: Document | Element | ShadowRoot): void;

/** Sends all queued events; resolves when all are sent, or when a request has failed. */
export function flush(): Promise<void>;

/** Returns a Vue mixin with the method trackEvent. */
export function mixin(): { methods: { trackEvent: typeof trackEvent } };

/**
 * Calls a function with each tracked event.
 *
 * @param interceptor returns false to prevent the event from being sent; it can call its argument send to send the event
 *   later. The properties are a copy with only JSON values.
 * @returns a function that removes the interceptor
 */
export function intercept(
  interceptor: (name: string, properties: AdditionalProperties, category: string, send: () => void) => boolean | void,
): () => void;

/** Returns the fields of gitlab_standard from the page's script and the settings. */
export function pageContext(): Record<string, unknown>;
