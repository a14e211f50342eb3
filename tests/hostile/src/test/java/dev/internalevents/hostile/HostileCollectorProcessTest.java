package dev.internalevents.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.testkit.TestCertificate;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a separate process with a misbehaving collector: SIGTERM, and host names with several addresses. */
@Tag("slow")
class HostileCollectorProcessTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /**
     * If true, tests http and https each with an in-memory queue and an outbox; otherwise https in memory and http with
     * an outbox.
     */
    private static final boolean ALL = Boolean.getBoolean("hostile.all");

    @TempDir
    private static Path shared;

    private static TestCertificate certificate;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        certificate = RawCollector.certificate(shared);
    }

    static Stream<Arguments> stalls() {
        return Arrays.stream(Misbehaviour.values())
                .filter(how -> how.name().startsWith("STALLS")
                        || how == Misbehaviour.NEVER_ANSWERS
                        || how == Misbehaviour.GIVES_HINTS_FOREVER
                        || how == Misbehaviour.IS_UNAVAILABLE)
                .flatMap(how -> Stream.of(false, true)
                        .flatMap(secure -> Stream.of(false, true)
                                .filter(outbox -> ALL || outbox != secure)
                                .map(outbox -> Arguments.of(how, secure, outbox))));
    }

    @ParameterizedTest(name = "{0}, https: {1}, outbox: {2}")
    @MethodSource("stalls")
    void sigterm_ends_the_process_in_time(Misbehaviour how, boolean secure, boolean withOutbox) throws Exception {
        Path outbox = withOutbox ? folder.resolve("outbox") : null;
        try (RawCollector collector = new RawCollector(secure ? certificate.context() : null, how)) {
            try (Application application = new Application(collector.url(), certificate.file(), outbox)) {
                assertThat(application.ask("track")).isEqualTo("done");
                await().atMost(LONG).until(() -> collector.misbehaved() >= 1);
                application.terminate();
                assertThat(application.endsWithin(Application.CLOSE_TIMEOUT.plus(RawCollector.SLACK)))
                        .isTrue();
            }
            if (outbox != null) {
                collector.behave();
                try (InternalEventsClient next = InternalEventsClient.builder()
                        .endpoint(collector.url())
                        .tls(certificate.context())
                        .outbox(outbox)
                        .build()) {
                    assertThat(next.flush(LONG)).isTrue();
                }
                assertThat(collector.names()).hasSize(Application.EVENTS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_address_of_a_name_is_tried(boolean secure) throws Exception {
        // Nothing listens on the first address; on the second, every connection is reset.
        Path hosts = Files.writeString(
                folder.resolve("hosts"),
                "127.0.0.77 collector.test\n127.0.0.78 collector.test\n127.0.0.1 collector.test\n");
        try (RawCollector collector = new RawCollector(secure ? certificate.context() : null, RawCollector::behaves);
                RawCollector rude =
                        new RawCollector(null, "127.0.0.78", collector.port(), RawCollector.Connection::reset);
                Application application = new Application(
                        collector.url("collector.test"), certificate.file(), null, "-Djdk.net.hosts.file=" + hosts)) {
            application.ask("track");
            assertThat(application.ask("flush")).isEqualTo("true");
            int connections = collector.connections();
            assertThat(collector.names()).hasSize(Application.EVENTS);
            // From now on, the address that worked is tried first.
            int rudeConnections = rude.connections();
            application.ask("track");
            assertThat(application.ask("flush")).isEqualTo("true");
            assertThat(collector.connections()).isEqualTo(connections);
            assertThat(rude.connections()).isEqualTo(rudeConnections);
        }
    }

    @Test
    void a_failure_names_every_address() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.77 my_collector\n127.0.0.78 my_collector\n");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Application application = new Application(
                URI.create("http://my_collector:" + port), certificate.file(), null, "-Djdk.net.hosts.file=" + hosts)) {
            application.ask("track");
            await().atMost(LONG).until(() -> !application.ask("failure").equals("null"));
            assertThat(application.ask("failure"))
                    .contains("127.0.0.77:" + port + " (connection refused)")
                    .contains("127.0.0.78:" + port + " (connection refused)");
        }
    }
}
