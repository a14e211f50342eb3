package dev.internalevents.client.settings;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.NumericChars;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path folder;

    @Test
    void defaults_are_the_originals_but_for_the_names() {
        assertThat(withoutHints(read(Map.of())))
                .isEqualTo(new InternalEventSettings(
                        DeliverySettings.disabled("unknown_service", "internal-events"), false, "production"));
        assertThat(SnowplowSettings.read(Settings.load("AIGW", Map.of(), folder)))
                .isEqualTo(new SnowplowSettings(false, null, 1, 1));
    }

    @Test
    void billing_has_the_originals_names_and_defaults() {
        assertThat(BillingEventSettings.read(Settings.load("AIGW", Map.of(), folder)))
                .isEqualTo(new BillingEventSettings(DeliverySettings.disabled("gitlab_ai_gateway-billing", "gl")))
                .isEqualTo(BillingEventSettings.DISABLED);
        assertThat(BillingEventSettings.read(Settings.load(
                        "AIGW",
                        Map.of(
                                "AIGW_BILLING_EVENT__ENABLED", "true",
                                "AIGW_BILLING_EVENT__ENDPOINT", "http://127.0.0.1:9091",
                                "AIGW_BILLING_EVENT__APP_ID", "gitlab_ai_gateway",
                                "AIGW_BILLING_EVENT__NAMESPACE", "ns",
                                "AIGW_BILLING_EVENT__BATCH_SIZE", "2",
                                "AIGW_BILLING_EVENT__THREAD_COUNT", "5",
                                "AIGW_BILLING_EVENT__OUTBOX_DIR", "billing"),
                        folder)))
                .isEqualTo(new BillingEventSettings(new DeliverySettings(
                        true,
                        URI.create("http://127.0.0.1:9091"),
                        "gitlab_ai_gateway",
                        "ns",
                        2,
                        5,
                        Path.of("billing"))));
    }

    @Test
    void billing_is_not_started_without_a_folder_of_its_own() {
        assertThatThrownBy(() -> BillingEventSettings.read(
                        Settings.load("AIGW", Map.of("AIGW_BILLING_EVENT__ENABLED", "true"), folder)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("AIGW_BILLING_EVENT__ENDPOINT: is not set")
                .hasMessageContaining(
                        "AIGW_BILLING_EVENT__OUTBOX_DIR: is not set, but AIGW_BILLING_EVENT__ENABLED is true; a"
                                + " billing event is money");
        assertThatThrownBy(() -> BillingEventSettings.read(Settings.load(
                        "AIGW",
                        Map.of(
                                "AIGW_BILLING_EVENT__ENABLED", "true",
                                "AIGW_BILLING_EVENT__ENDPOINT", "http://127.0.0.1:9091",
                                "AIGW_BILLING_EVENT__OUTBOX_DIR", "a/../outbox",
                                "AIGW_INTERNAL_EVENT__OUTBOX_DIR", "outbox"),
                        folder)))
                .hasMessageContaining("is the folder of AIGW_INTERNAL_EVENT__OUTBOX_DIR too");
    }

    @Test
    void a_misspelt_variable_of_billing_is_named() {
        Settings settings = Settings.load("AIGW", Map.of("AIGW_BILLING_EVENT_ENABLED", "true"), folder);
        assertThat(BillingEventSettings.read(settings).enabled()).isFalse();
        assertThat(settings.unknown(BillingEventSettings.GROUP))
                .singleElement()
                .asString()
                .startsWith("AIGW_BILLING_EVENT_ENABLED is set, but there is no such setting")
                .contains("AIGW_BILLING_EVENT__ENABLED");
    }

    @Test
    void a_misspelt_variable_is_named_with_the_one_that_is_meant() {
        Settings settings = Settings.load(
                "AIGW",
                Map.of(
                        "AIGW_INTERNAL_EVENT_ENDPOINT", "http://secret.example",
                        "aigw_internal_event__endpiont", "http://secret.example",
                        "AIGW_INTERNAL_EVENT__APP_ID", "app",
                        "AIGW_OTHER", "x"),
                folder);
        InternalEventSettings read = InternalEventSettings.read(settings);

        assertThat(read.appId()).isEqualTo("app");
        assertThat(settings.unknown(InternalEventSettings.GROUP))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .endsWith("there is no such setting; did you mean AIGW_INTERNAL_EVENT__ENDPOINT?")
                        .doesNotContain("secret"))
                .anySatisfy(line -> assertThat(line).startsWith("AIGW_INTERNAL_EVENT_ENDPOINT is set"))
                .anySatisfy(line -> assertThat(line).startsWith("aigw_internal_event__endpiont is set"));
    }

    @Test
    void every_variable_is_read() {
        assertThat(withoutHints(read(Map.of(
                        "AIGW_INTERNAL_EVENT__ENABLED", "Yes",
                        "AIGW_INTERNAL_EVENT__ENDPOINT", "https://collector.example:8443/base",
                        "AIGW_INTERNAL_EVENT__APP_ID", "app",
                        "AIGW_INTERNAL_EVENT__NAMESPACE", "ns",
                        "aigw_internal_event__batch_size", "250",
                        "AIGW_INTERNAL_EVENT__THREAD_COUNT", "2",
                        "AIGW_INTERNAL_EVENT__SEND_USER_ID", "on",
                        "AIGW_INTERNAL_EVENT__OUTBOX_DIR", "/var/outbox",
                        "AIGW_ENVIRONMENT", "staging",
                        "AIGW_UNKNOWN", "whatever"))))
                .isEqualTo(new InternalEventSettings(
                        new DeliverySettings(
                                true,
                                URI.create("https://collector.example:8443/base"),
                                "app",
                                "ns",
                                250,
                                2,
                                Path.of("/var/outbox")),
                        true,
                        "staging"));
    }

    @Test
    void which_events_are_sent_and_with_what_is_read() {
        assertThat(read(Map.of()).options()).isEqualTo(EventOptions.DEFAULT);
        assertThat(read(Map.of(
                                "AIGW_INTERNAL_EVENT__PRODUCT_USAGE_DATA", "false",
                                "AIGW_INTERNAL_EVENT__SELF_HOSTED_AI", "true",
                                "AIGW_INTERNAL_EVENT__AI_CONTEXT", "on",
                                "AIGW_INTERNAL_EVENT__SERVICE_PING_CONTEXT", "1"))
                        .options())
                .isEqualTo(new EventOptions(false, true, true, true));
    }

    @Test
    void the_environment_goes_before_the_file_and_the_file_before_the_default() throws Exception {
        Files.writeString(folder.resolve(".env"), """
                # a comment
                export AIGW_INTERNAL_EVENT__APP_ID = "from \\"file\\"" # why
                AIGW_INTERNAL_EVENT__NAMESPACE='file' # why
                AIGW_ENVIRONMENT=development # why
                AIGW_INTERNAL_EVENT__BATCH_SIZE=
                no assignment
                """);

        assertThat(withoutHints(read(Map.of("AIGW_INTERNAL_EVENT__NAMESPACE", "environment"))))
                .isEqualTo(new InternalEventSettings(
                        DeliverySettings.disabled("from \"file\"", "environment"), false, "development"));
    }

    @Test
    void an_unknown_variable_is_named_with_those_that_there_are() {
        Settings settings = Settings.load("AIGW", Map.of("AIGW_INTERNAL_EVENT__COLLECTOR", "x"), folder);
        InternalEventSettings.read(settings);

        assertThat(settings.unknown(InternalEventSettings.GROUP))
                .singleElement(as(STRING))
                .contains("there is no such setting; expected one of ", "AIGW_INTERNAL_EVENT__APP_ID, ");
    }

    @Test
    void host_and_port_are_http() {
        assertThat(read(Map.of("AIGW_INTERNAL_EVENT__ENDPOINT", "localhost:9091"))
                        .endpoint())
                .isEqualTo(URI.create("http://localhost:9091"));
        assertThat(read(Map.of("AIGW_INTERNAL_EVENT__ENDPOINT", "[::1]:9091/a")).endpoint())
                .isEqualTo(URI.create("http://[::1]:9091/a"));
    }

    @Test
    void lines_that_are_no_assignments_are_numbered() throws IOException {
        Files.writeString(folder.resolve(".env"), "# x\nAIGW_OTHER=1\nFOO BAR\n\n=x\n");

        assertThat(Settings.load("AIGW", Map.of(), folder).ignoredLines()).containsExactly(3, 5);
    }

    @Test
    void each_wrong_variable_has_its_message() {
        SettingsException e = catchThrowableOfType(
                SettingsException.class,
                () -> read(Map.of(
                        "AIGW_INTERNAL_EVENT__ENABLED", "maybe",
                        "AIGW_INTERNAL_EVENT__ENDPOINT", "localhost",
                        "AIGW_INTERNAL_EVENT__BATCH_SIZE", "ten",
                        "AIGW_INTERNAL_EVENT__THREAD_COUNT", "0")));

        assertThat(e.problems())
                .containsExactly(
                        "AIGW_INTERNAL_EVENT__ENABLED: \"maybe\" is not a boolean; use true or false",
                        "AIGW_INTERNAL_EVENT__ENDPOINT: \"localhost\" is not an http or https URL such as"
                                + " http://127.0.0.1:9091; http:// or https:// is missing",
                        "AIGW_INTERNAL_EVENT__BATCH_SIZE: \"ten\" is not a whole number of 1 or more",
                        "AIGW_INTERNAL_EVENT__THREAD_COUNT: \"0\" is not a whole number from 1 to 64");
    }

    @Test
    void numbers_have_the_digits_0_to_9() {
        assertThatThrownBy(() -> read(Map.of("AIGW_INTERNAL_EVENT__BATCH_SIZE", "\u0665")))
                .hasMessage("AIGW_INTERNAL_EVENT__BATCH_SIZE: \"\u0665\" is not a whole number of 1 or more");
        assertThatThrownBy(() -> read(Map.of("AIGW_INTERNAL_EVENT__BATCH_SIZE", "99999999999")))
                .hasMessage("AIGW_INTERNAL_EVENT__BATCH_SIZE: \"99999999999\" is not a whole number of 1 or more");
    }

    @Test
    void enabled_needs_an_endpoint() {
        assertThatThrownBy(() -> read(Map.of("AIGW_INTERNAL_EVENT__ENABLED", "true")))
                .hasMessage("AIGW_INTERNAL_EVENT__ENDPOINT: is not set, but AIGW_INTERNAL_EVENT__ENABLED is true;"
                        + " expected the collector's URL such as http://127.0.0.1:9091");
        assertThatThrownBy(() ->
                        SnowplowSettings.read(Settings.load("AIGW", Map.of("AIGW_SNOWPLOW__ENABLED", "1"), folder)))
                .hasMessageStartingWith("AIGW_SNOWPLOW__ENDPOINT: is not set");
    }

    @Test
    void a_password_in_a_url_is_refused_and_not_repeated() {
        assertThatThrownBy(() -> read(Map.of("AIGW_INTERNAL_EVENT__ENDPOINT", "https://me:secret@collector.example")))
                .hasMessage("AIGW_INTERNAL_EVENT__ENDPOINT: \"https://…@collector.example\" has a user name or password"
                        + " in it; expected a URL without them");
    }

    @Test
    void an_environment_that_is_too_long_is_cut_and_named_by_its_variable() {
        Settings settings = Settings.load("SHOP", Map.of("SHOP_ENVIRONMENT", "secret-" + "x".repeat(26)), folder);

        assertThat(InternalEventSettings.read(settings).environment()).isEqualTo("secret-" + "x".repeat(22) + "...");
        assertThat(settings.warnings())
                .containsExactly("SHOP_ENVIRONMENT: is longer than 32 characters, so it is cut to that in events");
    }

    @Test
    void another_prefix_reads_other_variables() {
        assertThat(InternalEventSettings.read(Settings.load("SHOP", Map.of("SHOP_ENVIRONMENT", "test"), folder))
                        .environment())
                .isEqualTo("test");
    }

    @Property
    void any_text_is_a_setting_or_a_message(@ForAll String text) {
        Map<String, String> environment = Map.of(
                "AIGW_INTERNAL_EVENT__ENABLED", text,
                "AIGW_INTERNAL_EVENT__ENDPOINT", text,
                "AIGW_INTERNAL_EVENT__BATCH_SIZE", text,
                "AIGW_INTERNAL_EVENT__APP_ID", text);
        try {
            InternalEventSettings.read(Settings.load("AIGW", environment, Path.of("no-such-folder")));
        } catch (SettingsException e) {
            assertThat(e.problems()).allMatch(problem -> problem.startsWith("AIGW_INTERNAL_EVENT__"));
        }
    }

    @Property
    void a_line_of_a_file_is_a_variable(
            @ForAll @AlphaChars @NotEmpty String name, @ForAll @AlphaChars @NumericChars String value) {
        assertThat(DotEnv.parse(name + "=" + value, Map.of())).isEqualTo(Map.of(name, value));
        assertThat(DotEnv.parse("export " + name + " = \"" + value + "\" # x", Map.of()))
                .isEqualTo(Map.of(name, value));
        assertThat(DotEnv.parse("#" + name + "=" + value, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void a_byte_order_mark_hides_no_variable(String charset) throws Exception {
        Files.write(folder.resolve(".env"), "\uFEFFAIGW_ENVIRONMENT=größe\n".getBytes(Charset.forName(charset)));

        assertThat(read(Map.of()).environment()).isEqualTo("größe");
    }

    @Test
    void references_are_replaced_as_python_dotenv_does() {
        Map<String, String> environment = Map.of("HOST", "from-environment", "OUTER", "outer", "EMPTY", "");
        assertThat(DotEnv.parse("""
                        HOST=from-file
                        A=http://${HOST}:${PORT:-9091}/x
                        B="${OUTER} ${A}"
                        C='${OUTER}'
                        D=[${EMPTY:-default}][${LATER}]$HOST ${
                        LATER=later
                        """, environment))
                .containsEntry("A", "http://from-file:9091/x")
                .containsEntry("B", "outer http://from-file:9091/x")
                .containsEntry("C", "outer")
                .containsEntry("D", "[][]$HOST ${");
    }

    @Test
    void a_reference_to_nothing_is_one_warning_that_names_it() throws Exception {
        Files.writeString(folder.resolve(".env"), "A=secret${MISSING}\nB=${ANOTHER}${MISSING}\n");
        try (CapturedLog log = CapturedLog.of(DotEnv.class)) {
            read(Map.of());
            read(Map.of());

            assertThat(log.lines())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith("WARN " + folder.resolve(".env").toAbsolutePath())
                    .contains("${ANOTHER}, ${MISSING};")
                    .doesNotContain("secret");
        }
    }

    @Test
    void hints_name_what_is_not_set() {
        SettingHints unset = read(Map.of()).hints();
        assertThat(unset.enable())
                .isEqualTo("set AIGW_INTERNAL_EVENT__ENABLED=true and AIGW_INTERNAL_EVENT__ENDPOINT to the collector's"
                        + " URL");
        assertThat(unset.appId()).isEqualTo("the default; set AIGW_INTERNAL_EVENT__APP_ID");
        assertThat(unset.environment()).isEqualTo("the default; set AIGW_ENVIRONMENT");

        SettingHints set = read(Map.of("AIGW_INTERNAL_EVENT__APP_ID", "shop", "AIGW_ENVIRONMENT", "production"))
                .hints();
        assertThat(set.appId()).isNull();
        assertThat(set.environment()).isNull();
    }

    private static InternalEventSettings withoutHints(InternalEventSettings settings) {
        return settings.withHints(SettingHints.NONE);
    }

    private InternalEventSettings read(Map<String, String> environment) {
        return InternalEventSettings.read(Settings.load("AIGW", environment, folder));
    }
}
