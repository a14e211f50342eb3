package dev.internalevents.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextFieldsTest {

    @SuppressWarnings("unchecked") // The data of a context is a map.
    private static Map<String, Object> context(String field, String text) {
        EventContextBuilder builder = EventContext.builder();
        ContextFields.set(builder, field, text);
        return (Map<String, Object>) builder.build().toSelfDescribingJson(Map.of()).data();
    }

    @ParameterizedTest
    @CsvSource({
        "environment,e",
        "source,s",
        "realm,saas",
        "instance_id,i",
        "unique_instance_id,u",
        "host_name,h",
        "instance_version,18.1",
        "global_user_id,g",
        "user_id,7",
        "feature_enablement_type,seat",
        "client_type,ide",
        "client_name,n",
        "client_version,1",
        "interface,chat",
        "plan,free",
        "feature_category,c",
        "deployment_type,d",
        "google_analytics_id,ga",
        "model_engine,m",
        "model_name,mn",
        "model_provider,mp",
        "correlation_id,r"
    })
    void a_text_is_set_under_its_name_on_the_wire(String field, String text) {
        assertThat(context(field, text)).containsEntry(field, text);
    }

    @ParameterizedTest
    @CsvSource({
        "project_id",
        "namespace_id",
        "ultimate_parent_namespace_id",
        "input_tokens",
        "output_tokens",
        "total_tokens"
    })
    void a_number_is_a_number(String field) {
        assertThat(context(field, "42")).containsEntry(field, 42L);
        assertThatThrownBy(() -> context(field, "4 2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--context " + field + ": \"4 2\" is not a whole number");
    }

    @Test
    void a_boolean_is_true_or_false() {
        assertThat(context("is_gitlab_team_member", "false")).containsEntry("is_gitlab_team_member", false);
        assertThatThrownBy(() -> context("is_gitlab_team_member", "yes"))
                .hasMessage("--context is_gitlab_team_member: \"yes\" is not true or false");
    }

    @Test
    void ids_are_separated_by_commas() {
        assertThat(context("feature_enabled_by_namespace_ids", "9970, 42"))
                .containsEntry("feature_enabled_by_namespace_ids", List.of(9970L, 42L));
        assertThatThrownBy(() -> context("feature_enabled_by_namespace_ids", "9970,"))
                .hasMessageContaining("is not a whole number");
    }

    @Test
    void an_unknown_field_is_answered_with_all_that_there_are() {
        assertThatThrownBy(() -> context("user", "7"))
                .hasMessageStartingWith("--context: \"user\" is not a field of gitlab_standard; the fields are ")
                .hasMessageContainingAll("client_name, client_type", "user_id", "for anything else use --extra");
    }
}
