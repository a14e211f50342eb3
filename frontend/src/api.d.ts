/**
 * Also counts each event through the application, if the page's context has a user (user_id or global_user_id). The
 * application identifies the user by the session. CSRF tokens of Spring Security and Rails are sent along.
 *
 * @param url default: /api/internal-events
 * @param options sendToSnowplow: the application sends the event to the collector, and the page does not. The page still
 *   sends it if its context has no user, or if the application rejects it (4xx or a redirect). After any other error the page does not
 *   send it, because the application may have; the event may be lost, which is logged to the console. Default: false.
 * @returns a function that stops counting
 */
export function countOnServer(url?: string, options?: { sendToSnowplow?: boolean }): () => void;
