package dev.internalevents.store.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index with many ids, in a process with the command's default memory; nightly with 200 million ids. */
@Tag("slow")
class IdIndexScaleTest {

    private static final long IDS = Long.getLong("seen.ids", 200_000);

    @TempDir
    Path folder;

    @Test
    void many_ids_in_little_memory() throws Exception {
        assertThat(run(IDS, IdIndex.Settings.DEFAULTS)).contains(" decisions: 0 wrong");
    }

    /** The same ratio as six billion ids with the default filter memory: most filters are only on the disk. */
    @Test
    void a_thousandth_of_six_billion_ids_with_a_thousandth_of_the_memory() throws Exception {
        IdIndex.Settings settings = new IdIndex.Settings(1 << 17, IdIndex.Settings.DEFAULTS.filterBytes() / 1_000);
        assertThat(run(Math.min(6 * IDS, 6_000_000), settings)).contains(" decisions: 0 wrong");
    }

    private String run(long ids, IdIndex.Settings settings) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdIndexScale.class.getName(),
                        folder.resolve("ids").toString(),
                        String.valueOf(ids),
                        String.valueOf(Math.min(IDS / 20, 500_000) * 20),
                        String.valueOf(settings.tableEntries()),
                        String.valueOf(settings.filterBytes())))
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), "output"))
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(folder.resolve("output"));
        System.out.println(output);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
