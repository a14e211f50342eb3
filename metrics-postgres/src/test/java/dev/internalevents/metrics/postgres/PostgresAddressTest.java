package dev.internalevents.metrics.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresAddressTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "postgresql://db.example.com/metrics, jdbc:postgresql://db.example.com:5432/metrics,",
        "postgres://shop@db:6000/metrics, jdbc:postgresql://db:6000/metrics, shop",
        "postgresql://shop%40eu@[::1]:6000/a%20b+c, jdbc:postgresql://[::1]:6000/a%20b%2Bc, shop@eu",
        "'postgresql://a,b:6000/metrics?user=me', 'jdbc:postgresql://a:5432,b:6000/metrics', me",
        "postgresql://db/a%3FsocketFactory%3Dx, jdbc:postgresql://db:5432/a%3FsocketFactory%3Dx,",
    })
    void is_parsed(String address, String url, String user) {
        PostgresAddress parsed = PostgresAddress.parse(address);

        assertThat(parsed.url()).isEqualTo(url);
        assertThat(parsed.user()).isEqualTo(user);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://me:s3cret@db/metrics           | the address contains a password",
                "postgresql://me:s3cret/db                   | not a valid host",
                "postgresql://me:a?s3cret@db/metrics         | a parameter is not supported; expected one of sslmode",
                "postgresql://me:a?secret=s3cret@db/metrics  | a parameter is not supported; expected one of sslmode",
                "postgresql://me:s3cret@x:y@db/metrics       | the address contains a password",
                "postgresql://db/metrics?password=s3cret     | the address contains a password",
                "postgresql://db/metrics?sslpassword=s3cret  | the address contains a password",
                "postgresql://db                             | not a valid PostgreSQL address; expected postgresql://",
                "postgresql:///metrics                       | not a valid PostgreSQL address; expected postgresql://",
                "postgresql://db/metrics/more                | not a valid PostgreSQL address; expected postgresql://",
                "postgresql://db/%                           | an invalid %",
                "postgresql://d b/metrics                    | not a valid host and port",
                "postgresql://db:0/metrics                   | not a valid port: 0; expected 1 to 65535",
                "postgresql://db/m?socketFactory=evil.Class  | the parameter \"socketFactory\" is not supported",
                "postgresql://db/m?sslmode=on                | sslmode: \"on\" is not a mode; expected one of disable",
                "postgresql://db/m?schema=a.b                | schema: \"a.b\" is not supported; expected lower-case",
                "postgresql://me%3As3cret@db/metrics         | the address contains a password",
                "postgresql://me%3As3cret%40x@db/metrics     | the address contains a password",
                "postgresql://db/metrics?user=me:s3cret      | the address contains a password",
                "postgresql://db/metrics&password=s3cret     | the address contains a password",
                "postgresql://db/metrics;Password=s3cret     | the address contains a password",
                "postgresql://db/m%26password%3Ds3cret       | the address contains a password",
                "postgresql://db/metrics&sslkey=s3cret       | the database's name contains &, ; or =",
                "postgresql://db/m?sslmode=on;password=s3cret | sslmode: the value is not a mode; expected one of",
                "postgresql://db/m?schema=a;password=s3cret  | schema: the value is not supported; expected lower-case",
                "postgresql://db/m?PASSWORD=s3cret           | the parameter \"PASSWORD\" is not supported",
                "postgresql://db/m?sslrootcert=/ca.pem       | sslrootcert has no effect with sslmode=prefer",
                "postgresql://db/m?sslrootcert=/c&sslmode=require | sslrootcert has no effect with sslmode=require",
                "mysql://db/m                                | not a valid PostgreSQL address"
            })
    void is_refused_with_the_reason(String address, String message) {
        assertThatThrownBy(() -> PostgresAddress.parse(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void a_password_is_in_a_file_or_in_the_environment() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "of the file\n");
        Map<String, String> both = Map.of("INTERNAL_EVENTS_METRICS_PASSWORD", "own", "PGPASSWORD", "common");

        assertThat(password("?passwordfile=" + file, both)).isEqualTo("of the file");
        assertThat(password("", both)).isEqualTo("own");
        assertThat(password("", Map.of("PGPASSWORD", "common"))).isEqualTo("common");
        assertThat(password("", Map.of())).isNull();
        Path large = Files.write(folder.resolve("large"), new byte[5_000]);
        assertThatThrownBy(() -> password("?passwordfile=" + large, both)).hasMessageContaining("more than 4096 bytes");
    }

    private static String password(String query, Map<String, String> environment) throws IOException {
        return PostgresAddress.parse("postgresql://db/metrics" + query)
                .properties(environment)
                .getProperty("password");
    }

    @Test
    void verified_certificates_are_those_the_jvm_trusts_if_no_file_is_named() throws IOException {
        Properties trusted =
                PostgresAddress.parse("postgresql://db/m?sslmode=verify-full").properties(Map.of());
        Properties own = PostgresAddress.parse("postgresql://db/m?sslmode=verify-full&sslrootcert=/ca.pem")
                .properties(Map.of());

        assertThat(trusted)
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        assertThat(own).containsEntry("sslrootcert", "/ca.pem").doesNotContainKey("sslfactory");
    }
}
