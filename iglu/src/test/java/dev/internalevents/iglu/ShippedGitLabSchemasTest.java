package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ShippedGitLabSchemasTest {

    private final SchemaValidator shipped = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "gitlab_standard | 1-1-8 | {`environment`:`production`,`realm`:`SaaS`}"
                        + " | /realm: `SaaS` is not one of self-managed, saas, dedicated, null; did you mean saas?",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`deployment_type`:`on-premises`}"
                        + " | /deployment_type: `on-premises` is not one of self-managed, .com, dedicated, null",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`namespace_id`:-1}"
                        + " | /namespace_id: -1 is below the minimum of 0",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`user_id`:2147483648}"
                        + " | /user_id: 2147483648 is above the maximum of 2147483647",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`project_id`:`7`}"
                        + " | /project_id: is of type string, expected integer or null",
                "gitlab_standard | 1-1-8 | {`environment`:`ab3456789012345678901234567890123`}"
                        + " | /environment: has 33 characters, expected at most 32",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`feature_enabled_by_namespace_ids`:[1,-2]}"
                        + " | /feature_enabled_by_namespace_ids/1: -2 is below the minimum of 0",
                "gitlab_standard | 1-1-8 | {} | : the required field `environment` is missing",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`amount`:1}"
                        + " | : the field `amount` is not in the schema, which allows no others;"
                        + " put it into `extra`, or name a version of the schema that has it",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`namespaceId`:1}"
                        + " | : the field `namespaceId` is not in the schema, which allows no others;"
                        + " did you mean `namespace_id`?",
                "gitlab_standard | 1-1-6 | {`environment`:`e`,`user_type`:`human`}"
                        + " | : the field `user_type` is not in the schema, which allows no others;"
                        + " put it into `extra`, or name a version of the schema that has it",
                "ai_context | 1-0-0 | {`cache_creation`:7}"
                        + " | : the field `cache_creation` is not in the schema, which allows no others;"
                        + " leave it out, or name a version of the schema that has it",
                "billable_usage | 1-0-3 | {`event_id`:``,`event_type`:`e`,`unit_of_measure`:`u`,`realm`:`SM`,`timestamp`:`t`}"
                        + " | /event_id: is empty, expected at least 1 character",
                "billable_usage | 1-0-3 | {`event_id`:`i`,`event_type`:`e`,`unit_of_measure`:`u`,`realm`:`SM`,`timestamp`:`t`,"
                        + "`quantity`:1e300} | /quantity: 1E+300 is above the maximum of 2147483647",
                "billable_usage | 1-0-3 | {`event_id`:`i`,`event_type`:`e`,`unit_of_measure`:`u`,`realm`:`SM`,`timestamp`:`t`,"
                        + "`quantity`:-1e19} | /quantity: -1E+19 is below the minimum of 0",
                "ai_context | 1-0-1 | {`total_tokens`:99999999999999999999}"
                        + " | /total_tokens: 99999999999999999999 is above the maximum of 2147483647",
                "gitlab_service_ping | 1-0-1 | {`data_source`:`redis_hll`,`event_name`:`e`,`key_path`:`k`}"
                        + " | : the field `key_path` is not in the schema, which allows no others;"
                        + " leave it out, or name a version of the schema that has it",
                "custom_event | 1-0-0 | {`props`:{}} | : the required field `name` is missing",
                "pageview_context | 1-0-0 | {`project_id`:null} | /project_id: is of type null, expected integer",
                "code_suggestions_context | 3-9-0 | {`gitlab_realm`:`saas`,`intent`:null}"
                        + " | /intent: null is not one of completion, generation",
                "code_suggestions_context | 3-9-0 | {`gitlab_realm`:`saas`,`api_status_code`:600}"
                        + " | /api_status_code: 600 is above the maximum of 599"
            })
    void a_violation_names_the_location_the_value_and_what_was_expected(
            String name, String version, String data, String expected) {
        assertThat(violations(name, version, data.replace('`', '"')))
                .extracting(violation -> violation.pointer() + ": " + violation.description())
                .containsExactly(expected.replace('`', '"'));
    }

    @Test
    void each_missing_field_is_named() {
        assertThat(violations("billable_usage", "1-0-3", "{}"))
                .extracting(Violation::message)
                .containsExactlyInAnyOrder(
                        "the required field \"event_id\" is missing",
                        "the required field \"event_type\" is missing",
                        "the required field \"unit_of_measure\" is missing",
                        "the required field \"realm\" is missing",
                        "the required field \"timestamp\" is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "gitlab_standard | 1-1-7 | {`environment`:`e`,`user_type`:`human`,`deployment_type`:`.com`}",
                "gitlab_standard | 1-1-8 | {`environment`:`e`,`organization_id`:5,`realm`:null,`extra`:{`a`:[{}]}}",
                "gitlab_standard | 1-0-0 | {}",
                "gitlab_standard | 1-0-1 | {`anything`:[]}",
                "ai_context | 1-0-1 | {`cache_creation`:0,`session_id`:7}",
                "gitlab_experiment | 0-2-0 | {`key`:`k`,`variant`:`v`,`migrations`:[`m`]}",
                "gitlab_experiment | 1-0-3 | {`experiment`:`x`,`key`:`k`,`variant`:`v`,`excluded`:true,`other`:1}",
                "ide_extension_version | 1-1-0"
                        + " | {`ide_name`:`x`,`ide_version`:`1`,`ide_vendor`:`v`,`extension_name`:`e`}",
                "custom_event | 1-0-0 | {`name`:`n`,`props`:{`any`:{}}}",
                "user_context | 1-0-0 | {`anything`:{`at`:[`all`]}}",
                "pageview_context | 1-0-0 | {`page_type`:`projects:show`,`other`:true}"
            })
    void fields_of_the_version_are_valid(String name, String version, String data) {
        assertThat(violations(name, version, data.replace('`', '"'))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gitlab_standard,1-1-9",
        "gitlab_standard,1-2-0",
        "gitlab_standard,2-0-0",
        "ai_context,1-0-3",
        "billable_usage,1-0-4",
        "code_suggestions_context,3-10-0",
        "code_suggestions_context,4-0-0",
        "gitlab_service_ping,1-0-2",
        "gitlab_experiment,1-1-0",
        "ide_extension_version,1-1-1",
        "custom_event,1-0-1",
        "user_context,1-0-1",
        "pageview_context,1-0-1"
    })
    void a_newer_version_is_validated_by_the_types_of_known_fields(String name, String version) {
        assertThat(violations(name, version, "{\"future_field\":{}}")).isEmpty();
        SchemaKey key = SchemaKey.of("com.gitlab", name, version);
        assertThat(violations(name, version, "[]"))
                .extracting(Violation::message)
                .containsExactly("is of type array, expected object");
        for (String field : shipped.fields(key)) {
            assertThat(violations(name, version, "{\"" + field + "\":[[[]]]}"))
                    .as(field)
                    .extracting(Violation::schema)
                    .containsExactly(key);
        }
    }

    @Test
    void limits_and_values_of_a_newer_version_are_not_known() {
        assertThat(violations(
                        "gitlab_standard",
                        "1-1-9",
                        "{\"realm\":\"cells\",\"plan\":\"" + "p".repeat(300)
                                + "\",\"user_id\":-1,\"environment\":\"\"}"))
                .isEmpty();
        assertThat(violations("ai_context", "1-0-2", "{\"flow_name\":\"f\",\"custom_item_id\":7}"))
                .isEmpty();
    }

    /** Ensures that a type in a newer version is checked as in the newest version that has a table. */
    @Test
    void a_newer_version_has_the_fields_and_types_of_the_newest_one() throws Exception {
        for (SchemaKey newest : newest()) {
            JsonNode newer = ShippedSchemasTest.read(
                    ShippedSchemasTest.folder().resolve(newest.path().replaceAll("[^/]+$", "x-x-x")));
            JsonNode known = ShippedSchemasTest.schema(newest);

            assertThat(newer.has("required") || newer.has("additionalProperties"))
                    .as("%s", newest)
                    .isFalse();
            known.get("properties")
                    .propertyStream()
                    .forEach(field -> assertThat(newer.at("/properties/" + field.getKey() + "/type"))
                            .as("%s of %s", field.getKey(), newest)
                            .isEqualTo(field.getValue().get("type")));
        }
    }

    private static Iterable<SchemaKey> newest() throws Exception {
        TreeMap<String, SchemaKey> newest = new TreeMap<>();
        ShippedSchemasTest.gitLabKeys()
                .forEach(key -> newest.merge(
                        key.name(), key, (one, other) -> one.version().compareTo(other.version()) > 0 ? one : other));
        return newest.values();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gitlab_standard/1-0-11",
                "gitlab_standard/0-9-0",
                "code_suggestions_context/2-6-1",
                "code_suggestions_context/2-7-0",
                "gitlab_experiment/0-1-0"
            })
    void a_version_that_was_left_out_among_older_ones_is_not_known(String name) {
        assertThat(new ShippedRegistry().find(SchemaKey.of("com.gitlab", name.split("/")[0], name.split("/")[1])))
                .isInstanceOf(Registry.Missing.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"artifact_registry_context", "orbit_common"})
    void for_a_schema_that_is_not_shipped_the_message_says_what_to_do(String name) {
        assertThat(violations(name, "1-0-0", "{}"))
                .extracting(Violation::message)
                .containsExactly("the schema is not known (looked in: shipped schemas);"
                        + " name the registry that has it with --iglu");
    }

    private List<Violation> violations(String name, String version, String data) {
        return shipped.validate(new SelfDescribingJson(SchemaKey.of("com.gitlab", name, version), Json.parse(data)));
    }
}
