package dev.internalevents.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VariablesListTest {

    private static final Pattern NAME = Pattern.compile("INTERNAL_EVENTS_[A-Z_]*[A-Z]");

    /** A variable that is read but not in the list would be reported as misspelt, if its name is similar to another. */
    @Test
    void the_list_has_every_variable_that_the_sources_name() throws IOException {
        TreeSet<String> named = new TreeSet<>();
        for (String folder : List.of("src/main", "../collector/src/main", "../distribution/src/main/scripts")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(file -> file.toString().matches(".*(\\.java|\\.bat|\\.xml|internal-events)"))
                        .toList()) {
                    NAME.matcher(Files.readString(file)).results().forEach(name -> named.add(name.group()));
                }
            }
        }

        assertThat(Variables.names()).containsExactlyInAnyOrderElementsOf(named);
    }
}
