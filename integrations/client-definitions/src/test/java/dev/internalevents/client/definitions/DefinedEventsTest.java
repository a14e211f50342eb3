package dev.internalevents.client.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.InvalidDefinitionsException;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.testkit.TestFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinedEventsTest {

    @TempDir
    private Path root;

    private Dictionary dictionary;

    @BeforeEach
    void define() {
        TestFiles.write(root, "events/request_awesome_feature.yml", """
                description: A user asked
                internal_events: true
                action: request_awesome_feature
                identifiers: [user, project]
                additional_properties:
                  label: {description: the unit primitive}
                  value: {description: milliseconds}
                  model_engine: {description: who answered}
                tiers: [free]
                """);
        TestFiles.write(root, "events/old_feature.yml", """
                description: Nobody does this any more
                internal_events: true
                action: old_feature
                status: removed
                tiers: [free]
                """);
        TestFiles.write(root, "metrics/users.yml", """
                key_path: counts.users
                description: Count of unique users who asked
                value_type: number
                status: active
                time_frame: [7d, 28d]
                data_source: internal_events
                tiers: [free]
                events:
                - {name: request_awesome_feature, unique: user.id, filter: {model_engine: anthropic}}
                """);
        dictionary = DefinitionFiles.load(root);
    }

    private static InternalEventsClient client(DefinedEvents events, EventListener... listeners) {
        InternalEventsClientBuilder builder =
                InternalEventsClient.builder().delivery(false).interceptor(events);
        List.of(listeners).forEach(builder::listener);
        return builder.build();
    }

    @Test
    void strict_names_the_file_of_an_undefined_event() {
        InternalEventsClient strict = client(DefinedEvents.strict(dictionary));

        assertThatThrownBy(() -> strict.trackEvent("request_awsome_feature"))
                .isInstanceOf(UndefinedEventException.class)
                .hasMessage("the event \"request_awsome_feature\" is not defined; expected a file " + root
                        + "/events/request_awsome_feature.yml; did you mean \"request_awesome_feature\"?");
        assertThatThrownBy(() -> strict.trackEvent("old_feature"))
                .isInstanceOf(UndefinedEventException.class)
                .hasMessage("the event \"old_feature\" is removed (events/old_feature.yml:3); stop tracking it");
        assertThatCode(() -> strict.event("request_awesome_feature")
                        .user(1)
                        .project(2)
                        .label("complete_code")
                        .value(3)
                        .put("model_engine", "anthropic")
                        .track())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "model_engin  | text | is not declared; declared: label, value, model_engine; did you mean \"model_engine\"?",
                "label        | 5    | must be a string, is a number",
                "value        | text | must be a number, is a string",
                "model_engine | true | must be a string or a number, is a boolean",
                "model_engine | list | must be a string or a number, is a list",
                "model_engine | map  | must be a string or a number, is a map",
            })
    void strict_names_the_property_and_the_file(String property, String value, String what) {
        Object typed = switch (value) {
            case "5" -> 5;
            case "true" -> true;
            case "list" -> List.of(1);
            case "map" -> Map.of("a", 1);
            default -> value;
        };
        InternalEventsClient strict = client(DefinedEvents.strict(dictionary));

        assertThatThrownBy(() -> strict.trackEvent("request_awesome_feature", AdditionalProperties.of(property, typed)))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessage("the property \"" + property + "\" of the event \"request_awesome_feature\" " + what
                        + " (events/request_awesome_feature.yml:3)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"label", "property", "value"})
    void strict_only_logs_a_built_in_property_that_is_not_declared(String property) {
        // As in GitLab, whose older definitions declare none.
        TestFiles.write(root, "events/template_included.yml", """
                description: A pipeline includes a template
                category: InternalEventTracking
                action: template_included
                identifiers: [project, user, namespace]
                tiers: [free]
                """);
        DefinedEvents strict = DefinedEvents.strict(DefinitionFiles.load(root));
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client = client(strict, tracked::add);

        client.trackEvent("template_included", AdditionalProperties.of(property, property.equals("value") ? 5 : "x"));

        assertThat(tracked)
                .singleElement()
                .satisfies(event -> assertThat(event.properties())
                        .usingRecursiveComparison()
                        .isEqualTo(AdditionalProperties.NONE));
        assertThat(strict.propertiesNotSent()).containsOnly(Map.entry("template_included", Map.of(property, 1L)));
        assertThat(strict.problems())
                .containsOnly(Map.entry(
                        "the property \"" + property + "\" of the event \"template_included\" is not declared;"
                                + " declared: none (events/template_included.yml:3)",
                        1L));
        assertThatThrownBy(() -> client.trackEvent("template_included", AdditionalProperties.of("custom", "x")))
                .isInstanceOf(InvalidPropertyException.class);
        assertThatThrownBy(() -> client.trackEvent("template_included", AdditionalProperties.of("label", 5)))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining("must be a string, is a number");
    }

    @Test
    void lenient_counts_drops_what_is_undefined_and_takes_off_what_is_undeclared() {
        DefinedEvents lenient = DefinedEvents.lenient(dictionary);
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client = client(lenient, tracked::add);

        client.trackEvent("nothing_like_it");
        client.trackEvent("nothing_like_it");
        client.event("request_awesome_feature").put("engine", "x").track();

        assertThat(tracked).extracting(EventDetails::name).containsExactly("request_awesome_feature");
        assertThat(tracked.get(0).properties().extra()).isEmpty();
        assertThat(lenient.propertiesNotSent())
                .containsOnly(Map.entry("request_awesome_feature", Map.of("engine", 1L)));
        assertThat(lenient.problems())
                .containsOnly(
                        Map.entry(
                                "the event \"nothing_like_it\" is not defined; expected a file " + root
                                        + "/events/nothing_like_it.yml",
                                2L),
                        Map.entry(
                                "the property \"engine\" of the event \"request_awesome_feature\" is not declared; declared:"
                                        + " label, value, model_engine (events/request_awesome_feature.yml:3)",
                                1L),
                        Map.entry(
                                "the event \"request_awesome_feature\" has no user, and metrics that count unique users leave"
                                        + " it out",
                                1L));
    }

    @Test
    void lenient_lets_a_declared_property_of_the_wrong_type_go_on() {
        DefinedEvents lenient = DefinedEvents.lenient(dictionary);
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client = client(lenient, tracked::add);

        client.event("request_awesome_feature")
                .user(1)
                .put("model_engine", true)
                .put("label", 5)
                .track();

        assertThat(tracked.get(0).properties().extra())
                .containsExactly(Map.entry("model_engine", true), Map.entry("label", 5L));
        assertThat(lenient.problems()).hasSize(2);
        assertThat(lenient.propertiesNotSent()).isEmpty();
    }

    @Test
    void an_event_whose_file_was_left_out_is_sent_unchecked_and_not_counted() {
        TestFiles.write(root, "events/left_out.yml", "description: [a]\naction: left_out\ntiers: [free]\n");
        TestFiles.write(root, "metrics/left_out.yml", """
                key_path: counts.left_out
                description: Count of it
                value_type: number
                status: active
                time_frame: all
                data_source: internal_events
                tiers: [free]
                events:
                - {name: left_out}
                """);
        dictionary = DefinitionFiles.read(root).dictionary();
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        DefinedEvents lenient = DefinedEvents.lenient(dictionary);
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client =
                client(lenient, tracked::add, new InProcessCounting(new DirectEventCounter(counters, store)));

        client.event("left_out").label("l").put("anything", List.of(1)).track();
        client.trackEvent("left_ou");

        assertThat(tracked).extracting(EventDetails::name).containsExactly("left_out");
        assertThat(tracked.get(0).properties().extra()).containsExactly(Map.entry("anything", List.of(1L)));
        assertThat(lenient.problems())
                .containsKey("the definition of the event \"left_out\" was left out because its"
                        + " file is invalid; run internal-events validate to find the line");
        assertThat(new Metrics(dictionary, counters, store, Clock.systemUTC()).value("counts.left_out"))
                .isEmpty();
        assertThatThrownBy(() -> client(DefinedEvents.strict(dictionary)).trackEvent("left_out"))
                .isInstanceOf(UndefinedEventException.class)
                .hasMessageContaining("its file is invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "test"})
    void a_wrong_file_is_an_error_where_developers_work(String environment) {
        TestFiles.write(root, "events/left_out.yml", "description: [a]\naction: left_out\ntiers: [free]\n");

        assertThatThrownBy(() -> DefinedEvents.forEnvironment(DefinitionFiles.read(root), environment))
                .isInstanceOf(InvalidDefinitionsException.class)
                .hasMessageContaining("events/left_out.yml:1: description: expected a text, found a list");
    }

    @Test
    void a_wrong_file_is_left_out_everywhere_else() {
        TestFiles.write(root, "events/left_out.yml", "description: [a]\naction: left_out\ntiers: [free]\n");

        DefinedEvents events = DefinedEvents.forEnvironment(DefinitionFiles.read(root), "production");

        assertThat(events.isStrict()).isFalse();
        assertThat(events.dictionary().filesLeftOut()).containsExactly("events/left_out.yml");
        assertThat(events.dictionary().event("request_awesome_feature")).isPresent();
        assertThatThrownBy(() -> DefinedEvents.forEnvironment(DefinitionFiles.read(root.resolve("none")), "production"))
                .isInstanceOf(InvalidDefinitionsException.class);
    }

    @Test
    void names_that_come_from_outside_neither_fill_the_memory_nor_forge_log_lines() {
        DefinedEvents lenient = DefinedEvents.lenient(dictionary);
        InternalEventsClient client = client(lenient);

        client.trackEvent("late\r\nINFO forged");
        client.trackEvent("sign_in_of_ada@example.com");
        client.event("request_awesome_feature")
                .user(1)
                .put("k".repeat(1_000_000), "x")
                .put("ada@example.com", "y")
                .track();
        for (int i = 0; i < 3_000; i++) {
            client.event("request_awesome_feature").user(1).put("key" + i, i).track();
            client.trackEvent("x".repeat(10_000) + i);
        }

        assertThat(lenient.problems()).hasSizeLessThanOrEqualTo(1_001).containsKey("(others)");
        assertThat(lenient.problems().keySet())
                .allMatch(message -> message.length() < 500)
                .noneMatch(message -> message.contains("\n") || message.contains("ada@"));
        Map<String, Long> notSent = lenient.propertiesNotSent().get("request_awesome_feature");
        assertThat(notSent).hasSizeLessThanOrEqualTo(1_001);
        assertThat(notSent.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(3_002);
    }

    @Test
    void at_the_end_of_the_stack_no_property_leaves() {
        List<AdditionalProperties> answers = new ArrayList<>();
        EventDetails event = new EventDetails(
                "request_awesome_feature", "c", AdditionalProperties.of("undeclared", "secret"), EventContext.empty());
        DefinedEvents lenient = DefinedEvents.lenient(dictionary);
        // A class whose initialization fails with a stack overflow stays unusable, so initialize all classes first.
        lenient.intercept(event);

        EndOfStack.approach(() -> {
            if (answers.size() < 100) {
                answers.add(lenient.intercept(event));
            }
        });

        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.extra()).isEmpty());
    }

    @Test
    void is_strict_where_people_develop() {
        assertThat(DefinedEvents.forEnvironment(dictionary, "development").isStrict())
                .isTrue();
        assertThat(DefinedEvents.forEnvironment(dictionary, "test").isStrict()).isTrue();
        assertThat(DefinedEvents.forEnvironment(dictionary, "staging").isStrict())
                .isFalse();
        assertThat(DefinedEvents.forEnvironment(dictionary, "production").isStrict())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ada@example.com                                        | an e-mail address",
                "sent to Ada.L+x@mail.example.co.uk today               | an e-mail address",
                "from 192.168.0.17                                      | an IP address",
                "2001:db8:0:0:0:ff00:42:8329                            | an IP address",
                "fe80::1ff:fe23:4567:890a                               | an IP address",
                "Authorization: Bearer abcdefghij0123456789             | a token",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xx.c2lnbmF0dXJl    | a token",
                "glpat-abcdefghij0123456789                             | a token",
                "-----BEGIN RSA PRIVATE KEY----- MIIEow                 | a private key",
            })
    void values_that_look_sensitive_are_refused_without_being_named(String value, String kind) {
        InternalEventsClient strict = client(DefinedEvents.strict(dictionary));

        assertThatThrownBy(() ->
                        strict.event("request_awesome_feature").label(value).track())
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessage("the property \"label\" of the event \"request_awesome_feature\" looks like " + kind
                        + "; events must not carry it");
        assertThatThrownBy(() -> strict.event("request_awesome_feature")
                        .put("model_engine", value)
                        .track())
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "complete_code",
                "lodash@4.17.21",
                "@gitlab/ui",
                "17.10.0",
                "1.2.3.4.5",
                "12:30:45",
                "Gitlab::Usage::Metric",
                "2026-11-25T12:00:00.000Z",
                "https://example.com/a/b?c=d",
                "bearer of bad news for everyone here",
            })
    void ordinary_values_pass(String value) {
        InternalEventsClient strict = client(DefinedEvents.strict(dictionary));

        assertThatCode(() ->
                        strict.event("request_awesome_feature").label(value).track())
                .doesNotThrowAnyException();
    }

    @Test
    void lenient_masks_when_asked() {
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client = client(DefinedEvents.lenient(dictionary).masking(), tracked::add);

        client.event("request_awesome_feature")
                .label("ada@example.com")
                .value(7)
                .put("model_engine", "at 10.0.0.1")
                .track();

        AdditionalProperties properties = tracked.get(0).properties();
        assertThat(properties.label()).isEqualTo("[masked: an e-mail address]");
        assertThat(properties.value()).isEqualTo(7L);
        assertThat(properties.extra()).containsExactly(Map.entry("model_engine", "[masked: an IP address]"));
    }

    @Test
    void lenient_masks_in_lists_and_maps() {
        List<EventDetails> tracked = new ArrayList<>();
        DefinedEvents masking = DefinedEvents.lenient(dictionary).masking();
        InternalEventsClient client = client(masking, tracked::add);

        client.event("request_awesome_feature")
                .put("model_engine", List.of("plain", List.of(Map.of("ada@example.com", "x", "from", "10.0.0.1")), 7))
                .track();
        client.event("request_awesome_feature")
                .put("model_engine", List.of("plain", Map.of("a", List.of(1, true))))
                .track();
        client.event("request_awesome_feature")
                .put("model_engine", new String[] {"plain", "bob@example.com"})
                .track();

        assertThat(tracked.get(0).properties().extra("model_engine"))
                .isEqualTo(List.of(
                        "plain",
                        List.of(Map.of("[masked: an e-mail address]", "x", "from", "[masked: an IP address]")),
                        7L));
        assertThat(tracked.get(1).properties().extra("model_engine"))
                .isEqualTo(List.of("plain", Map.of("a", List.of(1L, true))));
        assertThat(tracked.get(2).properties().extra("model_engine"))
                .isEqualTo(List.of("plain", "[masked: an e-mail address]"));
        assertThat(masking.problems())
                .containsEntry(
                        "the property \"model_engine\" of the event \"request_awesome_feature\" looks like an e-mail"
                                + " address; events must not carry it",
                        2L);
    }

    @Test
    void counts_in_process_without_a_collector() {
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        Clock clock = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);
        InternalEventsClient client = client(
                DefinedEvents.strict(dictionary),
                new InProcessCounting(new DirectEventCounter(counters, store), clock));

        for (int user : new int[] {1, 2, 2, 3}) {
            client.event("request_awesome_feature")
                    .user(user)
                    .put("model_engine", "anthropic")
                    .track();
        }
        client.event("request_awesome_feature")
                .user(4)
                .put("model_engine", "vertex")
                .track();

        Metrics metrics = new Metrics(dictionary, counters, store, clock);
        assertThat(metrics.value("counts.users_weekly").orElseThrow().value()).isZero();
        assertThat(metrics.value("counts.users_weekly").orElseThrow().current()).isEqualByComparingTo("3");
        Metrics nextWeek = new Metrics(dictionary, counters, store, Clock.offset(clock, Duration.ofDays(7)));
        assertThat(nextWeek.value("counts.users_weekly").orElseThrow().value()).isEqualByComparingTo("3");
        assertThat(nextWeek.value("counts.users_monthly").orElseThrow().value()).isEqualByComparingTo("3");
    }

    @ParameterizedTest
    @CsvSource({
        "config/events/asked.yml, config/events/askd.yml",
        "events/asked.yml, events/askd.yml",
        "events/more/asked.yml, events/askd.yml",
        "ee/config/events/asked.yml, ee/config/events/askd.yml"
    })
    void an_undefined_event_names_the_folder_that_the_definitions_are_in(
            String file, String expected, @TempDir Path other) {
        TestFiles.write(other, file, """
                description: A user asked
                internal_events: true
                action: asked
                tiers: [free]
                """);
        InternalEventsClient client = client(DefinedEvents.strict(DefinitionFiles.load(other)));

        assertThatThrownBy(() -> client.trackEvent("askd"))
                .hasMessageStartingWith("the event \"askd\" is not defined; expected a file " + other + "/" + expected);
    }
}
