package dev.internalevents.generator;

import dev.internalevents.definitions.read.DefinitionFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventDetails;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.definitions.Dictionary;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated classes are compiled and used, and incorrect uses do not compile. */
class TypedEventsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void define() throws IOException {
        event("request_awesome_feature", """
                description: "A user asked: \\"why?\\" */ <b>bold</b> {@code x} \\\\u002a/ @see"
                identifiers: [project, user, feature_enabled_by_namespace_ids]
                additional_properties:
                  label: {description: the unit primitive}
                  property: {description: p}
                  value: {description: milliseconds}
                  model_engine: {description: who answered}
                  class: {description: a keyword}
                  track: {description: a name that is taken}
                  with: {description: another one}
                product_group: awesome
                tiers: [free]
                """);
        event("no_identifiers", "description: Nothing but a name\ntiers: [free]\n");
        event("9_lives", "description: A number first\nidentifiers: [namespace]\ntiers: [free]\n");
        event("gone", "description: Not any more\nstatus: removed\nmilestone_removed: '18.2'\ntiers: [free]\n");
    }

    private void event(String action, String text) throws IOException {
        Path file = folder.resolve("definitions/events/" + action + ".yml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "action: '" + action + "'\ninternal_events: true\n" + text);
    }

    private Path generate() throws IOException {
        Path sources = folder.resolve("sources");
        TypedEvents.write(DefinitionFiles.load(folder.resolve("definitions")), sources, "com.example.events");
        return sources;
    }

    /** Returns the compiler's output; empty if the code compiles without errors. */
    private String compile(String name, String code) throws IOException {
        Path sources = generate();
        Path use = folder.resolve("use/" + name + ".java");
        Files.createDirectories(use.getParent());
        Files.writeString(
                use,
                "import com.example.events.*;\nimport dev.internalevents.client.InternalEventsClient;\npublic class "
                        + name + " {\n public static void run(InternalEventsClient c) {\n  " + code + "\n }\n}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> walk = Files.walk(sources)) {
            List<Path> all = new ArrayList<>(
                    walk.filter(path -> path.toString().endsWith(".java")).toList());
            all.add(use);
            Path classes = Files.createDirectories(folder.resolve("classes"));
            compiler.getTask(
                            said,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    classes.toString(),
                                    "-Xlint:all,-deprecation",
                                    "-Werror",
                                    "-proc:none",
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjectsFromPaths(all))
                    .call();
        }
        return said.toString();
    }

    private EventDetails run(String code) throws Exception {
        List<EventDetails> tracked = runAll(code);
        assertThat(tracked).hasSize(1);
        return tracked.get(0);
    }

    private List<EventDetails> runAll(String code) throws Exception {
        assertThat(compile("Use", code)).isEmpty();
        List<EventDetails> tracked = new ArrayList<>();
        InternalEventsClient client = InternalEventsClient.builder()
                .delivery(false)
                .listener(tracked::add)
                .build();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.resolve("classes/").toUri().toURL()})) {
            loader.loadClass("Use").getMethod("run", InternalEventsClient.class).invoke(null, client);
        }
        return tracked;
    }

    @Test
    void a_step_that_is_used_twice_makes_two_events() throws Exception {
        List<EventDetails> events = runAll("""
                  var forUser = RequestAwesomeFeature.user(42);
                  var one = forUser.project(1);
                  var two = forUser.project(2);
                  one.track(c);
                  two.track(c);
                """);

        assertThat(events)
                .extracting(event ->
                        event.context().userId() + "/" + event.context().projectId())
                .containsExactly("42/1", "42/2");
    }

    @Test
    void an_event_never_changes() throws Exception {
        List<EventDetails> events = runAll("""
                  long[] namespaces = {1, 2};
                  var event = RequestAwesomeFeature.fromContext().featureEnabledByNamespaceIds(namespaces);
                  namespaces[0] = 9;
                  var a = event.label("a").value(1);
                  var b = event.label("b");
                  event.track(c);
                  a.track(c);
                  b.track(c);
                  a.label("last").track(c);
                  var none = NoIdentifiers.event();
                  none.category(String.class);
                  none.track(c);
                """);

        assertThat(events)
                .extracting(event -> event.properties().label())
                .containsExactly(null, "a", "b", "last", null);
        assertThat(events).extracting(event -> event.properties().value()).containsExactly(null, 1L, null, 1L, null);
        assertThat(events.get(0).context().featureEnabledByNamespaceIds()).containsExactly(1L, 2L);
        assertThat(events.get(4).category()).isEqualTo(InternalEventsClient.DEFAULT_CATEGORY);
    }

    @Test
    void tracks_what_was_said() throws Exception {
        EventDetails event =
                run("RequestAwesomeFeature.user(42).project(7).label(\"x\").value(1.5).modelEngine(\"a\").class_(3)"
                        + ".track_(\"t\").featureEnabledByNamespaceIds(1, 2).category(String.class).track(c);");

        assertThat(event.name()).isEqualTo("request_awesome_feature");
        assertThat(event.context().userId()).isEqualTo(42L);
        assertThat(event.context().projectId()).isEqualTo(7L);
        assertThat(event.context().featureEnabledByNamespaceIds()).containsExactly(1L, 2L);
        assertThat(event.properties().label()).isEqualTo("x");
        assertThat(event.properties().value()).isEqualTo(1.5);
        assertThat(event.properties().extra())
                .containsExactly(Map.entry("model_engine", "a"), Map.entry("class", 3L), Map.entry("track", "t"));
        assertThat(event.category()).isEqualTo("java.lang.String");
    }

    @Test
    void says_of_one_event_what_no_property_is_for() throws Exception {
        EventDetails event = run("RequestAwesomeFeature.user(42).project(7)"
                + ".with(event -> event.inputTokens(5).modelName(\"m\")).label(\"x\").track(c);");

        assertThat(event.context().inputTokens()).isEqualTo(5L);
        assertThat(event.context().modelName()).isEqualTo("m");
        assertThat(event.properties().label()).isEqualTo("x");
    }

    @Test
    void takes_identifiers_from_the_context_when_told_to() throws Exception {
        assertThat(run("RequestAwesomeFeature.fromContext().track(c);")
                        .context()
                        .userId())
                .isNull();
        assertThat(run("NoIdentifiers.event().track(c);").name()).isEqualTo("no_identifiers");
        assertThat(run("Event9Lives.namespace(3).track(c);").context().namespaceId())
                .isEqualTo(3L);
    }

    @Test
    void a_missing_identifier_or_a_wrong_type_does_not_compile() throws IOException {
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).track(c);"))
                .contains("cannot find symbol", "track");
        assertThat(compile("Wrong", "RequestAwesomeFeature.project(7).track(c);"))
                .contains("error:");
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).project(\"7\").track(c);"))
                .contains("incompatible types: String cannot be converted to long");
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).project(7).label(3).track(c);"))
                .contains("incompatible types: int cannot be converted to String");
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).project(7).value(\"3\").track(c);"))
                .contains("error:");
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).project(7).modelEngine(true).track(c);"))
                .contains("error:");
        assertThat(compile("Wrong", "RequestAwesomeFeature.user(42).project(7).engine(\"x\").track(c);"))
                .contains("cannot find symbol");
    }

    @Test
    void a_removed_event_is_deprecated_for_removal() throws IOException {
        assertThat(generate().resolve("com/example/events/Gone.java"))
                .content()
                .contains(
                        "@Deprecated(forRemoval = true)\npublic final class Gone",
                        "@deprecated The event is removed since 18.2;");
    }

    @Test
    void what_is_as_it_was_is_not_touched_and_what_is_gone_is_removed() throws IOException {
        Path sources = generate();
        Path same = sources.resolve("com/example/events/NoIdentifiers.java");
        Path gone = sources.resolve("com/example/events/Gone.java");
        FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(same, old);
        Files.writeString(sources.resolve("com/example/events/Mine.java"), "package com.example.events; class Mine {}");
        Files.delete(folder.resolve("definitions/events/gone.yml"));

        generate();

        assertThat(Files.getLastModifiedTime(same)).isEqualTo(old);
        assertThat(gone).doesNotExist();
        assertThat(sources.resolve("com/example/events/Mine.java")).exists();
    }

    @Test
    void names_that_cannot_be_are_refused() throws IOException {
        Dictionary dictionary = DefinitionFiles.load(folder.resolve("definitions"));
        assertThatThrownBy(() -> TypedEvents.write(dictionary, folder, "com.example.class"))
                .hasMessage(
                        "package: \"com.example.class\" is not a valid package name; expected for example com.example.events");
        event("no__identifiers", "description: The same class\ntiers: [free]\n");
        assertThatThrownBy(this::generate)
                .hasMessage(
                        "the events \"no__identifiers\" and \"no_identifiers\" would both be the class NoIdentifiers; rename one");
    }

    @Test
    void the_site_has_a_page_for_each_event_and_no_markup_of_descriptions() throws IOException {
        Path site = folder.resolve("site");
        assertThat(DictionarySite.write(DefinitionFiles.load(folder.resolve("definitions")), site))
                .isEqualTo(6);

        assertThat(site.resolve("index.html"))
                .content()
                .contains("events/request_awesome_feature.html")
                .doesNotContain("<b>bold");
        assertThat(site.resolve("events/request_awesome_feature.html"))
                .content()
                .contains(".triggersInternalEvent(&quot;request_awesome_feature&quot;)", "&lt;b&gt;bold&lt;/b&gt;")
                .doesNotContain("<b>bold");
    }

    @Test
    void events_that_share_an_action_have_a_page_each() throws IOException {
        for (String category : List.of("merge_request", "a b", "a-b")) {
            Files.writeString(
                    folder.resolve("definitions/events/1_" + category.replace(' ', '_') + ".yml"),
                    "description: Of " + category + "\ncategory: " + category + "\naction: create\ntiers: [free]\n");
        }
        Path site = folder.resolve("site");

        assertThat(DictionarySite.write(DefinitionFiles.load(folder.resolve("definitions")), site))
                .isEqualTo(9);

        assertThat(site.resolve("index.html"))
                .content()
                .contains("events/create.html", "events/create-a-20b.html", "events/create-merge_request.html");
        assertThat(site.resolve("events/create.html")).content().contains("Of a-b");
        assertThat(site.resolve("events/create-merge_request.html")).content().contains("Of merge_request");
    }
}
