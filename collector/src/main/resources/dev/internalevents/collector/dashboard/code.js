// Generates code from an event: a request that sends it again, and a test that waits for an event like it.

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const java = (text) => JSON.stringify(text);

function parameters(event) {
  return event.json.rawEvent?.parameters ?? null;
}

export function asCurl(event, origin) {
  const sent = parameters(event);
  const payload = event.json.collectorPayload ?? event.json.rawEvent;
  const body = sent
    ? JSON.stringify({ schema: 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4', data: [sent] })
    : payload.body ?? '';
  return `curl ${quoted(`${origin}/com.snowplowanalytics.snowplow/tp2`)} \\
  -H 'Content-Type: application/json' \\
  -d ${quoted(body)}`;
}

export function asJavaTest(event, origin) {
  const fields = event.json.event ?? {};
  const names = fields.event === 'struct' ? ['se_category', 'se_action', 'se_label', 'se_property'] : ['event_name', 'page_url'];
  const where = Object.fromEntries(names.filter((name) => fields[name]).map((name) => [name, fields[name]]));
  const body = JSON.stringify({ where, validEvents: event.valid, count: 1, timeoutMs: 5000 });
  return `@Test
void sends_${event.title.replace(/[^A-Za-z0-9]+/g, '_')}() throws Exception {
    // trigger the event here

    HttpResponse<String> found = HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(URI.create(${java(`${origin}/micro/await`)}))
                    .POST(HttpRequest.BodyPublishers.ofString(${java(body)}))
                    .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, found.statusCode(), found.body());
}`;
}
