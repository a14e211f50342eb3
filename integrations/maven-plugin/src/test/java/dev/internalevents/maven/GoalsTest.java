package dev.internalevents.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.model.Model;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goals on a small project. */
class GoalsTest {

    private static final String EVENT = """
            description: A person closed a door
            internal_events: true
            action: close_door
            identifiers: [user]
            product_group: doors
            milestone: '18.1'
            introduced_by_url: https://example.com/1
            tiers: [free]
            """;

    @TempDir
    private Path project;

    private final List<String> lines = new ArrayList<>();
    private final MavenProject maven = new MavenProject(new Model());

    @BeforeEach
    void define() throws IOException {
        event("close_door", EVENT);
    }

    private void event(String file, String text) throws IOException {
        Path path = project.resolve("definitions/events/" + file + ".yml");
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** Sets the parameters as Maven does, names and values in turn. */
    private <M extends AbstractMojo> M goal(M mojo, Object... parameters) throws ReflectiveOperationException {
        set(mojo, "definitions", project.resolve("definitions").toFile());
        for (int i = 0; i < parameters.length; i += 2) {
            set(mojo, (String) parameters[i], parameters[i + 1]);
        }
        mojo.setLog(new SystemStreamLog() {
            @Override
            public void info(CharSequence content) {
                lines.add("INFO " + content);
            }

            @Override
            public void warn(CharSequence content) {
                lines.add("WARN " + content);
            }

            @Override
            public void error(CharSequence content) {
                lines.add("ERROR " + content);
            }
        });
        return mojo;
    }

    private static void set(Object mojo, String name, Object value) throws ReflectiveOperationException {
        Class<?> type = mojo.getClass();
        while (true) {
            try {
                Field field = type.getDeclaredField(name);
                field.setAccessible(true);
                field.set(mojo, value);
                return;
            } catch (NoSuchFieldException e) {
                type = type.getSuperclass();
                if (type == null) {
                    throw e;
                }
            }
        }
    }

    private GenerateMojo generate(String packageName) throws ReflectiveOperationException {
        return goal(
                new GenerateMojo(),
                "packageName",
                packageName,
                "outputDirectory",
                project.resolve("target/generated").toFile(),
                "project",
                maven);
    }

    @Test
    void valid_definitions_are_counted() throws Exception {
        goal(new ValidateMojo()).execute();

        assertThat(lines).containsExactly("INFO the definitions are valid; events: 1, metrics: 0");
    }

    @Test
    void an_error_fails_the_build_and_names_file_and_line() throws Exception {
        event("wrong", EVENT.replace("close_door", "wrong").replace("identifiers: [user]", "identifiers: [usr]"));
        ValidateMojo validate = goal(new ValidateMojo());

        assertThatThrownBy(validate::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageStartingWith("1 error in the definitions in ")
                .hasMessageContaining("events/wrong.yml:4: identifiers[0]: \"usr\" is not allowed");
        assertThat(lines).singleElement().asString().startsWith("ERROR events/wrong.yml:4: ");
    }

    @Test
    void what_gitlab_rejects_is_a_warning_or_an_error_if_strict() throws Exception {
        event("close_door", EVENT.replace("product_group: doors\n", ""));

        goal(new ValidateMojo()).execute();
        assertThat(lines)
                .containsExactly(
                        "WARN 1 warning; internal-events validate --warnings shows them",
                        "INFO the definitions are valid; events: 1, metrics: 0");
        ValidateMojo strict = goal(new ValidateMojo(), "strict", true);
        assertThatThrownBy(strict::execute).hasMessageContaining("missing, but required by GitLab: product_group");
    }

    @Test
    void groups_of_a_file_are_the_only_ones_if_strict() throws Exception {
        File groups = project.resolve("groups.yml").toFile();
        Files.writeString(groups.toPath(), "[windows]\n");
        ValidateMojo unknown = goal(new ValidateMojo(), "groups", groups, "strict", true);
        assertThatThrownBy(unknown::execute).hasMessageContaining("unknown name \"doors\"");

        Files.writeString(groups.toPath(), "[doors]\n");
        assertThatCode(unknown::execute).doesNotThrowAnyException();

        Files.delete(groups.toPath());
        assertThatThrownBy(unknown::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageStartingWith("the groups file cannot be used: ");
    }

    @Test
    void typed_events_are_written_and_compiled_with_the_project() throws Exception {
        generate("com.example.events").execute();

        assertThat(project.resolve("target/generated/com/example/events/CloseDoor.java"))
                .content()
                .contains("package com.example.events;");
        assertThat(maven.getCompileSourceRoots())
                .containsExactly(project.resolve("target/generated").toString());
        assertThat(lines).singleElement().asString().startsWith("INFO typed events: 1, in ");
    }

    @Test
    void a_wrong_package_fails_the_build_and_adds_no_sources() throws Exception {
        GenerateMojo generate = generate("com.example.class");

        assertThatThrownBy(generate::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("package: \"com.example.class\" is not a valid package name");
        assertThat(maven.getCompileSourceRoots()).isEmpty();
    }

    @Test
    void the_site_starts_with_an_index() throws Exception {
        File site = project.resolve("target/site").toFile();
        goal(new DocsMojo(), "siteDirectory", site).execute();

        assertThat(site.toPath().resolve("index.html")).content().contains("close_door");
        assertThat(lines).singleElement().asString().endsWith("start with " + new File(site, "index.html"));
    }

    @Test
    void a_skipped_goal_reads_and_writes_nothing() throws Exception {
        event("wrong", "no: event");
        GenerateMojo generate = generate("com.example.events");
        set(generate, "skip", true);
        generate.execute();
        goal(new ValidateMojo(), "skip", true).execute();
        goal(new DocsMojo(), "skip", true, "siteDirectory", project.resolve("site").toFile())
                .execute();

        assertThat(lines).containsExactly("INFO skipped", "INFO skipped", "INFO skipped");
        assertThat(project.resolve("target")).doesNotExist();
        assertThat(project.resolve("site")).doesNotExist();
    }
}
