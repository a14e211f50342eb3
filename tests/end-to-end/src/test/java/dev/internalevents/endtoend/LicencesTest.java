package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the libraries with which the command is distributed, and their licences. */
class LicencesTest {

    private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();
    private static final Path LICENCES = HOME.resolve("licenses");

    @Test
    void each_library_is_named_with_its_licence_and_no_other() throws IOException {
        Set<String> libraries = new HashSet<>();
        for (String folder : List.of("cli/target/lib", "lake/target/lib")) {
            try (Stream<Path> jars = Files.list(HOME.resolve(folder))) {
                jars.map(jar -> jar.getFileName().toString().replaceFirst("-[0-9][^-]*(-[0-9]+|-SNAPSHOT)?\\.jar$", ""))
                        .filter(name -> !name.startsWith("internal-events-"))
                        .forEach(libraries::add);
            }
        }
        Set<String> named = Files.readAllLines(LICENCES.resolve("THIRD-PARTY.txt")).stream()
                .skip(2)
                .map(line -> line.split("\\s+", 3))
                .filter(columns -> !columns[1].isBlank())
                .map(columns -> columns[0].substring(columns[0].indexOf(':') + 1))
                .collect(Collectors.toSet());

        assertThat(libraries).isNotEmpty();
        assertThat(named).as("libraries in licenses/THIRD-PARTY.txt").containsExactlyInAnyOrderElementsOf(libraries);
    }

    @Test
    void the_notice_and_the_texts_are_there() throws IOException {
        assertThat(HOME.resolve("NOTICE")).content().contains("licenses/");
        try (Stream<Path> texts = Files.list(LICENCES)) {
            assertThat(texts.map(text -> text.getFileName().toString()))
                    .contains(
                            "MIT-duckdb.txt",
                            "MIT-slf4j.txt",
                            "BSD-3-Clause-jline.txt",
                            "LGPL-2.1.txt",
                            "BSD-2-Clause-postgresql.txt");
        }
    }
}
