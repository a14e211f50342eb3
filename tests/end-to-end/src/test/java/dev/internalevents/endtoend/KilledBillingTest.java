package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Billed events arrive, with their twins and token events, although the service and the collector are killed twice
 * each.
 */
class KilledBillingTest {

    private static final int EVENTS = Integer.getInteger("billing.events", 300);
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void every_billing_event_arrives_with_its_twin_although_service_and_collector_are_killed() throws Exception {
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        String[] command = {"collector", "--data", folder.resolve("data").toString(), "--port", String.valueOf(port)};
        Path billed = Files.createFile(folder.resolve("billed"));

        Process service = start(url, billed);
        Command collector = Command.start(folder, command);
        try {
            Web.awaitUp(url + "/health");
            bill(service, 0, EVENTS / 3);
            killAfterSome(service, billed, 1);
            collector.kill();
            service = start(url, billed);
            int next = billed(billed);
            bill(service, next, 2 * EVENTS / 3);
            killAfterSome(service, billed, next + 1);
            collector = Command.start(folder, command);
            Web.awaitUp(url + "/health");
            service = start(url, billed);
            bill(service, billed(billed), EVENTS);
            collector.kill();
            collector = Command.start(folder, command);
            // The service exits once everything is delivered.
            service.getOutputStream().close();
            assertThat(service.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(service.exitValue()).isZero();
            Stored.awaitAll(url);

            assertThat(Web.json(url + "/micro/all").path("bad").asLong()).isZero();
            Set<String> keys = new HashSet<>();
            Set<String> ids = new HashSet<>();
            Set<String> twins = new HashSet<>();
            Set<String> tokens = new HashSet<>();
            for (String line :
                    Web.get(url + "/micro/export?format=ndjson").body().split("\n", -1)) {
                JsonNode event = line.isBlank()
                        ? JsonMapper.shared().nullNode()
                        : JsonMapper.shared().readTree(line);
                if (event.path("se_action").asString("").equals("usage_billing_event")) {
                    twins.add(event.path("se_label").asString());
                } else if (event.path("se_action").asString("").equals("code_completions")) {
                    JsonNode usage =
                            event.path("contexts_com_gitlab_billable_usage_1").path(0);
                    assertThat(event.path("app_id").asString()).isEqualTo("gitlab_ai_gateway-billing");
                    ids.add(usage.path("event_id").asString());
                    keys.add(usage.path("metadata").path("number").asString());
                } else if (event.path("se_action").asString("").equals("token_usage_complete_code")) {
                    JsonNode ai = event.path("contexts_com_gitlab_ai_context_1").path(0);
                    assertThat(ai.path("input_tokens").asInt()).isEqualTo(12);
                    assertThat(ai.path("cache_read").asInt(-1)).isZero();
                    tokens.add(event.path("se_label").asString());
                }
            }
            // A call that was in progress at a kill was repeated with the same key: the receiver counts it once.
            assertThat(keys).hasSize(EVENTS);
            assertThat(ids).hasSize(EVENTS);
            assertThat(twins).isEqualTo(ids);
            assertThat(tokens).isEqualTo(keys);
        } finally {
            service.destroyForcibly();
            collector.close();
        }
    }

    /** Starts the service, which bills each number that it reads and records the number when the call has returned. */
    private Process start(String url, Path billed) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Service.class.getName(),
                        url,
                        folder.toString(),
                        billed.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("service.txt").toFile()))
                .start();
    }

    private static void bill(Process service, int from, int to) throws IOException {
        StringBuilder numbers = new StringBuilder();
        for (int i = from; i < to; i++) {
            numbers.append(i).append('\n');
        }
        service.getOutputStream().write(numbers.toString().getBytes(StandardCharsets.UTF_8));
        service.getOutputStream().flush();
    }

    private static void killAfterSome(Process service, Path billed, int enough) throws Exception {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> billed(billed) >= enough);
        service.destroyForcibly().waitFor();
    }

    private static int billed(Path file) throws IOException {
        return Files.readString(file).length();
    }

    /** A service with both clients, each with an outbox. */
    static final class Service {

        private Service() {}

        public static void main(String[] arguments) throws IOException {
            URI collector = URI.create(arguments[0]);
            Path folder = Path.of(arguments[1]);
            Path billed = Path.of(arguments[2]);
            EventContext request =
                    EventContext.builder().realm("saas").instanceId("i").build();
            try (InternalEventsClient internalEvents = InternalEventsClient.builder()
                            .endpoint(collector)
                            .outbox(folder.resolve("outbox"))
                            .aiContext(true)
                            .closeTimeout(Duration.ofMinutes(2))
                            .build();
                    BillingEventsClient billing = BillingEventsClient.builder()
                            .endpoint(collector)
                            .outbox(folder.resolve("billing-outbox"))
                            .closeTimeout(Duration.ofMinutes(2))
                            .internalEvents(internalEvents)
                            .defaultContext(request)
                            .build();
                    BufferedReader numbers =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String number = numbers.readLine(); number != null; number = numbers.readLine()) {
                    internalEvents
                            .event("token_usage_complete_code")
                            .label(number)
                            .inputTokens(12)
                            .put("cache_read", 0)
                            .track();
                    billing.billingEvent("code_completions")
                            .unitOfMeasure("request")
                            .metadata("number", number)
                            .idempotencyKey("completion-" + number)
                            .track();
                    Files.writeString(billed, "x", StandardOpenOption.APPEND);
                }
            }
        }
    }
}
