package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In tables in a folder. */
class LakeForgetTest extends LakeForgetContract {

    @Override
    SinkSettings lake(Duration commitEvery) {
        return new SinkSettings(folder.resolve("lake"), commitEvery, 1_000_000);
    }

    @Override
    @Nullable
    Table table(String name) {
        Path place = folder.resolve("lake").resolve(name);
        return new FolderTable(place).exists() ? Tables.open(place) : null;
    }

    @Override
    List<String> dataFiles(Table table) throws IOException {
        try (Stream<Path> all = Files.walk(Path.of(table.location()).resolve("data"))) {
            return all.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    @Test
    void persons_are_forgotten_once_a_lake_that_was_away_is_back() throws Exception {
        Path lake = folder.resolve("lake");
        try (Collector collector = start(Duration.ofSeconds(1))) {
            send(collector, OTHER);
            send(collector, PERSON);
            await().atMost(LONG).until(() -> users("good_events").size() == 2);
            Files.move(lake, folder.resolve("away"));
            Files.writeString(lake, "not a folder");
            forget(collector);
            maintainer(collector).runNow();
            await().atMost(LONG).until(() -> maintainer(collector).failures() > 0);
            assertThat(maintainer(collector).waitingForgets()).isEqualTo(1);

            Files.delete(lake);
            Files.move(folder.resolve("away"), lake);
            awaitForgotten(collector);
            assertThatNoFileHasThePerson();
        }
        assertThat(users("good_events")).containsExactly(OTHER);
    }
}
