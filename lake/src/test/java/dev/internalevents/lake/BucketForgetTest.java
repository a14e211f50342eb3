package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.lake.s3.S3Files;
import dev.internalevents.store.SinkSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In tables in a bucket, through a server with S3's protocol. */
@Tag("slow")
class BucketForgetTest extends LakeForgetContract {

    private static final String LAKE = "s3://" + S3Server.BUCKET + "/lake";

    private S3Server s3;
    private S3Files files;

    @BeforeEach
    void start() throws Exception {
        s3 = S3Server.start(folder.resolve("objects"));
        files = new S3Files(s3.settings());
    }

    @AfterEach
    void stop() throws Exception {
        files.close();
        s3.close();
    }

    @Override
    SinkSettings lake(Duration commitEvery) {
        return new SinkSettings(LAKE, null, SinkSettings.Format.ICEBERG, commitEvery, 1_000_000, s3.url());
    }

    @Override
    @Nullable
    Table table(String name) {
        String location = LAKE + "/" + name;
        return new BucketTable(location, files).exists() ? Tables.open(files, location) : null;
    }

    @Override
    List<String> dataFiles(Table table) {
        return StreamSupport.stream(
                        files.listPrefix(table.location() + "/data/").spliterator(), false)
                .map(FileInfo::location)
                .toList();
    }

    @Test
    void persons_are_forgotten_once_a_bucket_that_was_away_is_back() throws Exception {
        try (Collector collector = start(Duration.ofSeconds(1))) {
            send(collector, OTHER);
            send(collector, PERSON);
            await().atMost(LONG).until(() -> users("good_events").size() == 2);
            s3.stop();
            forget(collector);
            maintainer(collector).runNow();
            await().atMost(LONG).until(() -> maintainer(collector).failures() > 0);
            assertThat(maintainer(collector).waitingForgets()).isEqualTo(1);

            s3.start();
            awaitForgotten(collector);
            assertThatNoFileHasThePerson();
        }
        assertThat(users("good_events")).containsExactly(OTHER);
    }
}
