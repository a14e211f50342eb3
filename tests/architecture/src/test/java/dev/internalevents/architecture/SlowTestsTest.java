package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each test runs exactly once in {@code ./mvnw verify}: those with the tag {@code slow} in the execution of the root
 * pom that selects them, which a module turns on with a property, and all others in the phase {@code test}.
 */
class SlowTestsTest {

    private static final String PHASE = "<slow.tests.phase>integration-test</slow.tests.phase>";

    /** Returns the files of a module whose tests have tags. */
    private static Stream<Path> tagged(String module) {
        return SourceTree.testFiles(module).stream()
                .filter(file -> !SourceTree.find(file, "(?m)^ *(@Tags?\\b)").isEmpty());
    }

    /** Returns the classes that tests of any module extend, and whose tests have tags. */
    private static Set<String> taggedContracts() {
        Set<String> contracts = new TreeSet<>();
        for (String module : SourceTree.modules()) {
            tagged(module).forEach(file -> contracts.addAll(SourceTree.find(file, "abstract class (\\w+)")));
        }
        return contracts;
    }

    @Test
    void a_module_runs_slow_tests_if_it_has_some() {
        Set<String> contracts = taggedContracts();
        List<String> with = new ArrayList<>();
        List<String> running = new ArrayList<>();
        for (String module : SourceTree.modules()) {
            boolean inherits = SourceTree.testFiles(module).stream()
                    .flatMap(file -> SourceTree.find(file, "extends (\\w+)").stream())
                    .anyMatch(contracts::contains);
            if (inherits || tagged(module).findAny().isPresent()) {
                with.add(module);
            }
            if (SourceTree.text(SourceTree.pomOf(module)).contains(PHASE)) {
                running.add(module);
            }
        }
        assertThat(running).as("modules whose pom has " + PHASE).isEqualTo(with);
    }

    @Test
    void slow_is_the_only_tag() {
        Set<String> tags = new TreeSet<>();
        for (String module : SourceTree.modules()) {
            tagged(module).forEach(file -> tags.addAll(SourceTree.find(file, "(?m)^ *@(Tag.*)$")));
        }
        assertThat(tags).containsExactly("Tag(\"slow\")");
    }

    /** An engine selects tests by the annotation of its own library. */
    @Test
    void the_tag_is_one_of_the_tests_engine() {
        List<String> wrong = new ArrayList<>();
        for (String module : SourceTree.modules()) {
            tagged(module)
                    .filter(file -> {
                        String text = SourceTree.text(file);
                        // Contracts, whose tests are inherited, are JUnit's.
                        boolean isJqwik =
                                (text.contains("net.jqwik.api.Property;") || text.contains("net.jqwik.api.Example;"))
                                        && !text.contains("org.junit.jupiter.api.Test;")
                                        && !text.contains("org.junit.jupiter.params.ParameterizedTest;");
                        return !text.contains((isJqwik ? "net.jqwik.api" : "org.junit.jupiter.api") + ".Tag;");
                    })
                    .map(SourceTree::name)
                    .forEach(wrong::add);
        }
        assertThat(wrong).isEmpty();
    }
}
