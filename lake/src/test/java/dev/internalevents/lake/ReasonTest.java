package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.UUID;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.junit.jupiter.api.Test;

class ReasonTest {

    @Test
    void a_full_disk_is_named_and_the_file_is_not() {
        String file = "/lake/metadata/." + UUID.randomUUID() + ".metadata.json";
        IOException full = new IOException("No space left on device");

        assertThat(Reason.of(new RuntimeIOException(full, "Failed to write json to file: %s", file)))
                .isEqualTo("No space left on device");
        assertThat(Reason.of(new UncheckedIOException(new FileSystemException(file, null, "No space left on device"))))
                .isEqualTo("No space left on device");
        assertThat(Reason.of(new UncheckedIOException(new AccessDeniedException(file))))
                .isEqualTo("access is denied to the user " + System.getProperty("user.name")
                        + ", who needs the right to write there");
    }

    @Test
    void a_host_that_does_not_exist_is_named() {
        String expected = "the catalog: there is no host db.invalid; check the address of --lake-catalog";

        assertThat(Reason.of(new UncheckedSQLException(
                        new SQLException("The connection attempt failed.", new UnknownHostException("db.invalid")),
                        "cannot initialize")))
                .isEqualTo(expected);
        assertThat(Reason.of(new RESTException(
                        new UnknownHostException("db.invalid: Name or service not known"), "Error: %s", "x")))
                .isEqualTo(expected);
    }

    @Test
    void the_same_trouble_has_the_same_short_text() {
        String first = Reason.of(new IllegalStateException("/lake/data/" + UUID.randomUUID() + "-m0.avro is damaged"));
        String second = Reason.of(new IllegalStateException("/lake/data/" + UUID.randomUUID() + "-m0.avro is damaged"));

        assertThat(first).isEqualTo(second).isEqualTo("/lake/data/a file is damaged");
        assertThat(Reason.of(new IllegalStateException("x".repeat(10_000)))).hasSizeLessThan(300);
        assertThat(Reason.of(new NullPointerException())).isEqualTo("null pointer");
    }
}
