package dev.internalevents.lake;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract of event sinks, on tables in a folder, with a catalog in PostgreSQL. */
@Tag("slow")
class PostgresCatalogSinkTest extends CatalogSinkContract {

    @TempDir
    private static Path data;

    private static PostgresServer postgres;

    private final String database = postgres.newDatabase();

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(data);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Override
    String location() {
        return folder.resolve("lake").toString();
    }

    @Override
    String catalog() {
        return PostgresServer.catalog(postgres.port(), database);
    }

    @Override
    @Nullable
    String endpoint() {
        return null;
    }
}
