package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes that are found when a collector starts. */
class LakeCheckTest {

    @TempDir
    private Path folder;

    private static void check(Path lake, @Nullable String catalog, SinkSettings.Format format) {
        EventSinks.find().check(new SinkSettings(lake.toString(), catalog, format, Duration.ofMinutes(5), 128_000_000));
    }

    @Test
    void a_file_is_not_a_lake_and_nothing_can_be_below_it() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> check(file, null, SinkSettings.Format.ICEBERG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lake: " + file + " is a file; expected a folder, which is created if it is missing");
        assertThatThrownBy(() -> check(file.resolve("a/b"), null, SinkSettings.Format.PARQUET))
                .hasMessage("lake: " + file + "/a/b is below " + file
                        + ", a file; expected a folder, which is created if it is missing");
        assertThatCode(() -> check(folder.resolve("missing/lake"), null, SinkSettings.Format.ICEBERG))
                .doesNotThrowAnyException();
    }

    @Test
    void a_folder_with_another_format_is_rejected() throws IOException {
        Path parquet = Files.createDirectories(folder.resolve("parquet/" + ParquetTable.STATE));
        Path iceberg = Files.createDirectories(folder.resolve("iceberg/good_events/metadata"));
        assertThatThrownBy(() -> check(parquet.getParent(), null, SinkSettings.Format.ICEBERG))
                .hasMessageEndingWith(
                        "to which Iceberg tables cannot be added; expected another folder, or --lake-format parquet");
        assertThatThrownBy(() -> check(folder.resolve("iceberg"), null, SinkSettings.Format.PARQUET))
                .hasMessageEndingWith(
                        "to which Parquet files cannot be added; expected another folder, or --lake-format iceberg");
        check(parquet.getParent(), null, SinkSettings.Format.PARQUET);
        check(iceberg.getParent().getParent(), null, SinkSettings.Format.ICEBERG);
    }

    @Test
    void a_link_that_leads_nowhere_is_rejected() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("missing"));
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        for (Path wrong : List.of(link, loop)) {
            for (Path lake : List.of(wrong, wrong.resolve("below"))) {
                assertThatThrownBy(() -> check(lake, null, SinkSettings.Format.ICEBERG))
                        .hasMessage("lake: " + wrong + " is a symbolic link whose target does not exist; expected a"
                                + " folder, or a link to one");
            }
        }
        Files.createDirectory(folder.resolve("missing"));
        check(link.resolve("below"), null, SinkSettings.Format.ICEBERG);
    }

    @Test
    void an_address_that_its_driver_cannot_read_is_rejected() {
        for (String typo : List.of(
                "jdbc:postgresql://127.0.0.1:54x2/lake",
                "jdbc:postgresql://127.0.0.1:99999/lake",
                "jdbc:postgresql:/127.0.0.1/lake")) {
            assertThatThrownBy(() -> check(folder, typo, SinkSettings.Format.ICEBERG))
                    .hasMessage("lake-catalog: the JDBC driver for jdbc:postgresql: cannot read this address; expected"
                            + " for example jdbc:postgresql://HOST:PORT/DATABASE");
        }
    }

    @Test
    void a_database_without_a_driver_is_rejected() {
        assertThatThrownBy(() -> check(folder, "jdbc:nosuch:thing", SinkSettings.Format.ICEBERG))
                .hasMessage("lake-catalog: no JDBC driver on the class path knows jdbc:nosuch: addresses; add the"
                        + " driver to it, or use jdbc:postgresql:");
        check(folder, "jdbc:postgresql://127.0.0.1:1/nothing", SinkSettings.Format.ICEBERG);
        check(folder, "rest:http://127.0.0.1:1/nothing", SinkSettings.Format.ICEBERG);
    }
}
