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

    /** A text is named by its licence, and by the beginning of the library's name if it is of one library. */
    @Test
    void each_licence_other_than_apache_has_its_text() throws IOException {
        assertThat(HOME.resolve("NOTICE")).content().contains("licenses/");
        List<String> texts;
        try (Stream<Path> files = Files.list(LICENCES)) {
            texts = files.map(file -> file.getFileName().toString().replaceFirst("\\.txt$", ""))
                    .toList();
        }
        List<String> without = Files.readAllLines(LICENCES.resolve("THIRD-PARTY.txt")).stream()
                .skip(2)
                .filter(line -> !line.contains("Apache-2.0"))
                .filter(line -> texts.stream().noneMatch(text -> isOf(text, line)))
                .toList();

        assertThat(without).as("libraries without a text in licenses/").isEmpty();
        // Native libraries inside of others.
        assertThat(texts).contains("BSD-3-Clause-zstd", "BSD-3-Clause-snappy");
    }

    private static boolean isOf(String text, String line) {
        String[] columns = line.split(" {2,}");
        String library = columns[0].substring(columns[0].indexOf(':') + 1);
        return Stream.of(columns[1].split(" or "))
                .anyMatch(licence -> text.equals(licence)
                        || (text.startsWith(licence + "-")
                                && library.startsWith(text.substring(licence.length() + 1))));
    }
}
