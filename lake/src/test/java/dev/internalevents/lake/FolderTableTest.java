package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits of two processes to one table without a catalog. */
class FolderTableTest {

    private static final int MORE_THAN_ARE_KEPT = 40;

    @TempDir
    private Path folder;

    @Test
    void a_commit_that_was_suspended_until_its_number_was_free_again_fails() {
        FolderCatalog catalog = new FolderCatalog(folder);
        TableOperations suspended = ((HasTableOperations) catalog.open(TableShape.GOOD_EVENTS)).operations();
        TableMetadata base = suspended.refresh();
        Table other = catalog.open(TableShape.GOOD_EVENTS);
        for (int i = 1; i <= MORE_THAN_ARE_KEPT; i++) {
            other.updateProperties().set("commit", Integer.toString(i)).commit();
        }
        Path next = folder.resolve("good_events/metadata/v2.metadata.json");
        assertThat(next).doesNotExist();

        assertThatThrownBy(() -> suspended.commit(base, base.replaceProperties(Map.of("commit", "late"))))
                .isInstanceOf(CommitFailedException.class);

        assertThat(next).doesNotExist();
        suspended.refresh();
        assertThat(suspended.current().properties()).containsEntry("commit", Integer.toString(MORE_THAN_ARE_KEPT));
    }
}
