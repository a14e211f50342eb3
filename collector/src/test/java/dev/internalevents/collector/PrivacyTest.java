package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.internalevents.collector.output.EventLines;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.testkit.CapturedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No form of an anonymized address is stored anywhere; without the option, it is in each of these places. */
@Tag("slow")
class PrivacyTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** The ways in which an address is sent. */
    private static final List<String> FORMS = List.of(
            "203.0.113.9",
            "::ffff:203.0.113.9",
            "::FFFF:cb00:7109",
            "2001:db8:1:2:aaaa::6",
            "2001:0DB8:0001:0002:AAAA:0000:0000:0006");

    /** The forms in which an address could be found; in lower case. */
    private static final List<String> NEEDLES = List.of(
            "203.0.113.9",
            "203%2e0%2e113%2e9",
            "cb00:7109",
            "cb00%3a7109",
            "2001:db8:1:2:aaaa",
            "2001%3adb8%3a1%3a2%3aaaaa",
            "2001:0db8:0001:0002:aaaa",
            "2001%3a0db8%3a0001%3a0002%3aaaaa");

    private static final List<String> HEADERS = List.of(
            "X-Forwarded-For",
            "X-Real-IP",
            "True-Client-IP",
            "CF-Connecting-IP",
            "X-Client-IP",
            "Fastly-Client-IP",
            "X-Cluster-Client-IP",
            "X-Original-Forwarded-For",
            "Via");

    private static final String ENVELOPE =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[%s]}";

    /** One body for each step that can fail, and one that succeeds; the format argument is the address. */
    private static final List<String> BODIES = List.of(
            String.format(ENVELOPE, "{\"e\":\"pv\",\"ip\":\"%s\"}"),
            String.format(
                    ENVELOPE, "{\"e\":\"pv\",\"ip\":\"%s\"},{\"e\":\"pv\",\"ip\":[\"%s\"]},{\"e\":\"pv\",\"ip\":7}"),
            String.format(ENVELOPE, "{\"e\":\"pv\",\"ip\":\"%s\",\"cx\":\"!\"}"),
            String.format(ENVELOPE, "{\"e\":\"se\",\"ip\":\"%s\",\"se_va\":\"x\"}"),
            String.format(
                    ENVELOPE,
                    "{\"e\":\"pv\",\"ip\":\"%s\",\"co\":\"{\\\"schema\\\":\\\"iglu:com.snowplowanalytics.snowplow/contexts/"
                            + "jsonschema/1-0-1\\\",\\\"data\\\":[{\\\"schema\\\":\\\"iglu:com.gitlab/gitlab_standard/jsonschema/"
                            + "1-1-7\\\",\\\"data\\\":{}}]}\"}"),
            String.format(ENVELOPE, "{\"ip\":\"%s\"}"),
            "{\"e\":\"pv\",\"ip\":\"%s\"",
            "e=pv&ip=%s",
            "ip is %s");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private CapturedLog log;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @Test
    void with_anonymized_addresses_none_is_anywhere() throws Exception {
        Map<String, String> places = places(2, false);

        assertThat(hits(places)).isEmpty();
        assertThat(places.get("/micro/good")).contains("203.0.x.x", "2001:db8:1:2:x:x:x:x");
    }

    @Test
    void of_anonymous_senders_no_address_is_anywhere() throws Exception {
        assertThat(hits(places(0, true))).isEmpty();
    }

    /** Proves that the other tests can fail. */
    @Test
    void without_either_the_address_is_in_each_place() throws Exception {
        Map<String, String> places = places(0, false);

        places.remove("log");
        assertThat(hits(places)).containsExactlyInAnyOrderElementsOf(places.keySet());
    }

    private static List<String> hits(Map<String, String> places) {
        return places.entrySet().stream()
                .filter(place -> {
                    String text = place.getValue().toLowerCase(Locale.ROOT);
                    return NEEDLES.stream().anyMatch(text::contains);
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    private Map<String, String> places(int parts, boolean anonymous) throws Exception {
        try (CapturedLog all = CapturedLog.of(Logger.ROOT_LOGGER_NAME);
                CapturedLog ours = CapturedLog.of("dev.internalevents").at(Level.TRACE)) {
            log = all;
            LoggerFactory.getLogger("dev.internalevents").info("what is logged is looked at");
            return collected(parts, anonymous);
        }
    }

    private Map<String, String> collected(int parts, boolean anonymous) throws Exception {
        Map<String, String> places = new LinkedHashMap<>();
        collector.start(CollectorSettings.collector(folder)
                .readYourWrites(true)
                .trustedProxies(List.of("127.0.0.0/8"))
                .pipeline(new PipelineSettings(true, parts, null))
                .output(EventLines.to(new PrintStream(output, true, StandardCharsets.UTF_8), EventLines.Format.JSON)));
        try {
            FORMS.forEach(address -> sendByEveryWay(address, anonymous));
            assertThat(collector.json("/micro/all").path("bad").asInt()).isGreaterThan(100);
            retry();
            fillASegment(anonymous);
            sendByEveryWay(FORMS.get(0), anonymous);
            ask(places);
            if (parts > 0 || anonymous) {
                await().atMost(LONG)
                        .until(() -> hits(Map.of("spool", Folders.bytes(folder.resolve("spool"))))
                                .isEmpty());
            }
            places.put("spool", Folders.bytes(folder.resolve("spool")));
            places.put("files while it runs", Folders.bytes(folder));
        } finally {
            collector.close();
        }
        places.put("files", Folders.bytes(folder));
        places.put("store", store());
        places.put("output", output.toString(StandardCharsets.UTF_8));
        StringBuilder lines = new StringBuilder();
        log.messages().forEach(line -> lines.append(line).append('\n'));
        assertThat(lines).contains("what is logged is looked at");
        places.put("log", lines.toString());
        return places;
    }

    private void ask(Map<String, String> places) throws Exception {
        for (String path :
                List.of("/micro/good", "/micro/bad", "/micro/export?format=ndjson", "/micro/export?format=tsv")) {
            places.put(path, collector.get(path).body());
        }
        places.put(
                "/micro/events",
                collector.post("/micro/events", "{\"pageSize\":1000}").body());
        StringBuilder details = new StringBuilder();
        for (int number = 1; number < 40; number++) {
            details.append(collector.get("/micro/events/" + number).body());
        }
        places.put("/micro/events/NUMBER", details.toString());
        places.put(
                "/micro/columnStats",
                collector
                        .post("/micro/columnStats", "{\"columns\":[\"user_ipaddress\"]}")
                        .body());
        for (String view : List.of("events", "failed_events")) {
            places.put(
                    "SELECT * FROM " + view,
                    collector
                            .post("/micro/sql", "{\"sql\":\"SELECT * FROM " + view + "\"}")
                            .body());
        }
    }

    private void sendByEveryWay(String address, boolean anonymous) {
        String node = address.contains(":") ? "[" + address + "]" : address;
        for (String header : HEADERS) {
            send(get("/i?e=pv").header(header, address), anonymous);
            send(get("/i?nothing=1").header(header, address), anonymous);
        }
        send(get("/i?e=pv").header("X-Forwarded-For", "198.51.100.7, " + node + ":5678"), anonymous);
        send(get("/i?e=pv").header("Forwarded", "for=\"" + node + ":1\";proto=https"), anonymous);
        send(get("/i").header("Forwarded", "for=\"" + node + "\"").header("X-Ours", node), anonymous);
        String escaped = URLEncoder.encode(address, StandardCharsets.UTF_8);
        for (String query : List.of("e=pv&ip=", "e=se&se_va=x&ip=", "ip=", "e=nothing&cx=!&ip=")) {
            send(get("/i?" + query + escaped), anonymous);
            send(get("/i?" + query + address.replace(".", "%2E")), anonymous);
        }
        for (String body : BODIES) {
            byte[] bytes = body.replace("%s", address).getBytes(StandardCharsets.UTF_8);
            send(post(bytes), anonymous);
            send(post(gzip(bytes)).header("Content-Encoding", "gzip"), anonymous);
            send(post(bytes).header("Content-Encoding", "gzip"), anonymous);
            send(post(bytes).header("Content-Encoding", "br"), anonymous);
            send(post(body.replace("%s", escaped).getBytes(StandardCharsets.UTF_8)), anonymous);
        }
    }

    private void retry() throws Exception {
        for (int number = 1; number < 80; number++) {
            assertThat(collector
                            .post("/micro/failed/retry?number=" + number, "")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /**
     * Fills a segment, so that the first one is committed and then reused or ready for reuse. Blanks are not stored,
     * and four kinds of them in random order cannot be compressed to much less than half.
     */
    private void fillASegment(boolean anonymous) {
        byte[] blanks = new byte[7_500_000];
        Random random = new Random(1);
        for (int i = 0; i < 7; i++) {
            for (int at = 0; at < blanks.length; at++) {
                blanks[at] = (byte) " \t\n\r".charAt(random.nextInt(4));
            }
            String event = String.format(ENVELOPE, "{\"e\":\"pv\"}");
            send(
                    post((event + new String(blanks, StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII)),
                    anonymous);
        }
    }

    private HttpRequest.Builder get(String path) {
        return collector.to(path).GET();
    }

    private HttpRequest.Builder post(byte[] body) {
        return collector
                .to(TestCollector.TP2)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    private void send(HttpRequest.Builder request, boolean anonymous) {
        HttpRequest.Builder whole = anonymous ? request.header("SP-Anonymous", "*") : request;
        try {
            assertThat(collector.send(whole).statusCode()).isEqualTo(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Returns every value of every table and view, with compressed values unpacked. */
    private String store() throws Exception {
        StringBuilder all = new StringBuilder();
        try (Connection store =
                        new DuckDBDriver().connect("jdbc:duckdb:" + folder.resolve("events.duckdb"), new Properties());
                Statement sql = store.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet found = sql.executeQuery("SELECT table_name FROM information_schema.tables")) {
                while (found.next()) {
                    tables.add(found.getString(1));
                }
            }
            assertThat(tables).contains("event", "failed_request", "events", "failed_events");
            for (String table : tables) {
                read(sql, table, all);
            }
        }
        return all.toString();
    }

    private static void read(Statement sql, String table, StringBuilder all) throws SQLException, IOException {
        try (ResultSet rows = sql.executeQuery("SELECT COLUMNS(*)::VARCHAR FROM \"" + table + "\"")) {
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    all.append(rows.getString(i)).append('\n');
                }
            }
        }
        if (table.equals("failed_request")) {
            try (ResultSet rows = sql.executeQuery("SELECT frame FROM failed_request")) {
                while (rows.next()) {
                    CollectorPayload payload = PayloadFrame.decode(rows.getBytes(1));
                    RequestBody body = payload.body();
                    byte[] bytes =
                            body == null ? new byte[0] : Base64.getDecoder().decode(body.base64());
                    all.append(payload).append(new String(bytes, StandardCharsets.ISO_8859_1));
                    if (bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
                        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                            all.append(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
                        }
                    }
                }
            }
        }
    }
}
