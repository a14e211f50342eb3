package dev.internalevents.metrics.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.testkit.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that accepts the role only with TLS and a password. */
@Tag("slow")
class PostgresTlsTest {

    @TempDir
    private static Path folder;

    private static PostgresServer server;
    private static String database;

    @BeforeAll
    static void start() throws Exception {
        Path keys = Files.createDirectory(folder.resolve("server"));
        TestCertificate certificate = TestCertificate.create(keys, "127.0.0.1");
        certificate.pem();
        Files.setPosixFilePermissions(certificate.keyPem(), PosixFilePermissions.fromString("rw-------"));
        TestCertificate.create(Files.createDirectory(folder.resolve("other")), "127.0.0.1")
                .pem();
        Path access = Files.writeString(folder.resolve("pg_hba.conf"), """
                hostssl all shop 127.0.0.1/32 scram-sha-256
                host all postgres 127.0.0.1/32 trust
                """);
        server = PostgresServer.start(
                folder,
                Map.of(
                        "ssl", "on",
                        "ssl_cert_file", keys.resolve("cert.pem").toString(),
                        "ssl_key_file", keys.resolve("key.pem").toString(),
                        "hba_file", access.toString()));
        database = PostgresServer.database(server.newDatabase());
        server.execute(database, "CREATE ROLE shop LOGIN PASSWORD 's3cret'");
        server.execute(database, "GRANT CREATE ON SCHEMA public TO shop");
        Files.writeString(folder.resolve("right"), "s3cret\n");
        Files.writeString(folder.resolve("wrong"), "s3cret2\n");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String address(String query) {
        return "postgresql://shop@127.0.0.1:" + server.port() + "/" + database + "?"
                + query.replace("FOLDER", folder.toString());
    }

    @Test
    void a_certificate_that_is_trusted_and_a_password_from_a_file_are_accepted() {
        try (PostgresMetricStore store =
                open(address("sslmode=verify-full&sslrootcert=FOLDER/server/cert.pem&passwordfile=FOLDER/right"))) {
            assertThat(store.applied(UUID.randomUUID())).isNull();
            assertThat(store.installation()).isPresent();
        }
        try (PostgresMetricStore store = new PostgresMetricStore(
                PostgresAddress.parse(address("sslmode=require")),
                Map.of("INTERNAL_EVENTS_METRICS_PASSWORD", "s3cret"),
                Duration.ofSeconds(10))) {
            assertThat(store.installation()).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sslmode=verify-full&passwordfile=FOLDER/right | PKIX path building failed",
                "sslmode=verify-full&sslrootcert=FOLDER/other/cert.pem&passwordfile=FOLDER/right | cannot be reached",
                "sslmode=verify-ca&sslrootcert=FOLDER/none.pem&passwordfile=FOLDER/right | none.pem",
                "sslmode=disable&passwordfile=FOLDER/right | no pg_hba.conf entry",
                "sslmode=require&passwordfile=FOLDER/wrong | password authentication failed",
                "sslmode=require&passwordfile=FOLDER/none | the file of the password cannot be read"
            })
    void anything_else_is_refused_with_the_reason(String query, String message) {
        try (PostgresMetricStore store = open(address(query))) {
            assertThatThrownBy(() -> store.applied(UUID.randomUUID()))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("s3cret");
        }
    }

    private static PostgresMetricStore open(String address) {
        return PostgresServer.open(address);
    }
}
