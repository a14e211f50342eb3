package dev.internalevents.cli.commands;

import static dev.internalevents.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.internal.setaside.SetAsideEvent;
import dev.internalevents.client.internal.setaside.SetAsideEvents;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that a client has set aside are listed, and resent once the collector accepts them. */
class SetAsideCommandTest {

    @TempDir
    private Path outbox;

    private final List<String> bodies = new ArrayList<>();
    private volatile boolean failing = true;
    private volatile String refused = "culprit";
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.responding(request -> {
            boolean isRefused = failing && request.text().contains("\"" + refused);
            if (!isRefused) {
                bodies.add(request.text());
            }
            return new TestServer.Response(isRefused ? 500 : 200, "");
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void what_was_set_aside_is_listed_and_sent_again() {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(url())
                .outbox(outbox)
                .setAsideAfter(2, Duration.ofMillis(1))
                .build()) {
            client.trackEvent("culprit");
            await().atMost(Duration.ofSeconds(30)).until(() -> client.outboxFailure() != null);
        }
        assertThat(run(0, "set-aside", "list", outbox.toString()))
                .contains("culprit", "the collector answered 500", "1 set aside");
        assertThat(run(1, "set-aside", "send", outbox.toString(), "--endpoint", url().toString()))
                .contains("culprit  the collector answered 500", "0 sent, 1 still set aside");
        failing = false;
        assertThat(run(0, "set-aside", "send", outbox.toString(), "--endpoint", url().toString()))
                .contains("1 sent, 0 still set aside");
        assertThat(bodies).singleElement().asString().contains("payload_data", "\"se_ac\":\"culprit\"", "\"stm\":");
        assertThat(run(0, "set-aside", "list", outbox.toString())).contains("0 set aside");
    }

    @Test
    void the_folder_that_messages_name_is_taken_too() throws Exception {
        setAside("culprit");
        assertThat(run(0, "set-aside", "list", outbox.resolve("set-aside").toString()))
                .contains("1 set aside");
    }

    @Test
    void an_endpoint_that_the_client_refuses_is_refused() throws Exception {
        setAside("culprit");
        failing = false;
        for (String endpoint :
                List.of(url() + "x?token=abc", "ftp://x.test", url() + "com.snowplowanalytics.snowplow/tp2")) {
            assertThat(run(2, "set-aside", "send", outbox.toString(), "--endpoint", endpoint))
                    .contains("--endpoint: ");
        }
        assertThat(run(0, "set-aside", "list", outbox.toString())).contains("1 set aside");
    }

    @Test
    void an_event_goes_to_the_first_of_several_collectors_that_accepts_it() throws Exception {
        setAside("culprit", "culprit2");
        int away = freePort();
        List<String> second = new ArrayList<>();
        try (TestServer accepting = TestServer.responding(request -> {
            second.add(request.text());
            return new TestServer.Response(200, "");
        })) {
            List<URI> collectors = List.of(URI.create("http://127.0.0.1:" + away), url(), accepting.url());
            try (SetAsideDelivery delivery = new SetAsideDelivery(collectors, Map.of(), null)) {
                for (SetAsideEvent event : SetAsideEvents.toLookAt(outbox).read()) {
                    assertThat(delivery.send(event)).isNull();
                }
                assertThat(delivery.away()).isNull();
            }
            assertThat(second).hasSize(2);
        }
    }

    @Test
    void an_event_that_no_collector_accepts_is_answered_with_what_each_said() throws Exception {
        setAside("culprit");
        try (TestServer other = TestServer.responding(400, "")) {
            try (SetAsideDelivery delivery = new SetAsideDelivery(List.of(url(), other.url()), Map.of(), null)) {
                for (SetAsideEvent event : SetAsideEvents.toLookAt(outbox).read()) {
                    assertThat(delivery.send(event))
                            .isEqualTo(url() + " answered 500, " + other.url() + " answered 400");
                }
            }
        }
    }

    @Test
    void without_a_collector_nothing_more_is_tried_and_the_next_step_is_named() throws Exception {
        setAside("culprit", "culprit2");
        String away = "http://127.0.0.1:" + freePort();
        assertThat(run(1, "set-aside", "send", outbox.toString(), "--url", away).lines())
                .containsExactly(
                        "no collector answers at " + away + " (connection refused); start one with: internal-events"
                                + " micro --port " + URI.create(away).getPort() + ", or name another with --url",
                        "0 sent, 2 still set aside");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void looking_deletes_nothing() throws Exception {
        setAside("culprit");
        Path folder = outbox.resolve("set-aside");
        try (Stream<Path> files = Files.list(folder)) {
            Path today = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .findFirst()
                    .orElseThrow();
            Files.move(today, folder.resolve("2020-01-01.jsonl"));
        }
        assertThat(run(0, "set-aside", "list", outbox.toString())).contains("1 set aside");
        failing = false;
        assertThat(run(0, "set-aside", "send", outbox.toString(), "--endpoint", url().toString()))
                .contains("1 sent");
    }

    @Test
    void what_root_leaves_is_still_the_services() throws Exception {
        setAside("culprit", "culprit2");
        Path folder = outbox.resolve("set-aside");
        UserPrincipal nobody;
        try {
            nobody = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(folder, nobody);
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.setOwner(file, nobody);
                }
            }
        } catch (IOException e) {
            assumeThat(e).as("only root may change the owner of a file").isNull();
            throw e;
        }
        refused = "culprit2";
        assertThat(run(1, "set-aside", "send", outbox.toString(), "--endpoint", url().toString()))
                .contains("1 sent, 1 still set aside");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(Files.getOwner(file)).as(file.toString()).isEqualTo(nobody);
            }
        }
    }

    private void setAside(String... names) {
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(url())
                .outbox(outbox)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(5))
                .setAsideAfter(2, Duration.ofMillis(1))
                .build()) {
            for (String name : names) {
                long before = client.stats().rejected();
                client.trackEvent(name);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> client.stats().rejected() > before);
            }
        }
    }

    @Test
    void a_folder_that_is_not_there_is_named() {
        assertThat(run(2, "set-aside", "list", outbox.resolve("nowhere").toString()))
                .contains("nowhere is not a folder; expected the outbox of a service");
    }

    private URI url() {
        return server.url();
    }
}
