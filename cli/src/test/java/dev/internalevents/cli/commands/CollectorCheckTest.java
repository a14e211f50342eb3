package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.cli.commands.CollectorCheck.Finding;
import dev.internalevents.cli.http.CollectorAddress;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.testkit.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Tests what {@code doctor} finds out about collectors. */
class CollectorCheckTest {

    private static final String VARIABLE = "AIGW_INTERNAL_EVENT__ENDPOINT";

    @TempDir
    Path folder;

    private static List<Finding> check(URI collector, String... options) throws InterruptedException {
        CollectorAddress address = new CollectorAddress();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("address", CommandLine.Model.CommandSpec.forAnnotatedObject(address)))
                .parseArgs(options);
        return new CollectorCheck(address).of("The collector", collector, VARIABLE);
    }

    @Test
    void a_collector_has_a_version_and_the_right_time() throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> check(URI.create(collector.url())).size() == 2);
            assertThat(check(URI.create(collector.url())))
                    .containsExactly(
                            new Finding(
                                    "The collector at " + collector.url() + " answers, version "
                                            + ProductVersion.CURRENT,
                                    ""),
                            new Finding("Its clock and this machine's agree", ""));
        }
    }

    @Test
    void a_store_that_cannot_be_opened_is_reported_with_the_reason() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        try (Collector collector =
                Collector.start(CollectorSettings.collector(data).port(0).build())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> check(URI.create(collector.url())).stream().allMatch(Finding::isGood));
        }
        Files.write(data.resolve("events.duckdb"), new byte[10_000]);
        try (Collector collector =
                Collector.start(CollectorSettings.collector(data).port(0).build())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> check(URI.create(collector.url())).stream()
                            .map(Finding::what)
                            .anyMatch(what -> what.startsWith("It accepts events but does not process them: ")
                                    && !what.contains("being opened")));
        }
    }

    @Test
    void a_clock_that_is_wrong_is_reported_with_the_difference() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> request.response()
                            .putHeader(
                                    "Date",
                                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                            OffsetDateTime.now(ZoneOffset.UTC).plus(Duration.ofHours(1))))
                            .end("ok"))
                    .listen(0, "127.0.0.1")
                    .await();
            List<Finding> findings = check(URI.create("http://127.0.0.1:" + server.actualPort()));

            assertThat(findings).hasSize(2);
            assertThat(findings.get(1).what()).matches("Its clock is 3[56][0-9][0-9] s ahead of this machine's");
            assertThat(findings.get(1).isGood()).isFalse();
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void a_collector_that_does_not_answer_is_started_on_its_own_port() throws Exception {
        int port;
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            port = collector.port();
        }

        assertThat(check(URI.create("http://127.0.0.1:" + port)))
                .containsExactly(new Finding(
                        "The collector at http://127.0.0.1:" + port + " does not answer: connection refused",
                        "start it with: internal-events micro --port " + port));
    }

    @Test
    void a_certificate_must_be_trusted() throws Exception {
        TestCertificate certificate = TestCertificate.create(folder, "127.0.0.1");
        try (Collector collector = Collector.start(CollectorSettings.micro()
                .port(0)
                .tls(certificate.file(), TestCertificate.PASSWORD)
                .build())) {
            URI url = URI.create(collector.url());

            assertThat(check(url))
                    .containsExactly(new Finding(
                            "The collector at " + url
                                    + " does not answer: its certificate is not trusted: no trusted authority signed it",
                            "name the certificate of its authority with --ca FILE, or in INTERNAL_EVENTS_CA"));
            assertThat(check(url, "--ca", certificate.pem().toString())).allMatch(Finding::isGood);
        }
    }
}
