package dev.internalevents.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkSettingsTest {

    private static SinkSettings parquet(String location, String catalog) {
        return new SinkSettings(
                location,
                catalog,
                SinkSettings.Format.PARQUET,
                Duration.ofMinutes(5),
                SinkSettings.DEFAULT_COMMIT_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"s3://bucket/prefix,", "/var/lib/lake, jdbc:postgresql://127.0.0.1/lake", "s3://bucket, rest:https://c"
    })
    void parquet_files_in_a_bucket_or_with_a_catalog_are_refused(String location, String catalog) {
        assertThatThrownBy(() -> parquet(location, catalog))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected --lake DIR alone, or --lake-format iceberg");
    }

    @Test
    void parquet_files_in_a_folder_are_accepted() {
        assertThat(parquet("/var/lib/lake", null).folder()).isNotNull();
    }
}
