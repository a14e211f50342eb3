package dev.internalevents.lake;

import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The contract of event sinks, on tables in a folder, with a catalog behind Iceberg's REST protocol. */
@Tag("slow")
class RestCatalogSinkTest extends CatalogSinkContract {

    private JdbcCatalog behind;
    private RestServer rest;

    @BeforeEach
    void start() throws Exception {
        behind = catalog(folder);
        rest = RestServer.start(behind, null, 0);
    }

    /** Returns a catalog in a SQLite file of the folder. */
    static JdbcCatalog catalog(Path folder) {
        JdbcCatalog catalog = new JdbcCatalog(properties -> new LocalFiles(), null, true);
        catalog.initialize(
                "behind",
                Map.of(
                        CatalogProperties.URI,
                        "jdbc:sqlite:" + folder.resolve("behind.db"),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        folder.resolve("elsewhere").toString()));
        return catalog;
    }

    @AfterEach
    void stop() {
        rest.close();
        behind.close();
    }

    @Override
    String location() {
        return folder.resolve("lake").toString();
    }

    @Override
    String catalog() {
        return "rest:" + rest.url();
    }

    @Override
    @Nullable
    String endpoint() {
        return null;
    }
}
