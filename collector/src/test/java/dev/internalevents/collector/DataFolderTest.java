package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.PseudonymSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which folders a collector accepts, and what it leaves in them. */
class DataFolderTest {

    @TempDir
    Path temporary;

    private static Collector start(Path folder) throws IOException {
        return Collector.start(CollectorSettings.collector(folder).port(0).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes.txt", "project/bin/run", ".git/config", "spool/mail/root", "ids/x", "temporary/x"})
    void a_folder_with_something_else_in_it_is_refused_and_left_as_it_is(String file) throws Exception {
        Path folder = temporary.resolve("home");
        Path inside = folder.resolve(file);
        Files.createDirectories(inside.getParent());
        Files.writeString(inside, "x");
        Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> before = permissions(folder);

        assertThatThrownBy(() -> start(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("data: ")
                .hasMessageContaining("is not empty and is not a collector's folder")
                .hasMessageContaining("choose a new folder");

        assertThat(permissions(folder)).isEqualTo(before);
    }

    private static List<String> permissions(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().map(DataFolderTest::permission).toList();
        }
    }

    private static String permission(Path file) {
        try {
            return file + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            return file + " " + e;
        }
    }

    @Test
    void a_folder_that_cannot_be_created_is_named_with_the_reason() throws Exception {
        Path file = Files.writeString(temporary.resolve("file.txt"), "x");
        Path below = file.resolve("deep/data");

        assertThatThrownBy(() -> start(below))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data: " + below + " cannot be created, because " + file
                        + " is not a folder; choose another folder");
    }

    @Test
    void a_folder_that_this_user_cannot_write_is_named_with_the_reason() throws Exception {
        Path locked = Files.createDirectory(temporary.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeThat(Files.isWritable(locked)).as("root may write anywhere").isFalse();
        Path below = locked.resolve("deep/data");

        assertThatThrownBy(() -> start(below))
                .hasMessage("data: " + below + " cannot be created, because this user cannot write to " + locked
                        + "; choose another folder");
        assertThatThrownBy(() -> start(locked))
                .hasMessage("data: " + locked
                        + " cannot be written by this user; make this user its owner, or choose another folder");
    }

    @Test
    void no_name_and_a_file_are_refused() throws Exception {
        assertThatThrownBy(() -> CollectorSettings.collector(Path.of("")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data: it is empty");
        Path file = Files.writeString(temporary.resolve("file"), "x");
        assertThatThrownBy(() -> start(file)).hasMessageContaining("is not a folder");
        assertThat(file).content().isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lost+found/x"})
    void an_empty_folder_and_a_new_disk_are_taken_and_taken_again(String inside) throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("data"));
        if (!inside.isEmpty()) {
            Files.createDirectory(folder.resolve("lost+found"));
        }
        for (int i = 0; i < 2; i++) {
            try (Collector collector = start(folder)) {
                assertThat(collector.port()).isPositive();
            }
        }
    }

    @Test
    void an_id_that_is_replaced_by_a_pseudonym_is_in_no_file_once_its_event_is_stored() throws Exception {
        Path folder = temporary.resolve("data");
        PseudonymSettings pseudonyms =
                new PseudonymSettings("a key of some length", EnumSet.allOf(PseudonymSettings.Field.class));
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.collector(folder).pipeline(new PipelineSettings(true, 0, pseudonyms)));
            collector.track(
                    "{\"e\":\"pv\",\"uid\":\"user-secret-4711\"}", "{\"e\":\"nonsense\",\"uid\":\"user-secret-4711\"}");

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> collector.json("/micro/all").path("total").asInt() == 2);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> filesWith(folder, "user-secret").isEmpty());
        }
        assertThat(filesWith(folder, "user-secret")).isEmpty();
    }

    private static List<Path> filesWith(Path folder, String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, text))
                    .toList();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            // The file was deleted meanwhile.
            return false;
        }
    }
}
