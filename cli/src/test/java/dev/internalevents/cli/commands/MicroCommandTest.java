package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.cli.Main;
import dev.internalevents.cli.options.MicroOptions;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Tests {@code micro} with the documented options and variables of Snowplow Micro. */
class MicroCommandTest {

    private static final String SCHEMA =
            "{\"self\":{\"vendor\":\"com.acme\",\"name\":\"bought\",\"format\":\"jsonschema\",\"version\":\"1-0-0\"}}";
    private static final String RESOLVER =
            "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"cacheSize\":500,"
                    + "\"repositories\":[{\"name\":\"Acme\",\"priority\":0,\"vendorPrefixes\":[],\"connection\":{\"http\":"
                    + "{\"uri\":\"https://iglu.acme.test/api\"}}}]}}";

    @TempDir
    Path folder;

    private final StringWriter notices = new StringWriter();

    private CollectorSettings settings(String... arguments) throws IOException {
        return settings(Map.of(), arguments);
    }

    private CollectorSettings settings(Map<String, String> environment, String... arguments) throws IOException {
        MicroCommand command = new MicroCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.settings(environment, new PrintWriter(notices));
    }

    private static String error(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        StringWriter errors = new StringWriter();
        commandLine.getSubcommands().get("micro").setErr(new PrintWriter(errors));
        String[] all = new String[arguments.length + 1];
        all[0] = "micro";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertThat(commandLine.execute(all)).isEqualTo(CommandLine.ExitCode.USAGE);
        return errors.toString();
    }

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void a_wrong_definition_is_reported_and_left_out_and_the_others_are_used() throws Exception {
        String event = "description: a\ninternal_events: true\naction: asked\ntiers: [free]\n";
        file("definitions/events/asked.yml", event);
        file("definitions/events/Wrong.yml", event.replace("asked", "Wrong"));
        file(
                "definitions/metrics/asked.yml",
                "key_path: counts.asked\ndescription: a\nvalue_type: number\nstatus: active\ntime_frame: all\n"
                        + "data_source: internal_events\ntiers: [free]\nevents: [{name: asked}]\n");

        CollectorSettings settings = settings(
                "--port", "0", "--definitions", folder.resolve("definitions").toString());

        assertThat(notices.toString().lines())
                .containsExactly(
                        "definitions: left out: events/Wrong.yml:3: action: \"Wrong\" must consist of a-z, 0-9 and _; did you"
                                + " mean \"wrong\"?",
                        "definitions: 1 file is left out; the others are used. Check them with: internal-events validate "
                                + folder.resolve("definitions"));
        try (Collector collector = Collector.start(settings)) {
            HttpClient http = HttpClient.newHttpClient();
            URI tp2 = URI.create(collector.url() + "/com.snowplowanalytics.snowplow/tp2");
            http.send(
                    HttpRequest.newBuilder(tp2)
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":"
                                                    + "[{\"e\":\"se\",\"p\":\"srv\",\"tv\":\"t\",\"se_ca\":\"c\",\"se_ac\":\"asked\"}]}"))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            assertThat(get(http, collector, "/micro/all")).contains("\"good\":1");
            // Counting lags behind the store.
            Instant end = Instant.now().plusSeconds(30);
            String metrics = "";
            while (!metrics.contains("\"value\":1") && Instant.now().isBefore(end)) {
                metrics = get(http, collector, "/micro/metrics");
            }
            assertThat(metrics).contains("\"key_path\":\"counts.asked\"", "\"value\":1");
            assertThat(get(http, collector, "/micro/definitions"))
                    .contains("\"files_left_out\":[\"events/Wrong.yml\"]");
            assertThat(get(http, collector, "/metrics")).contains("internal_events_definition_files_left_out 1");
        }
    }

    private static String get(HttpClient http, Collector collector, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(collector.url() + path)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void a_folder_of_definitions_that_does_not_exist_stops_the_start() {
        assertThatThrownBy(
                        () -> settings("--definitions", folder.resolve("none").toString()))
                .hasMessageContaining("does not exist; expected a folder with definitions");
    }

    @ParameterizedTest
    @CsvSource({"'',9091", "--compat micro,9090", "--compat micro --port 7,7", "--port 9090,9090"})
    void the_port_is_micros_with_compat(String arguments, int port) throws Exception {
        assertThat(settings(arguments.isEmpty() ? new String[0] : arguments.split(" "))
                        .port())
                .isEqualTo(port);
    }

    @Test
    void a_collectors_configuration_gives_the_port_and_what_else_is_in_it_is_named() throws Exception {
        Path config = file("micro.conf", """
                collector {
                  interface = "0.0.0.0"
                  port = "7070"   # a text is a number too
                  cookie { enabled = true, name = sp }
                  streams.good = ${?NO_SUCH_VARIABLE}
                }
                enrich { maxJsonDepth = 40 }
                """);
        for (String option : List.of("--collector-config", "--config", "-c")) {
            assertThat(settings(option, config.toString()).port()).isEqualTo(7070);
            assertThat(settings(option, config.toString(), "--port", "7").port())
                    .isEqualTo(7);
            assertThat(settings(option, config.toString(), "--compat", "micro").port())
                    .isEqualTo(7070);
        }
        assertThat(notices.toString().lines().limit(4))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains(config.toString(), "collector.cookie is not used")
                                .endsWith("see micro --help"),
                        line -> assertThat(line).endsWith("collector.interface is not used; use --host"),
                        line -> assertThat(line).contains("collector.streams is not used: ", "--storage"),
                        line -> assertThat(line).contains("enrich.maxJsonDepth is not used"));
        assertThat(notices.toString()).doesNotContain("collector.port");
    }

    @Test
    void an_empty_configuration_is_said() throws Exception {
        assertThat(error("-c", "/no/such.conf")).startsWith("-c: /no/such.conf does not exist");
        assertThat(error("--config=/no/such.conf")).startsWith("--config: /no/such.conf does not exist");
        settings("-c", file("empty.conf", "").toString());
        assertThat(notices.toString()).contains("empty.conf: contains no settings; expected collector.port");
    }

    @Test
    void an_address_that_a_configuration_includes_is_not_asked() throws Exception {
        try (TestServer server = TestServer.responding(200, "")) {
            String address = server.url() + "/x.conf";
            for (String include : List.of(
                    "include url(\"" + address + "\")",
                    "include \"" + address + "\"",
                    "include required(url(\"" + address + "\"))",
                    "include required(\"" + address + "\")")) {
                Path config = file("micro.conf", include + "\ncollector.port = 7");
                assertThat(error("-c", config.toString())).contains("is not followed, because it is a URL");
            }
            file("more.conf", "collector.port = 8");
            for (String include : List.of("include \"more.conf\"", "include file(\"" + folder + "/more.conf\")")) {
                assertThat(settings("-c", file("micro.conf", include).toString())
                                .port())
                        .isEqualTo(8);
            }
            Path nested = file("outer.conf", "include \"inner.conf\"");
            file("inner.conf", "include url(\"" + address + "\")");
            assertThat(error("-c", nested.toString())).contains("is not followed");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void a_property_of_the_collector_is_taken_from_the_command_line() throws Exception {
        assertThat(settings(
                                "-Dcollector.port=7071",
                                "-Dcollector.cookie.name=sp",
                                "-Dorg.slf4j.simpleLogger.log.EventLog=off")
                        .port())
                .isEqualTo(7071);
        assertThat(notices.toString()).contains("-D: collector.cookie is not used", "-D: org.slf4j is not used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"collector { port = ", "collector.port = ninety", "collector.port = ${NO_SUCH_VARIABLE}"})
    void a_configuration_that_is_wrong_is_refused_with_its_place(String text) throws Exception {
        Path config = file("wrong.conf", text);
        assertThat(error("--collector-config", config.toString()))
                .startsWith("--collector-config: ")
                .contains("wrong.conf");
    }

    @Test
    void a_configuration_that_is_missing_is_refused() {
        assertThat(error("--collector-config", "/no/such/micro.conf"))
                .contains("/no/such/micro.conf does not exist; expected a HOCON file")
                .doesNotContain("java.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--output-tsv", "-t", "--output-json", "-j"})
    void events_are_written_out(String option) throws Exception {
        assertThat(settings(option).output()).isNotNull();
        assertThat(settings(option, "--destination", "http://127.0.0.1:1/x").output())
                .isNotNull();
        assertThat(settings(option, "-d", "http://127.0.0.1:1/x").output()).isNotNull();
        assertThat(notices.toString()).isEmpty();
    }

    @Test
    void what_is_not_used_is_said_in_a_line_with_what_to_use() throws Exception {
        settings(
                Map.of(
                        "MICRO_SSL_CERT_PASSWORD", "p",
                        "MICRO_AZURE_BLOB_ACCOUNT", "a",
                        "MICRO_AZURE_BLOB_SAS_TOKEN", "b",
                        "MICRO_POSTGRESQL_PASSWORD", "c",
                        "MICRO_OTHER", "d"),
                "--yauaa",
                "--no-storage");

        assertThat(notices.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("--yauaa is not used")
                                .contains("ua_parser"),
                        line -> assertThat(line).startsWith("--no-storage").contains("--max-events"),
                        line -> assertThat(line).startsWith("MICRO_AZURE_BLOB_ACCOUNT is not used"),
                        line -> assertThat(line).startsWith("MICRO_AZURE_BLOB_SAS_TOKEN is not used"),
                        line -> assertThat(line).startsWith("MICRO_OTHER is not used: there is no such setting"),
                        line -> assertThat(line)
                                .startsWith("MICRO_POSTGRESQL_PASSWORD")
                                .contains("--storage DIR"),
                        line -> assertThat(line)
                                .startsWith("MICRO_SSL_CERT_PASSWORD")
                                .contains("--tls FILE"));
    }

    @Test
    void a_certificate_is_opened_with_micros_password() throws Exception {
        assertThat(settings(Map.of("MICRO_SSL_CERT_PASSWORD", "p"), "--tls", "a.p12")
                        .tlsFile())
                .hasToString("a.p12");
        assertThat(notices.toString()).isEmpty();
    }

    @Test
    void a_sign_in_that_is_not_here_is_refused_with_what_to_use() {
        assertThat(error("--auth", "auth.hocon"))
                .startsWith("--auth: ")
                .contains("INTERNAL_EVENTS_TOKEN", "--openid-issuer");
        assertThatThrownBy(() -> settings(Map.of("MICRO_AUTH_DOMAIN", "acme.test")))
                .hasMessageStartingWith("MICRO_AUTH_DOMAIN: ")
                .hasMessageContaining("INTERNAL_EVENTS_TOKEN");
    }

    @Test
    void with_a_token_it_is_left_out() throws Exception {
        settings(
                Map.of("INTERNAL_EVENTS_TOKEN", "a secret of the tests", "MICRO_AUTH_DOMAIN", "acme.test"),
                "--auth",
                "auth.hocon");
        assertThat(notices.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("--auth is not used: the token"),
                        line -> assertThat(line).startsWith("MICRO_AUTH_DOMAIN is not used: the token"));
    }

    @Test
    void storage_takes_a_folder() throws Exception {
        assertThat(settings("--storage", folder.toString()).folder()).isEqualTo(folder);
        assertThat(settings("-s", folder.toString()).folder()).isEqualTo(folder);
        assertThat(error("--storage")).startsWith("--storage: a folder is missing; use --storage DIR");
        assertThat(error("--storage", "--port", "0")).startsWith("--storage: a folder is missing");
        Path postgres = file("storage.conf", "host = \"localhost\"");
        assertThat(error("--storage", postgres.toString())).contains("is a file", "--storage DIR");
        String without = folder.resolve("none/events").toString();
        assertThat(error("--storage", without)).contains("none does not exist", "whose parent exists", "See: ");
        assertThat(error("--storage", folder.toString(), "--port", "0"))
                .startsWith("--storage: ")
                .contains("(it contains storage.conf)", "See: ")
                .doesNotContain("--data");
        assertThat(notices.toString()).isEmpty();
        settings("--storage", folder.resolve("new").toString(), "--max-events", "10");
        assertThat(notices.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("the folder does not exist and will be created"),
                        line -> assertThat(line).startsWith("--max-events is not used"));
        assertThat(error("--storage", folder.toString(), "--no-storage")).startsWith("--no-storage: ");
    }

    @Test
    void max_events_bounds_what_is_kept() throws Exception {
        assertThat(settings("--max-events", "7").maxEvents()).isEqualTo(7);
        assertThat(settings("-m", "7").maxEvents()).isEqualTo(7);
        assertThat(error("--max-events", "0")).startsWith("--max-events: 0 is not a whole number of 1 or more");
        assertThat(error("--max-events", "ten")).startsWith("--max-events: \"ten\" is not a whole number from 1 to ");
    }

    @Test
    void hosts_and_origins_are_listed_in_the_environment_too() throws Exception {
        CollectorSettings settings = settings(
                Map.of(
                        "INTERNAL_EVENTS_ALLOW_HOSTS", "micro, Events.,",
                        "INTERNAL_EVENTS_ALLOW_ORIGINS", "http://localhost:*,https://app.example.com"),
                "--allow-host",
                "other");
        assertThat(settings.allowedHosts()).containsExactlyInAnyOrder("other", "micro", "events");
        assertThat(settings.allowedOrigins()).containsExactly("http://localhost:*", "https://app.example.com");
        assertThat(settings().allowedOrigins()).isEmpty();
        assertThatThrownBy(() -> settings(Map.of("INTERNAL_EVENTS_ALLOW_ORIGINS", "*")))
                .hasMessageStartingWith("INTERNAL_EVENTS_ALLOW_ORIGINS: \"*\" is not an origin; expected");
        assertThatThrownBy(() -> settings(Map.of("INTERNAL_EVENTS_ALLOW_HOSTS", "micro,*")))
                .hasMessageStartingWith("INTERNAL_EVENTS_ALLOW_HOSTS: \"*\" is not a host name");
        assertThat(error("--allow-host", "*.test")).startsWith("--allow-host: \"*.test\" is not a host name");
        assertThat(error("--allow-host", "")).startsWith("--allow-host: \"\" is not a host name");
        assertThat(settings("--allow-host", "a, b", "--allow-origin", "http://a.test,http://b.test")
                        .allowedHosts())
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void iglu_takes_a_folder_an_address_or_a_resolvers_configuration() throws Exception {
        file("registry/schemas/com.acme/bought/jsonschema/1-0-0", SCHEMA);
        Path resolver = file("iglu.json", RESOLVER);
        Files.createDirectories(folder.resolve("empty"));

        assertThat(settings("--iglu", folder.resolve("registry").toString()).registries())
                .hasSize(1);
        assertThat(settings("-i", folder.resolve("registry/schemas").toString()).registries())
                .hasSize(1);
        assertThat(settings("--iglu", folder.resolve("empty").toString()).registries())
                .hasSize(1);
        assertThat(settings("--iglu", "https://iglu.acme.test/api").registries())
                .singleElement()
                .satisfies(registry -> assertThat(registry.name()).contains("iglu.acme.test"));
        assertThat(settings("--iglu", resolver.toString()).registries())
                .singleElement()
                .satisfies(registry -> assertThat(registry.name()).contains("Acme"));
        assertThat(settings(Map.of("MICRO_IGLU_REGISTRY_URL", "https://iglu.acme.test/api", "MICRO_IGLU_API_KEY", "k"))
                        .registries())
                .hasSize(1);
        assertThat(notices.toString()).isEmpty();
    }

    @Test
    void what_iglu_found_instead_is_said() throws Exception {
        Path single = file("1-0-0", SCHEMA);
        file("up/below/schemas/com.acme/bought/jsonschema/1-0-0", SCHEMA);
        file("config/iglu.json", RESOLVER);
        file("notes/a.txt", "x");
        Path vendor = folder.resolve("up/below/schemas/com.acme");

        assertThat(error("--iglu", single.toString()))
                .startsWith("--iglu: ")
                .contains("is a single schema", "schemas/com.acme/bought/jsonschema/1-0-0");
        assertThat(error("--iglu", vendor.toString())).contains("is the folder of one vendor");
        assertThat(error("--iglu", folder.resolve("up").toString())).contains("up/below has; give that folder");
        assertThat(error("--iglu", folder.resolve("config").toString())).contains("give ", "config/iglu.json");
        assertThat(error("--iglu", folder.resolve("notes").toString())).contains("has no schemas; it has a.txt");
        assertThat(error(
                        "--iglu",
                        file("a.json", "{\"schema\":\"iglu:a/b/jsonschema/1-0-0\"}")
                                .toString()))
                .contains("of the schema iglu:a/b/jsonschema/1-0-0");
        assertThat(error("--iglu", file("b.json", "[]").toString())).contains("without a \"schema\"");
        assertThat(error("--iglu", file("c.json", "no").toString())).contains("is not JSON");
        assertThat(error("--iglu", "/no/such")).contains("does not exist");
        assertThat(error("--iglu", "s3://bucket")).contains("is not a valid URL of a registry");
        assertThat(settings(
                        Map.of("MICRO_IGLU_REGISTRY_URL", "https://iglu.acme.test/api", "MICRO_IGLU_API_KEY", "k\r\n")))
                .isNotNull();
        assertThatThrownBy(() -> settings(Map.of(
                        "MICRO_IGLU_REGISTRY_URL", "https://iglu.acme.test/api", "MICRO_IGLU_API_KEY", "s3\rcret")))
                .hasMessageContaining("the API key contains a character that is not allowed in a header")
                .hasMessageNotContaining("cret");
        assertThatThrownBy(() -> settings(Map.of("MICRO_IGLU_REGISTRY_URL", "iglu.acme.test")))
                .hasMessageStartingWith("MICRO_IGLU_REGISTRY_URL: \"iglu.acme.test\" is not a valid URL");
    }

    @Test
    void a_containers_folder_of_schemas_is_a_registry_and_the_rest_of_it_is_said() throws Exception {
        file("config/iglu-client-embedded/schemas/com.acme/bought/jsonschema/1-0-0", SCHEMA);
        file("config/enrichments/ip.json", "{}");
        file("config/ssl-certificate.p12", "");
        MicroOptions options = new MicroOptions(folder.resolve("config"));

        assertThat(options.embeddedRegistry()).isEqualTo(folder.resolve("config/iglu-client-embedded"));
        assertThat(options.read(Map.of(), false).notices())
                .satisfiesExactly(
                        line -> assertThat(line).contains("enrichments is not used"),
                        line -> assertThat(line).contains("ssl-certificate.p12 is not used", "--tls"));
        assertThat(new MicroOptions(folder.resolve("none")).embeddedRegistry()).isNull();
    }

    @Test
    void a_command_for_micro_starts_a_collector() throws Exception {
        Path config = file("micro.conf", "collector { port = 0, cookie.enabled = true }");
        Path resolver = file("iglu.json", RESOLVER);
        CollectorSettings settings = settings(
                "--collector-config", config.toString(), "--iglu", resolver.toString(), "--yauaa", "--compat", "micro");
        try (Collector collector = Collector.start(settings)) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(collector.url() + "/micro/all"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("{\"total\":0,\"good\":0,\"bad\":0}");
        }
    }
}
