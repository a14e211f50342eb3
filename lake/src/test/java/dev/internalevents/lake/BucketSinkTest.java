package dev.internalevents.lake;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract of event sinks, on tables in a bucket, without a catalog. */
@Tag("slow")
class BucketSinkTest extends CatalogSinkContract {

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
    @Nullable
    String catalog() {
        return null;
    }

    @Override
    String endpoint() {
        return s3.url();
    }
}
