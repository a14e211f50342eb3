package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.testkit.CapturedLog;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MissingFieldsTest {

    private static final EventContext WHOLE = EventContext.builder()
            .realm("saas")
            .instanceId("i")
            .uniqueInstanceId("u")
            .hostName("gitlab.com")
            .globalUserId("g")
            .deploymentType(".com")
            .projectId(1L)
            .namespaceId(2L)
            .featureEnabledByNamespaceIds(List.of(3L))
            .gitlabTeamMember(false)
            .ultimateParentNamespaceId(4L)
            .correlationId("c-1")
            .build();

    @Test
    void each_missing_field_is_logged_once_a_path() {
        MissingFields missing = new MissingFields();
        EventContext without = WHOLE.toBuilder().hostName(null).projectId(null).build();
        try (CapturedLog log = CapturedLog.of(MissingFields.class)) {
            missing.check(WHOLE, "/a");
            assertThat(log.lines()).isEmpty();
            missing.check(without, "/a");
            missing.check(without, "/a");
            missing.check(without, "/b\n");

            assertThat(log.lines())
                    .containsExactly(
                            "WARN host_name is missing in the context of a request: no valid header"
                                    + " X-Gitlab-Host-Name (path /a, correlation id c-1);"
                                    + " this is logged once for each path",
                            "INFO project_id is missing in the context of a request of deployment type .com: no valid header"
                                    + " X-Gitlab-Project-Id (path /a,"
                                    + " correlation id c-1); this is logged once for each path",
                            "WARN host_name is missing in the context of a request: no valid header"
                                    + " X-Gitlab-Host-Name (path /b\\n, correlation id c-1);"
                                    + " this is logged once for each path",
                            "INFO project_id is missing in the context of a request of deployment type .com: no valid header"
                                    + " X-Gitlab-Project-Id (path /b\\n,"
                                    + " correlation id c-1); this is logged once for each path");
        }
    }

    @Test
    void the_fields_of_a_request_without_headers_depend_on_its_deployment_type() {
        EventContextBuilder empty = EventContext.builder().featureEnabledByNamespaceIds(List.of());
        assertThat(logged(empty.build()))
                .containsExactly(
                        "WARN realm",
                        "WARN instance_id",
                        "WARN unique_instance_id",
                        "WARN host_name",
                        "WARN global_user_id",
                        "WARN deployment_type");
        assertThat(logged(empty.deploymentType("dedicated").build())).hasSize(5);
        assertThat(logged(empty.deploymentType(".com").build()))
                .endsWith(
                        "INFO project_id",
                        "INFO namespace_id",
                        "INFO feature_enabled_by_namespace_ids",
                        "INFO is_gitlab_team_member",
                        "INFO ultimate_parent_namespace_id");
    }

    @Test
    void made_up_paths_cannot_fill_the_log() {
        MissingFields missing = new MissingFields();
        try (CapturedLog log = CapturedLog.of(MissingFields.class)) {
            for (int i = 0; i < 2_000; i++) {
                missing.check(EventContext.empty(), "/" + i);
            }
            assertThat(log.lines()).hasSize(1_000);
        }
    }

    @Test
    void each_line_names_a_header_that_is_read_or_a_claim() {
        try (CapturedLog log = CapturedLog.of(MissingFields.class)) {
            new MissingFields()
                    .check(EventContext.builder().deploymentType(".com").build(), "/");
            new MissingFields().check(EventContext.empty(), "/");

            Pattern header = Pattern.compile("header ([A-Za-z-]+)");
            assertThat(log.lines())
                    .hasSize(16)
                    .allSatisfy(line -> assertThat(line).containsPattern(": no valid (header|claim) "))
                    .allSatisfy(line -> assertThat(EventContextFactory.headers())
                            .containsAll(header.matcher(line)
                                    .results()
                                    .map(found -> found.group(1))
                                    .toList()));
        }
    }

    private static List<String> logged(EventContext context) {
        try (CapturedLog log = CapturedLog.of(MissingFields.class)) {
            new MissingFields().check(context, "/");
            return log.lines().stream()
                    .map(line -> line.substring(0, line.indexOf(" is missing")))
                    .toList();
        }
    }
}
