package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests common mistakes of new users and the messages that they get. */
class MistakesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "demo", "micro", "gateway", "send", "doctor"})
    void every_command_has_help_with_examples(String command) throws Exception {
        try (Command help =
                command.isEmpty() ? Command.start(folder, "--help") : Command.start(folder, command, "--help")) {
            assertThat(help.exitCode()).isZero();
            assertThat(help.output()).contains("Examples:").contains("Usage: internal-events");
        }
    }

    @Test
    void wrong_usage_is_exit_code_2_and_says_what_is_right() throws Exception {
        runs(2, "there is no command micr0; did you mean micro?", "micr0");
        runs(2, "A command is missing");
    }

    @Test
    void a_wrong_variable_is_named_instead_of_its_option() throws Exception {
        try (Command micro = Command.start(folder, Map.of("INTERNAL_EVENTS_PORT", "http"), "micro")) {
            assertThat(micro.exitCode()).isEqualTo(2);
            assertThat(micro.output()).startsWith("INTERNAL_EVENTS_PORT: \"http\" is not a port");
        }
    }

    @Test
    void send_says_whether_the_event_was_delivered() throws Exception {
        String away = "http://127.0.0.1:" + Command.freePort();
        runs(1, "start one with: internal-events micro", "send", "e", "--endpoint", away);
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            runs(
                    0,
                    "Delivered to " + collector.url(),
                    "send",
                    "e",
                    "--endpoint",
                    collector.url(),
                    "--label",
                    "l",
                    "--property",
                    "p",
                    "--value",
                    "2.5",
                    "--context",
                    "realm=saas",
                    "--context",
                    "feature_enabled_by_namespace_ids=1,2",
                    "--context",
                    "is_gitlab_team_member=true",
                    "--extra",
                    "k=v",
                    "--extra",
                    "n=12");
            assertThat(Web.awaitGood(collector.url(), 1).get(0).toString())
                    .contains("\"se_value\":2.5", "\"realm\":\"saas\"", "[1,2]", "\"k\":\"v\"", "\"n\":12");
        }
    }

    @Test
    void a_port_in_use_is_said_with_what_to_do() throws Exception {
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            runs(1, "choose another with --port", "micro", "--port", String.valueOf(collector.port()));
        }
    }

    @Test
    void wrong_settings_stop_the_start_with_one_message_each() throws Exception {
        Files.writeString(
                folder.resolve(".env"),
                "AIGW_INTERNAL_EVENT__ENABLED=maybe\nAIGW_INTERNAL_EVENT__BATCH_SIZE=ten\nAIGW_INTERNAL_EVENT__ENDPOINT=9091\n");
        try (Command gateway = Command.start(folder, "gateway", "--port", String.valueOf(Command.freePort()))) {
            assertThat(gateway.exitCode()).isEqualTo(1);
            assertThat(gateway.output())
                    .contains("AIGW_INTERNAL_EVENT__ENABLED: \"maybe\" is not a boolean; use true or false")
                    .contains("AIGW_INTERNAL_EVENT__BATCH_SIZE: \"ten\" is not a whole number of 1 or more")
                    .contains("AIGW_INTERNAL_EVENT__ENDPOINT: \"9091\" is not an http or https URL")
                    .doesNotContain("\tat ");
        }
        runs(1, "problem AIGW_INTERNAL_EVENT__BATCH_SIZE: \"ten\"", "doctor");
    }

    @Test
    void doctor_names_a_misspelt_variable() throws Exception {
        Files.writeString(folder.resolve(".env"), "AIGW_INTERNAL_EVENT_ENDPOINT=http://127.0.0.1:9091\n");
        runs(
                1,
                "problem AIGW_INTERNAL_EVENT_ENDPOINT is set, but there is no such setting; did you mean"
                        + " AIGW_INTERNAL_EVENT__ENDPOINT?",
                "doctor");
    }

    @Test
    void doctor_names_ignored_lines_and_what_switches_events_off() throws Exception {
        Files.writeString(folder.resolve(".env"), "AIGW_INTERNAL_EVENT__APP_ID=shop\nFOO BAR\n");
        try (Command doctor = Command.start(folder, "doctor")) {
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.output())
                    .contains("problem Line 2 of ", ".env has no = and is ignored")
                    .contains("note    Events are switched off: the client sends nothing")
                    .contains("→ set AIGW_INTERNAL_EVENT__ENABLED=true");
        }
    }

    @Test
    void doctor_names_everything_that_is_wrong_in_one_run() throws Exception {
        Files.writeString(folder.resolve(".env"), """
                AIGW_INTERNAL_EVENT__BATCH_SIZE=ten
                AIGW_SNOWPLOW__THREAD_COUNT=no
                AIGW_BILLING_EVENT__ENABLED=perhaps
                AIGW_BILLING_EVENT__BATCH_SIZE=0
                AIGW_INTERNAL_EVENT__APPID=shop
                AIGW_BILLING_EVENTS__ENDPOINT=http://127.0.0.1:9091
                """);
        try (Command doctor = Command.start(folder, "doctor")) {
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.output())
                    .containsOnlyOnce("problem AIGW_INTERNAL_EVENT__BATCH_SIZE: ")
                    .containsOnlyOnce("problem AIGW_SNOWPLOW__THREAD_COUNT: ")
                    .containsOnlyOnce("problem AIGW_BILLING_EVENT__ENABLED: ")
                    .containsOnlyOnce("problem AIGW_BILLING_EVENT__BATCH_SIZE: ")
                    .containsOnlyOnce("problem AIGW_INTERNAL_EVENT__APPID is set, but there is no such setting")
                    .containsOnlyOnce("problem AIGW_BILLING_EVENTS__ENDPOINT is set, but there is no such setting")
                    .doesNotContain("\tat ", "ok      Settings");
        }
    }

    @Test
    void doctor_looks_at_billing_also_if_internal_events_are_wrong() throws Exception {
        String endpoint = "http://127.0.0.1:" + Command.freePort();
        Files.writeString(
                folder.resolve(".env"),
                "AIGW_INTERNAL_EVENT__BATCH_SIZE=ten\nAIGW_BILLING_EVENT__ENABLED=true\nAIGW_BILLING_EVENT__ENDPOINT="
                        + endpoint + "\nAIGW_BILLING_EVENT__OUTBOX_DIR=" + folder.resolve("billing") + "\n");
        try (Command doctor = Command.start(folder, "doctor")) {
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.output())
                    .contains("problem AIGW_INTERNAL_EVENT__BATCH_SIZE: ")
                    .contains("problem The collector of billing events at " + endpoint + " does not answer")
                    .contains("start it, or correct AIGW_BILLING_EVENT__ENDPOINT")
                    .doesNotContain("start it with: internal-events micro");
        }
    }

    @Test
    void doctor_says_what_to_do() throws Exception {
        int port = Command.freePort();
        Map<String, String> settings = Map.of(
                "AIGW_INTERNAL_EVENT__ENABLED", "true", "AIGW_INTERNAL_EVENT__ENDPOINT", "http://127.0.0.1:" + port);
        try (Command doctor = Command.start(folder, settings, "doctor")) {
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.output())
                    .contains("ok      Java")
                    .contains("problem The collector at http://127.0.0.1:" + port + " does not answer")
                    .contains("start it with: internal-events micro");
        }
        try (Collector collector = Collector.start(CollectorSettings.local(port));
                Command doctor = Command.start(folder, settings, "doctor")) {
            doctor.exitCode();
            assertThat(doctor.output()).contains("ok      The collector at " + collector.url() + " answers");
        }
    }

    @Test
    void doctor_looks_at_billing() throws Exception {
        Path settings = folder.resolve(".env");
        Files.writeString(settings, "AIGW_BILLING_EVENT__ENABLED=true\n");
        runs(1, "problem AIGW_BILLING_EVENT__OUTBOX_DIR: is not set", "doctor");
        Files.writeString(settings, "AIGW_BILLING_EVENT_ENABLED=true\n");
        runs(1, "problem AIGW_BILLING_EVENT_ENABLED is set, but there is no such setting", "doctor");
        Path outbox = folder.resolve("billing");
        String enabled = "AIGW_BILLING_EVENT__ENABLED=true\nAIGW_BILLING_EVENT__ENDPOINT=http://127.0.0.1:"
                + Command.freePort() + "\nAIGW_BILLING_EVENT__OUTBOX_DIR=" + outbox + "\n";
        Files.writeString(settings, enabled);
        runs(1, "ok      The outbox of billing events " + outbox + " can be used", "doctor");
        runs(1, "problem The collector of billing events at http://127.0.0.1:", "doctor");
        assertThat(outbox).doesNotExist();
        Files.createFile(outbox);
        runs(1, "problem The outbox of billing events " + outbox + " is not a folder", "doctor");
    }

    @Test
    void doctor_looks_at_the_outbox() throws Exception {
        Path outbox = folder.resolve("outbox");
        Files.writeString(folder.resolve(".env"), "AIGW_INTERNAL_EVENT__OUTBOX_DIR=" + outbox + "/events\n");
        runs(0, "ok      The outbox " + outbox + "/events can be used", "doctor");
        Files.createFile(outbox);
        runs(1, "problem The outbox " + outbox + "/events does not exist and cannot be created in " + outbox, "doctor");
    }

    private void runs(int exitCode, String says, String... arguments) throws IOException, InterruptedException {
        try (Command command = Command.start(folder, arguments)) {
            assertThat(command.exitCode()).as(command.output()).isEqualTo(exitCode);
            assertThat(command.output()).contains(says).doesNotContain("\tat ");
        }
    }

    @Test
    void a_log_of_objects_is_read_by_programs() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("events.duckdb"), "no database");
        try (Command collector = Command.start(
                folder,
                Map.of("INTERNAL_EVENTS_LOG_FORMAT", "json"),
                "collector",
                "--data",
                data.toString(),
                "--port",
                "0")) {
            collector.prints("Processor");
            String line = collector
                    .output()
                    .lines()
                    .filter(one -> one.startsWith("{"))
                    .findFirst()
                    .orElseThrow();
            JsonNode entry = JsonMapper.shared().readTree(line);
            assertThat(entry.path("level").asString()).isEqualTo("WARN");
            assertThat(entry.path("timestamp").asLong()).isPositive();
            assertThat(entry.path("formattedMessage").asString())
                    .startsWith("processing waits, and tries again every second: the store ");
        }
    }
}
