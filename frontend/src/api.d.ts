/**
 * Counts each event through the application as well, if the page's context names a user (user_id or global_user_id).
 * The application knows the user by his session; CSRF tokens of Spring Security are sent along.
 *
 * @param url default: /api/internal-events
 * @param options sendToSnowplow: the application sends the event too, and the page does not. The page sends it if its
 *   context names no user, or if the application refuses it (4xx). After another error the event may be lost, since it may
 *   have been tracked; the console says so. Default: false.
 * @returns ends it
 */
export function countOnServer(url?: string, options?: { sendToSnowplow?: boolean }): () => void;
