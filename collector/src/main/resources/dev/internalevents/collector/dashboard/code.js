// Generates code from an event: a request that sends it again, and a test that waits for an event like it.

// Pasted into a terminal, a control character would act as a key: it could end the command and start another.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/;
// Characters that hide or reorder what is seen of the code.
const INVISIBLE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const hex = (c, digits) => c.charCodeAt(0).toString(16).padStart(digits, '0');

/** One word for a shell. A NUL, which no word can contain, is left out. */
function quoted(text) {
  if (!CONTROLS.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${text.replaceAll('\0', '').replace(/['\\]/g, '\\$&').replace(/[\u0001-\u001f\u007f]/g, (c) => `\\x${hex(c, 2)}`)
    .replace(/[\u0080-\u009f]/g, (c) => `\\u${hex(c, 4)}`)}'`;
}

/** A string literal of Java. */
const java = (text) => JSON.stringify(text).replace(INVISIBLE, (c) => `\\u${hex(c, 4)}`);

function post(origin, body) {
  return `curl ${quoted(`${origin}/com.snowplowanalytics.snowplow/tp2`)} \\
  -H 'Content-Type: application/json' \\
  --data-raw ${quoted(body)}`;
}

const PAYLOAD_DATA = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';

/** A request that sends an event of this name. */
export const firstAsCurl = (name, origin) =>
  post(origin, JSON.stringify({ schema: PAYLOAD_DATA, data: [{ e: 'se', se_ca: 'first_steps', se_ac: name, p: 'srv', tv: 'curl' }] }));

/** A request that sends the event again: as a new event, because the collector gives an id to one without. */
export function asCurl(event, origin) {
  const sent = event.json.rawEvent?.parameters;
  if (sent) {
    const { eid, ...others } = sent;
    return post(origin, JSON.stringify({ schema: PAYLOAD_DATA, data: [others] }));
  }
  const payload = event.json.collectorPayload ?? event.json.rawEvent;
  const query = payload.querystring ? `?${payload.querystring}` : '';
  return payload.body ? post(origin, payload.body) : `curl --globoff ${quoted(`${origin}/${payload.api.vendor}/${payload.api.version}${query}`)}`;
}

/** What tells the event from others: the fields that name it; a failed event's title and app, which are known of each. */
function criteria(event) {
  const fields = event.json.event;
  if (!fields) {
    const app = event.json.rawEvent?.parameters?.aid;
    return { title: event.title, ...(app ? { app_id: app } : {}) };
  }
  const names = fields.event === 'struct' ? ['se_category', 'se_action', 'se_label', 'se_property'] : ['event_name', 'page_url'];
  return Object.fromEntries(names.filter((name) => fields[name]).map((name) => [name, fields[name]]));
}

export function asJavaTest(event, origin) {
  const body = JSON.stringify({ where: criteria(event), validEvents: event.valid, count: 1, timeoutMs: 5000 });
  return `@Test
void sends_${event.title.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60)}() throws Exception {
    // trigger the event here

    HttpResponse<String> found = HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(URI.create(${java(`${origin}/micro/await`)}))
                    .POST(HttpRequest.BodyPublishers.ofString(${java(body)}))
                    .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, found.statusCode(), found.body());
}`;
}
