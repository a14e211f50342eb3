package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.FakeCollector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line logged when a client is created, which says where its events are sent. */
class StartLineTest {

    private static final String HOW_TO_ENABLE =
            "set AIGW_INTERNAL_EVENT__ENABLED=true and AIGW_INTERNAL_EVENT__ENDPOINT to the collector's URL";

    @TempDir
    Path folder;

    @AutoClose
    private final CapturedLog log = CapturedLog.of(InternalEventsClient.class);

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @Test
    void a_client_from_the_environment_says_what_was_defaulted() {
        made(InternalEventsClient.builder(enabled(Map.of())));

        assertThat(log.lines())
                .containsExactly("INFO Internal events are sent to " + sink.url()
                        + " as app id \"unknown_service\" (the default; set AIGW_INTERNAL_EVENT__APP_ID), environment"
                        + " \"production\" (the default; set AIGW_ENVIRONMENT), and queued in memory");
    }

    @Test
    void what_was_set_is_said_as_it_is() {
        made(InternalEventsClient.builder(enabled(Map.of(
                "AIGW_INTERNAL_EVENT__APP_ID", "shop",
                "AIGW_INTERNAL_EVENT__OUTBOX_DIR", folder.resolve("outbox").toString(),
                "AIGW_ENVIRONMENT", "staging"))));

        assertThat(log.lines())
                .containsExactly("INFO Internal events are sent to " + sink.url()
                        + " as app id \"shop\", environment \"staging\", and queued in the outbox "
                        + folder.resolve("outbox"));
    }

    @Test
    void a_default_context_with_the_environment_of_the_settings_does_not_hide_that_it_was_defaulted() {
        made(InternalEventsClient.builder(enabled(Map.of("AIGW_INTERNAL_EVENT__APP_ID", "shop")))
                .defaultContext(EventContext.builder()
                        .environment("production")
                        .source("shop")
                        .build()));

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("environment \"production\" (the default; set AIGW_ENVIRONMENT), and");
    }

    @Test
    void a_builder_names_its_own_settings() {
        made(InternalEventsClient.builder().endpoint(sink.url()));
        made(InternalEventsClient.builder()
                .endpoint(sink.url())
                .appId("shop\nINFO forged")
                .whenFull(WhenFull.spill(folder))
                .defaultContext(EventContext.builder().environment("production").build()));

        assertThat(log.lines())
                .containsExactly(
                        "INFO Internal events are sent to " + sink.url()
                                + " as app id \"unknown_service\" (the default; set appId), environment \"production\""
                                + " (the default; set it in defaultContext), and queued in memory",
                        "INFO Internal events are sent to " + sink.url()
                                + " as app id \"shop?INFO forged\", environment \"production\", and queued in memory,"
                                + " then in " + folder);
    }

    @Test
    void a_client_that_is_switched_off_says_how_to_switch_it_on() {
        made(InternalEventsClient.builder(settings(Map.of())));
        made(InternalEventsClient.builder().enabled(false));

        assertThat(log.lines())
                .containsExactly(
                        "INFO Internal events are switched off and not sent; to send them, " + HOW_TO_ENABLE,
                        "INFO Internal events are switched off and not sent; to send them, build the client with"
                                + " enabled(true)");
    }

    @Test
    void a_client_that_is_switched_off_says_what_it_still_does() {
        EventInterceptor interceptor = EventDetails::properties;
        EventListener listener = event -> {};
        made(notSending().interceptor(interceptor).listener(listener));
        made(notSending().interceptor(interceptor));
        made(notSending().listener(listener));
        made(notSending());

        assertThat(log.lines())
                .containsExactly(
                        "INFO Internal events are switched off: they are checked and passed to listeners in this"
                                + " process, but not sent; to send them, " + HOW_TO_ENABLE,
                        "INFO Internal events are switched off: they are checked in this process, but not sent; to"
                                + " send them, " + HOW_TO_ENABLE,
                        "INFO Internal events are switched off: they are passed to listeners in this process, but not"
                                + " sent; to send them, " + HOW_TO_ENABLE,
                        "INFO Internal events are switched off and not sent; to send them, " + HOW_TO_ENABLE);
    }

    @Test
    void clients_of_tests_log_nothing() {
        made(InternalEventsClient.builder().delivery(false));
        InternalEventsClient.disabled().close();

        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/base", "/base?token=secret"})
    void a_query_is_not_logged(String path) {
        StartLine.sending(
                List.of(URI.create("https://user:secret@collector.example" + path)),
                new StartLine.Setting("shop", null),
                new StartLine.Setting("production", null),
                StartLine.queue(null, WhenFull.dropNewest(), true));

        assertThat(log.lines())
                .containsExactly("INFO Internal events are sent to https://collector.example/base as app id \"shop\","
                        + " environment \"production\", and queued in memory");
    }

    @Test
    void what_no_variable_sets_follows_the_settings() {
        try (InternalEventsClient client = InternalEventsClient.builder(
                        enabled(Map.of("AIGW_INTERNAL_EVENT__APP_ID", "shop", "AIGW_ENVIRONMENT", "staging")))
                .header("X-Api-Key", "k")
                .namespace("checkout")
                .shutdownHook(false)
                .build()) {
            client.trackEvent("e");
            assertThat(client.flush(Duration.ofSeconds(30))).isTrue();
        }

        assertThat(sink.taken())
                .singleElement()
                .satisfies(event -> assertThat(event.parameters())
                        .containsEntry("aid", "shop")
                        .containsEntry("tna", "checkout"));
        assertThat(sink.headers().get(0)).containsEntry("X-api-key", List.of("k"));
    }

    private InternalEventSettings enabled(Map<String, String> others) {
        Map<String, String> variables = new HashMap<>(others);
        variables.put("AIGW_INTERNAL_EVENT__ENABLED", "true");
        variables.put("AIGW_INTERNAL_EVENT__ENDPOINT", sink.url().toString());
        return settings(variables);
    }

    private InternalEventSettings settings(Map<String, String> variables) {
        return InternalEventSettings.read(Settings.load("AIGW", variables, folder));
    }

    private InternalEventsClientBuilder notSending() {
        return InternalEventsClient.builder(settings(Map.of())).enabled(true).delivery(false);
    }

    private static void made(InternalEventsClientBuilder builder) {
        builder.shutdownHook(false).build().close();
    }
}
