package dev.internalevents.collector.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors when a disk becomes full while files are copied or restored. */
class FullDiskTest {

    private static final int MORE_THAN_THE_DISK = 2 << 20;

    @TempDir
    private Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()), "mounting needs root");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @Test
    void a_copy_that_fails_names_both_files_and_the_reason() throws Exception {
        Path from = Files.write(folder.resolve("counters"), new byte[MORE_THAN_THE_DISK]);

        try (BackupCopy copy = BackupCopy.in(disk)) {
            assertThatThrownBy(() -> copy.add("counters", from, Long.MAX_VALUE))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            from + " could not be copied to " + copy.place("counters") + ": No space left on device");
        }
        assertThat(disk).isEmptyDirectory();
    }

    @Test
    void a_file_that_cannot_be_restored_is_named_with_the_reason() {
        Path file = disk.resolve("events.duckdb");

        assertThatThrownBy(() -> {
                    try (RestoredFile restored = RestoredFile.of(file)) {
                        restored.write(new byte[MORE_THAN_THE_DISK]);
                    }
                })
                .isInstanceOf(RestoredFile.NotWrittenException.class)
                .hasMessage(file + " could not be written: No space left on device");
        assertThatThrownBy(() -> RestoredFile.of(disk.resolve("missing/id")))
                .hasMessage(disk.resolve("missing/id") + " could not be written: NoSuchFileException");
    }
}
