package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catalogs that refuse, and tables that somebody else made. */
class ServerCatalogTest {

    private static final TableIdentifier GOOD = TableIdentifier.of("internal_events", "good_events");

    @TempDir
    private Path folder;

    private EventSink open(String catalog, Map<String, String> environment) {
        return open(folder.resolve("lake").toString(), catalog, environment);
    }

    private static EventSink open(String location, String catalog, Map<String, String> environment) {
        SinkSettings settings = new SinkSettings(
                location,
                catalog,
                SinkSettings.Format.ICEBERG,
                SinkSettings.DEFAULT_COMMIT_EVERY,
                SinkSettings.DEFAULT_COMMIT_BYTES);
        return new IcebergSinks(environment::get)
                .open(settings, new EventSinks.Owner(UUID.randomUUID(), "host", "/data"), key -> Optional.empty());
    }

    private String sqlite() {
        return "jdbc:sqlite:" + folder.resolve("behind.db");
    }

    /** Returns the catalog that a sink with this address uses. */
    private JdbcCatalog catalog() {
        JdbcCatalog catalog = new JdbcCatalog(properties -> new LocalFiles(), null, true);
        catalog.initialize(
                ServerCatalog.NAME,
                Map.of("uri", sqlite(), "warehouse", folder.resolve("w").toString(), "jdbc.schema-version", "V1"));
        return catalog;
    }

    @Test
    void a_server_is_asked_with_the_token_of_the_environment() throws IOException {
        try (JdbcCatalog behind = RestCatalogSinkTest.catalog(folder);
                RestServer rest = RestServer.start(behind, "right-token", 0)) {
            String address = "rest:" + rest.url();
            assertThatThrownBy(() -> open(address, Map.of()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("cannot be written: the catalog: ")
                    .hasMessageContaining("not authorized");
            assertThatThrownBy(() -> open(address, Map.of(CatalogConnector.TOKEN, "hush-hush")))
                    .isInstanceOf(SinkException.class)
                    .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("hush"));
            open(address, Map.of(CatalogConnector.TOKEN, "right-token")).close();
            open(
                            address + "?scope=all&oauth2-server-uri=" + rest.url() + "/v1/oauth/tokens",
                            Map.of(CatalogConnector.USER, "me", CatalogConnector.PASSWORD, "x"))
                    .close();
            assertThat(behind.tableExists(GOOD)).isTrue();
        }
    }

    @Test
    void a_server_that_is_not_a_catalog_or_is_away_is_named() {
        assertThatThrownBy(() -> open("rest:http://127.0.0.1:1", Map.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("cannot be written: the catalog: ")
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> open("jdbc:postgresql://127.0.0.1:1/x", Map.of(CatalogConnector.PASSWORD, "hush")))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("the catalog: Connection to 127.0.0.1:1 refused")
                .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("hush"));
        assertThatThrownBy(() -> open("jdbc:nosuch://db/x", Map.of()))
                .isInstanceOf(SinkException.class)
                .hasMessage("lake-catalog: no JDBC driver on the class path knows jdbc:nosuch: addresses; add the"
                        + " driver to it, or use jdbc:postgresql:");
    }

    @Test
    void a_table_with_other_columns_is_left_alone() throws IOException {
        try (JdbcCatalog catalog = catalog()) {
            catalog.createNamespace(Namespace.of("internal_events"));
            catalog.createTable(GOOD, new Schema(Types.NestedField.optional(1, "x", Types.StringType.get())));
        }

        assertThatThrownBy(() -> open(sqlite(), Map.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("good_events whose column number is missing, so this program did not make it;"
                        + " rename it, or choose another catalog with --lake-catalog");
    }

    @Test
    void a_table_in_another_folder_is_used_where_it_is() throws IOException {
        open(sqlite(), Map.of()).close();
        try (EventSink sink = open(folder.resolve("other").toString(), sqlite(), Map.of())) {
            assertThat(sink.place()).isZero();
        }
        try (JdbcCatalog catalog = catalog()) {
            assertThat(catalog.loadTable(GOOD).location())
                    .isEqualTo(folder.resolve("lake").resolve("good_events").toString());
        }
        assertThatThrownBy(() -> open("s3://some-bucket/prefix", sqlite(), Map.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("expected --lake with the place of the table");
    }

    @Test
    void a_catalog_of_another_version_is_refused_with_the_reason_of_the_database() throws SQLException {
        execute("CREATE TABLE iceberg_tables (catalog_name TEXT, version_3_name TEXT, iceberg_type TEXT)");

        assertThatThrownBy(() -> open(sqlite(), Map.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("cannot be written: the catalog: ")
                .hasMessageContaining("no such column");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(sqlite());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
