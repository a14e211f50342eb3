package dev.internalevents.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.lake.Relay;
import dev.internalevents.lake.S3Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class S3FilesTest {

    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private static Path objects;

    private static S3Server s3;
    private static int tests;

    private final String root = "s3://" + S3Server.BUCKET + "/test" + tests++ + "/";
    private Relay relay;
    private S3Files files;

    @BeforeAll
    static void start() throws Exception {
        s3 = S3Server.start(objects);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.close();
    }

    @BeforeEach
    void connect() throws IOException {
        relay = Relay.to(s3.port());
        files = new S3Files(S3Settings.of(relay.url(), name -> null)
                .with(new S3Settings.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(6))));
    }

    @AfterEach
    void disconnect() throws IOException {
        files.close();
        relay.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void write(String location, byte[] content) throws IOException {
        try (PositionOutputStream out = files.newOutputFile(location).create()) {
            int half = content.length / 2;
            out.write(content, 0, half);
            assertThat(out.getPos()).isEqualTo(half);
            for (int i = half; i < Math.min(content.length, half + 3); i++) {
                out.write(content[i]);
            }
            int rest = Math.min(content.length, half + 3);
            out.write(content, rest, content.length - rest);
            assertThat(out.getPos()).isEqualTo(content.length);
        }
    }

    @Test
    void a_file_of_any_size_is_read_as_it_was_written() throws IOException {
        for (int size : new int[] {0, 1, 100_000, 8 * MEGABYTE, 8 * MEGABYTE + 1, 20 * MEGABYTE}) {
            byte[] content = random(size);
            String location = root + "size" + size;

            write(location, content);

            assertThat(files.newInputFile(location).getLength()).isEqualTo(size);
            try (SeekableInputStream in = files.newInputFile(location).newStream()) {
                assertThat(in.readAllBytes()).isEqualTo(content);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void a_reader_seeks_in_both_directions() throws IOException {
        byte[] content = random(2 * MEGABYTE);
        write(root + "seek", content);

        try (SeekableInputStream in = files.newInputFile(root + "seek").newStream()) {
            for (int position : new int[] {10, 20, 100_000, 1_900_000, 5, 2 * MEGABYTE - 1, 0}) {
                in.seek(position);
                assertThat(in.read()).isEqualTo(content[position] & 0xff);
                assertThat(in.getPos()).isEqualTo(position + 1);
            }
        }
    }

    @Test
    void a_reader_whose_connection_ends_goes_on_with_another_one() throws IOException {
        byte[] content = random(4 * MEGABYTE);
        write(root + "cut", content);
        AtomicInteger pieces = new AtomicInteger();
        relay.answers(piece -> pieces.incrementAndGet() == 5 ? Relay.Fate.CLOSE : Relay.Fate.PASS);

        try (SeekableInputStream in = files.newInputFile(root + "cut").newStream()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
        assertThat(pieces).hasValueGreaterThan(5);
    }

    @Test
    void a_file_that_is_missing_is_not_found_and_one_that_exists_is_not_created_again() throws IOException {
        assertThat(files.newInputFile(root + "x").exists()).isFalse();
        assertThat(files.read(root + "x")).isNull();
        assertThatThrownBy(() -> files.newInputFile(root + "x").getLength()).isInstanceOf(NotFoundException.class);
        files.deleteFile(root + "x");

        write(root + "x", random(10));

        assertThat(files.newInputFile(root + "x").exists()).isTrue();
        assertThatThrownBy(() -> files.newOutputFile(root + "x").create()).isInstanceOf(AlreadyExistsException.class);
    }

    @Test
    void files_are_listed_and_deleted_by_prefix_and_by_name() throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String location = root + "some/f" + i;
            files.write(location, random(i));
            all.add(location);
        }
        files.write(root + "other", random(1));

        assertThat(listed(root + "some/")).containsExactlyInAnyOrderElementsOf(all);
        assertThat(StreamSupport.stream(files.listPrefix(root + "some/").spliterator(), false)
                        .mapToLong(FileInfo::size)
                        .sum())
                .isEqualTo(10);

        files.deleteFiles(List.of(all.get(0), all.get(1), root + "never-existed"));
        assertThat(listed(root)).hasSize(4);

        files.deletePrefix(root + "some/");
        assertThat(listed(root)).containsExactly(root + "other");
    }

    private List<String> listed(String prefix) {
        return StreamSupport.stream(files.listPrefix(prefix).spliterator(), false)
                .map(FileInfo::location)
                .toList();
    }

    @Test
    void of_many_that_create_a_file_at_once_one_succeeds() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 5; round++) {
                String location = root + "once" + round;
                List<Callable<Boolean>> attempts = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    byte[] content = ("content " + i).getBytes(StandardCharsets.UTF_8);
                    attempts.add(() -> files.create(location, content));
                }
                int created = 0;
                for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                    created += attempt.get() ? 1 : 0;
                }
                assertThat(created).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_created_file_whose_answer_is_lost_is_recognised() {
        AtomicInteger lost = new AtomicInteger(1);
        loseAnswers("PUT ", lost);

        assertThat(files.create(root + "own", random(10))).isTrue();
        assertThat(lost).hasValue(0);
        assertThat(files.create(root + "own", random(11))).isFalse();
    }

    @Test
    void a_file_that_may_have_been_created_is_not_reported_as_missing() {
        // The answer, and then the server
        relay.requests(piece -> Relay.Fate.CLOSE);

        assertThatThrownBy(() -> files.create(root + "unknown", random(10)))
                .isInstanceOf(CommitStateUnknownException.class)
                .isNotInstanceOf(CleanableFailure.class);
    }

    @Test
    void a_file_that_the_store_refuses_is_reported_as_not_created() {
        relay.canned(piece -> piece.startsWith("PUT ") ? answer(403, "AccessDenied", "Access Denied") : null);

        assertThatThrownBy(() -> files.create(root + "refused", random(10)))
                .isInstanceOf(CleanableFailure.class)
                .hasMessageContaining("the answer is 403 AccessDenied, Access Denied");
    }

    /** Loses the answers to so many requests. */
    private void loseAnswers(String start, AtomicInteger count) {
        AtomicInteger asked = new AtomicInteger();
        relay.requests(piece -> {
            if (piece.startsWith(start) && count.get() > 0) {
                asked.incrementAndGet();
            }
            return Relay.Fate.PASS;
        });
        relay.answers(piece -> {
            if (asked.getAndSet(0) > 0) {
                count.decrementAndGet();
                return Relay.Fate.CLOSE;
            }
            return Relay.Fate.PASS;
        });
    }

    private static String answer(int status, String code, String message) {
        String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>" + message
                + "</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>";
        return "HTTP/1.1 " + status + " x\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void the_last_answer_of_an_upload_in_parts_may_be_lost() throws IOException {
        AtomicInteger lost = new AtomicInteger(1);
        byte[] content = random(9 * MEGABYTE);
        try (PositionOutputStream out = files.newOutputFile(root + "parts").create()) {
            out.write(content);
            AtomicInteger completions = new AtomicInteger();
            relay.requests(piece -> {
                completions.addAndGet(piece.startsWith("POST ") && piece.contains("uploadId=") ? 1 : 0);
                return Relay.Fate.PASS;
            });
            relay.answers(piece ->
                    completions.getAndSet(0) > 0 && lost.getAndDecrement() > 0 ? Relay.Fate.CLOSE : Relay.Fate.PASS);
        }
        assertThat(lost).hasValueLessThan(1);
        try (SeekableInputStream in = files.newInputFile(root + "parts").newStream()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void an_upload_that_fails_is_aborted_and_is_not_a_file() throws IOException {
        List<String> aborted = new ArrayList<>();
        relay.requests(piece -> {
            if (piece.startsWith("DELETE ") && piece.contains("uploadId=")) {
                aborted.add(piece);
            }
            return Relay.Fate.PASS;
        });
        relay.canned(piece -> piece.startsWith("PUT ") && piece.contains("partNumber=2")
                ? answer(507, "XMinioStorageFull", "Storage backend has reached its minimum free drive threshold")
                : null);

        PositionOutputStream out = files.newOutputFile(root + "full").create();
        assertThatThrownBy(() -> out.write(random(17 * MEGABYTE)))
                .isInstanceOf(BucketException.class)
                .hasMessage("bucket lake-bucket: the answer is 507 XMinioStorageFull, Storage backend has reached its"
                        + " minimum free drive threshold");
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(out::close).isInstanceOf(IOException.class);

        assertThat(aborted).hasSize(1);
        assertThat(files.newInputFile(root + "full").exists()).isFalse();
    }

    @Test
    void a_store_that_asks_to_slow_down_is_asked_again() {
        AtomicInteger refused = new AtomicInteger(2);
        relay.canned(piece -> piece.startsWith("PUT ") && refused.getAndDecrement() > 0
                ? answer(503, "SlowDown", "Please reduce your request rate.")
                : null);

        files.write(root + "slow", random(10));

        assertThat(files.read(root + "slow")).isEqualTo(random(10));
        assertThat(refused).hasValueLessThan(0);
    }

    @Test
    void a_store_that_does_not_answer_is_given_up() {
        relay.answers(piece -> Relay.Fate.HANG);

        assertThatThrownBy(() -> files.read(root + "hangs"))
                .isInstanceOf(RuntimeIOException.class)
                .hasRootCauseInstanceOf(IOException.class)
                .satisfies(thrown -> assertThat(BucketException.in(thrown))
                        .message()
                        .startsWith("bucket lake-bucket: ")
                        .containsAnyOf("did not answer in time", "timed out"));
    }

    @Test
    void a_store_that_sends_a_byte_at_a_time_is_given_up() throws IOException {
        Duration second = Duration.ofSeconds(1);
        int size = MEGABYTE;
        write(root + "drips", random(size));
        relay.answers(piece -> piece.startsWith("HTTP/") ? Relay.Fate.PASS : Relay.Fate.DRIP);
        S3Settings.Timeouts timeouts = new S3Settings.Timeouts(second, second, second);

        try (S3Files impatient =
                new S3Files(S3Settings.of(relay.url(), name -> null).with(timeouts))) {
            for (int position : new int[] {0, 200_000}) {
                try (SeekableInputStream in =
                        impatient.newInputFile(root + "drips", size).newStream()) {
                    assertThat(in.read()).isNotNegative();
                    in.seek(position);
                    assertThatThrownBy(in::readAllBytes)
                            .isInstanceOf(BucketException.class)
                            .hasMessage("bucket lake-bucket: the connection failed: it sends less than 10 kB a second");
                }
            }
            assertThatThrownBy(() -> impatient.read(root + "drips"))
                    .satisfies(thrown ->
                            assertThat(BucketException.in(thrown)).hasMessageStartingWith("bucket lake-bucket: "));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|the answer is 404; expected an object store at {}, and a bucket that exists",
                "403|the answer is 403; expected an object store with S3's protocol at {}; check its address"
                        + " (--lake-s3-endpoint, AWS_ENDPOINT_URL_S3), and the rights of the credentials",
                "200|what was written to {} cannot be read there again; expected an object store with S3's protocol"
                        + " at {}; check its address (--lake-s3-endpoint, AWS_ENDPOINT_URL_S3)"
            })
    void a_server_that_is_no_object_store_is_named_with_what_was_expected(int status, String expected)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] page = "<html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, status == 200 ? page.length : -1);
            if (status == 200) {
                exchange.getResponseBody().write(page);
            }
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        S3Settings settings =
                new S3Settings(url, null, new S3Settings.Keys("id", "key", null), S3Settings.Timeouts.DEFAULT);
        try (S3Files elsewhere = new S3Files(settings)) {
            assertThatThrownBy(() -> elsewhere.keepsWhatExists(root + "probe"))
                    .satisfies(thrown -> assertThat(BucketException.in(thrown))
                            .hasMessage("bucket lake-bucket: " + expected.replace("{}", url)));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_store_that_is_away_or_has_no_such_bucket_is_named_without_secrets() throws IOException {
        try (S3Files away = new S3Files(S3Settings.of("http://127.0.0.1:1", name -> null))) {
            assertThatThrownBy(() -> away.read(root + "x"))
                    .satisfies(thrown -> assertThat(BucketException.in(thrown))
                            .hasMessageStartingWith("bucket lake-bucket: ")
                            .hasMessageContaining(
                                    "http://127.0.0.1:1 cannot be reached (Connection refused); check the network"));
        }
        assertThatThrownBy(() -> files.read("s3://no-such-bucket/x"))
                .satisfies(thrown -> assertThat(BucketException.in(thrown))
                        .hasMessageStartingWith("bucket no-such-bucket: the answer is 404 NoSuchBucket"));
        S3Settings wrong = new S3Settings(
                s3.url(), null, new S3Settings.Keys("some-id", "hush-hush", null), S3Settings.Timeouts.DEFAULT);
        assertThat(wrong.toString()).doesNotContain("hush");
        try (S3Files refused = new S3Files(wrong)) {
            assertThatThrownBy(() -> refused.read(root + "x"))
                    .satisfies(thrown -> assertThat(BucketException.in(thrown))
                            .hasMessageContaining("the answer is 403")
                            .message()
                            .doesNotContain("hush"));
        }
    }

    @Test
    void a_store_that_ignores_conditions_is_found_out() {
        assertThat(files.keepsWhatExists(root + "probe1")).isTrue();
        assertThat(files.exists(root + "probe1")).isFalse();

        // As a store answers that does not know the condition
        relay.canned(piece -> piece.startsWith("PUT ")
                ? "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                : null);
        assertThat(files.keepsWhatExists(root + "probe2")).isFalse();

        relay.canned(piece -> piece.startsWith("PUT ") ? answer(501, "NotImplemented", "A header") : null);
        assertThat(files.keepsWhatExists(root + "probe3")).isFalse();
    }
}
