package dev.internalevents.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.store.SinkSettings.Format;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SinkSettingsTest {

    private static SinkSettings settings(String location, @Nullable String catalog, @Nullable String endpoint) {
        return new SinkSettings(location, catalog, Format.ICEBERG, Duration.ofMinutes(1), 1_000_000, endpoint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3://bucket/prefix", "s3://bucket/prefix/", "s3://my-bucket.of.mine/a/b=1/c_d", "s3://abc"})
    void a_bucket_with_a_prefix_is_a_location(String location) {
        SinkSettings settings = settings(location, null, null);

        assertThat(location).startsWith(settings.location());
        assertThat(settings.location()).doesNotEndWith("/");
        assertThat(settings.folder()).isNull();
    }

    @Test
    void a_path_is_absolute() {
        assertThat(settings("a/../b", null, null).folder())
                .isEqualTo(Path.of("b").toAbsolutePath());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://",
                "s3://b",
                "s3:///prefix",
                "s3://Bucket/prefix",
                "s3://bucket/a b",
                "s3://bucket/a//b",
                "s3://bucket//a",
                "s3://bucket/../a",
                "s3://bucket/a/..",
                "s3://bucket/a?versionId=1",
                "s3://bucket/a#b",
                "gs://bucket/prefix",
                "file:///var/lib/lake",
                "abfss:container",
                "",
                " "
            })
    void other_locations_are_rejected_with_what_is_expected(String location) {
        assertThatThrownBy(() -> settings(location, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lake: ")
                .hasMessageContaining("s3://BUCKET/PREFIX");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://key:hush@bucket/prefix", "s3://hush@bucket", "s3://bucket/prefix@hush", "hush://x"})
    void a_location_with_a_secret_is_rejected_without_repeating_it(String location) {
        assertThatThrownBy(() -> settings(location, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage().replace("\"hush:…\"", ""))
                        .doesNotContain("hush"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/lake?sslmode=verify-full",
                "jdbc:sqlite:/var/lib/catalog.db",
                "rest:https://catalog.example/iceberg?warehouse=events",
                "rest:http://127.0.0.1:8181",
                "rest:http://localhost:8181/api/catalog"
            })
    void a_catalog_has_the_address_of_a_database_or_of_a_server(String catalog) {
        assertThat(settings("/lake", catalog, null).catalog()).isEqualTo(catalog);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "postgresql://db/lake",
                "jdbc:",
                "jdbc:postgresql:",
                "https://catalog.example",
                "rest:catalog.example",
                "rest:ftp://catalog.example",
                "rest:http://catalog.example",
                "rest:https://",
                "rest:https://catalog.example/#x",
                "rest:https://catalog.example/?io-impl=x",
                "rest:https://catalog.example/?warehouse",
                "rest:https://catalog.example/a b"
            })
    void other_catalogs_are_rejected_with_what_is_expected(String catalog) {
        assertThatThrownBy(() -> settings("/lake", catalog, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lake-catalog: ")
                .hasMessageContaining("expected ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:hush@db/lake",
                "jdbc:oracle:thin:me/hush@db/lake",
                "jdbc:postgresql://db/lake?user=me&password=hush",
                "jdbc:postgresql://db/lake?PASSWORD=hush",
                "jdbc:postgresql://db/lake?sslpassword=hush",
                "jdbc:sqlserver://db;pwd=hush",
                "rest:https://me:hush@catalog.example",
                "rest:https://catalog.example?token=hush",
                "rest:https://catalog.example?client_secret=hush",
                "rest:https://catalog example?x=hush",
                "hush:https://catalog.example"
            })
    void a_catalog_with_a_secret_is_rejected_without_repeating_it(String catalog) {
        assertThatThrownBy(() -> settings("/lake", catalog, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lake-catalog: ")
                .satisfies(thrown -> assertThat(thrown.toString()).doesNotContain("hush"))
                .hasNoCause();
    }

    @Test
    void an_endpoint_needs_a_bucket() {
        assertThat(settings("s3://bucket", null, "https://minio.example:9000").s3Endpoint())
                .isEqualTo("https://minio.example:9000");
        assertThat(settings("s3://bucket", null, "http://127.0.0.1:9000").s3Endpoint())
                .isEqualTo("http://127.0.0.1:9000");
        assertThatThrownBy(() -> settings("/lake", null, "https://minio.example"))
                .hasMessage("lake-s3-endpoint: it has no effect with a folder; expected --lake s3://BUCKET/PREFIX too");
        assertThatThrownBy(() -> settings("s3://bucket", null, "https://minio.example?x=hush"))
                .hasMessageContaining("has parameters")
                .satisfies(thrown -> assertThat(thrown.toString()).doesNotContain("hush"));
        assertThatThrownBy(() -> settings("s3://bucket", null, "minio.example"))
                .hasMessageContaining("not an http or https URL");
        assertThatThrownBy(() -> settings("s3://bucket", null, "https://key:hush@minio.example"))
                .hasMessageContaining("without user")
                .satisfies(thrown -> assertThat(thrown.toString()).doesNotContain("hush"));
    }

    private static SinkSettings parquet(String location, @Nullable String catalog) {
        return new SinkSettings(
                location, catalog, Format.PARQUET, Duration.ofMinutes(5), SinkSettings.DEFAULT_COMMIT_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"s3://bucket/prefix,", "/var/lib/lake, jdbc:postgresql://127.0.0.1/lake", "s3://bucket, rest:https://c"
    })
    void parquet_files_in_a_bucket_or_with_a_catalog_are_refused(String location, @Nullable String catalog) {
        assertThatThrownBy(() -> parquet(location, catalog))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected --lake DIR alone, or --lake-format iceberg");
    }

    @Test
    void parquet_files_in_a_folder_are_accepted() {
        assertThat(parquet("/var/lib/lake", null).folder()).isNotNull();
    }
}
