package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaKeyTest {

    @Test
    void reads_and_writes_an_iglu_uri() {
        SchemaKey key = SchemaKey.parse("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7");

        assertThat(key).isEqualTo(SchemaKey.of("com.gitlab", "gitlab_standard", "1-1-7"));
        assertThat(key.path()).isEqualTo("com.gitlab/gitlab_standard/jsonschema/1-1-7");
        assertThat(key).hasToString("iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7");
    }

    @Test
    void made_up_keys_do_not_crowd_a_key_in_use_out_of_the_cache() {
        for (int i = 0; i < 10_000; i++) {
            SchemaKey.parse("iglu:made.up/name" + i + "/jsonschema/1-0-0");
        }

        SchemaKey key = SchemaKey.parse("iglu:com.gitlab/used/jsonschema/1-0-0");

        assertThat(SchemaKey.parse("iglu:com.gitlab/used/jsonschema/1-0-0")).isSameAs(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "iglu:",
                "com.gitlab/gitlab_standard/jsonschema/1-1-7",
                "iglu:com.gitlab/gitlab_standard/jsonschema/1-1",
                "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7/",
                "iglu:../gitlab_standard/jsonschema/1-1-7",
                "iglu:com.gitlab/../jsonschema/1-1-7",
                "iglu:com gitlab/x/jsonschema/1-0-0",
                "iglu:com.gitlab/x/jsonschema/99999999999-0-0",
                "iglu:com.gitlab/x/jsonschema/01-0-1",
                "iglu:com.gitlab/x/jsonschema/1-00-1",
                "iglu:com.gitlab/x/jsonschema/1-0-04"
            })
    void rejects_a_text_that_is_not_an_iglu_uri_and_quotes_it(String text) {
        assertThatThrownBy(() -> SchemaKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.isEmpty() ? "\"\"" : text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01-0-1", "1-00-1", "1-0-04", "00-2-0", "1--1", "-1-0-0", "+1-0-0", "1-0-0 "})
    void rejects_a_version_that_it_would_write_differently(String text) {
        assertThatThrownBy(() -> SchemaVersion.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void accepts_model_0_of_gitlabs_experiments() {
        String uri = "iglu:com.gitlab/gitlab_experiment/jsonschema/0-3-0";

        assertThat(SchemaKey.parse(uri)).hasToString(uri);
    }

    @Property
    void every_version_reads_back(
            @ForAll @IntRange(max = 999_999_999) int model,
            @ForAll @IntRange(max = 999_999_999) int revision,
            @ForAll @IntRange(max = 999_999_999) int addition) {
        SchemaVersion version = new SchemaVersion(model, revision, addition);

        assertThat(SchemaVersion.parse(version.toString())).isEqualTo(version);
    }

    @Test
    void versions_are_ordered_by_number_not_by_text() {
        assertThat(SchemaVersion.parse("1-10-0")).isGreaterThan(SchemaVersion.parse("1-9-9"));
    }
}
