package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of event sinks, on tables in a bucket, with a catalog in a SQLite file. */
@Tag("slow")
class BucketWithDatabaseSinkTest extends CatalogSinkContract {

    @TempDir
    private static Path objects;

    private static S3Server s3;

    @BeforeAll
    static void start() throws Exception {
        s3 = S3Server.start(objects);
    }

    @AfterAll
    static void stop() throws Exception {
        s3.close();
    }

    @Override
    String location() {
        return "s3://" + S3Server.BUCKET + "/" + folder.getFileName();
    }

    @Override
    String catalog() {
        return "jdbc:sqlite:" + folder.resolve("catalog.db");
    }

    @Override
    String endpoint() {
        return s3.url();
    }

    @Test
    void the_tables_are_below_the_prefix() {
        open().close();

        String place = read(TableShape.GOOD_EVENTS, Table::location);

        assertThat(place).isEqualTo(location() + "/good_events");
    }
}
