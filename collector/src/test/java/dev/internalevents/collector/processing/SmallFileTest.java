package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small file that other processes change while this process writes it. */
class SmallFileTest {

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("last-known");
    }

    private String read() {
        try (SmallFile file = new SmallFile(path())) {
            return String.valueOf(file.read());
        }
    }

    @Test
    void a_file_that_is_deleted_while_it_is_written_is_made_again() throws Exception {
        try (SmallFile file = new SmallFile(path())) {
            file.write("one");
            Files.delete(path());
            file.write("two");
            assertThat(read()).isEqualTo("two");
        }
    }

    @Test
    void a_file_that_is_replaced_while_it_is_written_is_written_to() throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "something else that is longer than the text");
        try (SmallFile file = new SmallFile(path())) {
            file.write("one");
            Files.delete(path());
            Files.move(other, path());
            file.write("two");
            assertThat(read()).isEqualTo("two");
        }
    }

    @Test
    void a_folder_that_is_deleted_with_it_comes_back_with_the_next_write_after_it_is_there_again() throws Exception {
        Path below = Files.createDirectory(folder.resolve("data"));
        try (SmallFile file = new SmallFile(below.resolve("clock"))) {
            file.write("one");
            Files.delete(below.resolve("clock"));
            Files.delete(below);
            file.write("two");
            Files.createDirectory(below);
            file.write("three");
        }
        try (Stream<Path> files = Files.list(below)) {
            assertThat(files).containsExactly(below.resolve("clock"));
        }
    }
}
