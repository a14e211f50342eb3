package dev.internalevents.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.gateway.model.Completion;
import dev.internalevents.gateway.model.EchoModel;
import dev.internalevents.gateway.model.LanguageModel;
import dev.internalevents.gateway.model.ModelException;
import dev.internalevents.spring.VerifiedClaimsSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks what each endpoint tracks, field by field, as a collector with GitLab's schemas receives it over HTTP. */
class TrackedEventsTest {

    private static final String MODEL_CALLS = "ai_gateway.instrumentators.model_requests";
    private static final String STANDARD = "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8";
    private static final String AI = "iglu:com.gitlab/ai_context/jsonschema/1-0-1";
    private static final String FILE = "'file_name':'A.py','content_above_cursor':'def 😀','content_below_cursor':'x'";
    private static final String TRACKING_CONTEXT =
            "{'distribution':'glab','workflow_id':'646','workflow_type':'chat','agent_name':'reader'}";
    private static final Map<String, String> HEADERS = headers();

    private static final String STANDARD_FIELDS = "{'environment':'production','source':'ai-gateway-java',"
            + "'realm':'saas','instance_id':'i-1','host_name':'gitlab.com','instance_version':'19.3.0',"
            + "'global_user_id':'g-1','user_type':'human','is_gitlab_team_member':true,'client_type':'ide',"
            + "'client_name':'vscode','client_version':'1.2','interface':'editor','project_id':42,'namespace_id':43,"
            + "'ultimate_parent_namespace_id':44,'organization_id':5,'feature_enabled_by_namespace_ids':[9970,42],"
            + "'feature_enablement_type':'duo_pro','deployment_type':'.com','correlation_id':'req-1'}";
    private static final String CACHE =
            "'cache_read':0,'cache_creation':0,'ephemeral_5m_input_tokens':0,'ephemeral_1h_input_tokens':0";

    @TempDir
    private static Path folder;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static Collector collector;
    private static ConfigurableApplicationContext gateway;

    @BeforeAll
    static void start() throws IOException {
        collector = Collector.start(CollectorSettings.local(0));
        SpringApplication application =
                new SpringApplication(GatewayApplication.class, LegacySettings.class, Clients.class);
        application.setDefaultProperties(Map.of(
                "server.address",
                "127.0.0.1",
                "test.collector",
                collector.url(),
                "test.outbox",
                folder.resolve("billing").toString(),
                "gateway.region",
                "europe-west1"));
        gateway = application.run(
                "--server.port=0", "--internal-events.enabled=true", "--internal-events.endpoint=" + collector.url());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        collector.close();
    }

    @BeforeEach
    void empty() throws Exception {
        send(HttpRequest.newBuilder(URI.create(collector.url() + "/micro/reset"))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v1/chat/agent|{'prompt_components':[{'payload':{'content':'Hi there'}}]}|duo_chat|ai_gateway.api.v1.chat.agent",
                "/v1/chat/explain_code|{'prompt_components':[{'payload':{'content':'Hi there'}}]}|duo_chat|ai_gateway.api.v1.chat.agent",
                "/v1/chat/write_tests|{'prompt_components':[{'payload':{'content':'Hi there'}}]}|duo_chat|ai_gateway.api.v1.chat.agent",
                "/v1/chat/refactor_code|{'prompt_components':[{'payload':{'content':'Hi there'}}]}|duo_chat|ai_gateway.api.v1.chat.agent",
                "/v1/chat/explain_vulnerability|{'prompt_components':[{'payload':{'content':[{'role':'user','content':'Hi there'}]}}]}|explain_vulnerability|ai_gateway.api.v1.chat.agent",
                "/v1/chat/summarize_comments|{'prompt_components':[{'payload':{'content':'Hi there'}}]}|summarize_comments|ai_gateway.api.v1.chat.agent",
                "/v1/chat/troubleshoot_job|{'prompt_components':[{'payload':{'content':'Hi there'}}],'stream':true}|troubleshoot_job|ai_gateway.api.v1.chat.agent",
                "/v1/prompts/explain_vulnerability|{'inputs':{'code':'Hi there'}}|explain_vulnerability|ai_gateway.api.v1.prompts.invoke",
                "/v1/prompts/chat/react|{'inputs':{'question':'Hi there'},'stream':true}|duo_chat|ai_gateway.api.v1.prompts.invoke",
                "/v2/prompts/generate_commit_message|{'inputs':{'diff':'Hi there'}}|generate_commit_message|ai_gateway.api.v2.prompts.invoke",
                "/v1/proxy/anthropic/v1/messages|{'messages':[{'role':'user','content':'Hi there'}]}|explain_code|ai_gateway.api.v1.proxy.anthropic",
                "/v1/proxy/vertex-ai/v1/m:predict|{'contents':[{'role':'user','parts':[{'text':'Hi there'}]}]}|explain_code|ai_gateway.api.v1.proxy.vertex_ai",
                "/v1/proxy/openai/v1/chat/completions|{'messages':[{'role':'user','content':[{'type':'text','text':'Hi there'}]}]}|explain_code|ai_gateway.api.v1.proxy.openai",
            })
    void a_request_and_the_tokens_of_its_model_are_tracked(
            String path, String body, String unitPrimitive, String category) throws Exception {
        HttpResponse<String> answer = post(path, body, Map.of("X-Gitlab-Unit-Primitive", "explain_code"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("echo: Hi there");
        List<JsonNode> events = internalEvents(path.contains("/proxy/") ? 4 : 2);
        assertThat(named(events, "request_" + unitPrimitive)).isEqualTo(requestEvent(unitPrimitive, category, ""));
        assertThat(named(events, "token_usage_" + unitPrimitive)).isEqualTo(tokenEvent(unitPrimitive, 2, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v2/code/completions|'x':1|complete_code|ai_gateway.api.v2.code.completions",
                "/v2/code/completions|'stream':true|complete_code|ai_gateway.api.v2.code.completions",
                "/v2/code/completions|'model_provider':'amazon_q'|amazon_q_integration_complete_code|ai_gateway.api.v2.code.completions",
                "/v2/code/generations|'stream':false|generate_code|ai_gateway.api.v2.code.completions",
                "/v2/code/generations|'stream':true|generate_code|ai_gateway.api.v2.code.completions",
                "/v3/code/completions|completion|complete_code|ai_gateway.api.v3.code.completions",
                "/v3/code/completions|generation|generate_code|ai_gateway.api.v3.code.completions",
                "/v4/code/suggestions|completion|complete_code|ai_gateway.api.v3.code.completions",
                "/v4/code/suggestions|generation|generate_code|ai_gateway.api.v3.code.completions",
            })
    void code_suggestions_are_tracked_with_the_language(
            String path, String member, String unitPrimitive, String category) throws Exception {
        boolean isV2 = path.startsWith("/v2");
        String body = isV2 ? "{'current_file':{" + FILE + "}," + member + "}" : editor(member, false);

        HttpResponse<String> answer = post(path, body, Map.of());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("echo: def 😀");
        List<JsonNode> events = internalEvents(isV2 ? 3 : 2);
        assertThat(named(events, "request_" + unitPrimitive))
                .isEqualTo(requestEvent(unitPrimitive, category, "'language':'python',"));
        assertThat(named(events, "token_usage_" + unitPrimitive)).isEqualTo(tokenEvent(unitPrimitive, 3, 3));
    }

    @Test
    void the_legacy_event_has_the_fields_of_the_ai_gateway() throws Exception {
        Map<String, String> headers = Map.of(
                "X-Gitlab-Realm",
                "SaaS",
                "X-Gitlab-Feature-Enabled-By-Namespace-Ids",
                "7",
                "X-Gitlab-Saas-Duo-Pro-Namespace-Ids",
                "1, 2,x");
        post("/v2/code/completions", "{'current_file':{" + FILE + "}}", headers);

        assertThat(named(internalEvents(3), "suggestion_requested"))
                .isEqualTo(event(
                        "code_suggestions",
                        "suggestion_requested",
                        "null",
                        "iglu:com.gitlab/code_suggestions_context/jsonschema/3-6-0",
                        "{'gitlab_realm':'saas','gitlab_host_name':'gitlab.com','gitlab_instance_id':'i-1',"
                                + "'gitlab_global_user_id':'g-1','gitlab_saas_duo_pro_namespace_ids':[1,2],"
                                + "'language':'python','prefix_length':5,'suffix_length':1,"
                                + "'suggestion_source':'network','is_direct_connection':false,"
                                + "'region':'europe-west1'}"));
    }

    @Test
    void what_the_legacy_event_does_not_know_is_empty_and_the_realm_is_that_of_the_token() throws Exception {
        post(
                "/v2/code/completions",
                "{'current_file':{" + FILE.replace("A.py", "A.unknown") + "}}",
                Map.of(
                        "Authorization",
                        "Self-Managed",
                        "X-Gitlab-Realm",
                        "",
                        "X-Gitlab-Host-Name",
                        "",
                        "X-Gitlab-Instance-Id",
                        "",
                        "X-Gitlab-Global-User-Id",
                        ""));

        assertThat(named(internalEvents(3), "suggestion_requested").at("/contexts/0/data"))
                .isEqualTo(json("{'gitlab_realm':'self-managed','gitlab_host_name':'','gitlab_instance_id':'',"
                        + "'gitlab_global_user_id':'','gitlab_saas_duo_pro_namespace_ids':[],"
                        + "'language':'','prefix_length':5,'suffix_length':1,"
                        + "'suggestion_source':'network','is_direct_connection':false,"
                        + "'region':'europe-west1'}"));
    }

    @Test
    void a_call_through_the_proxy_is_billed_and_its_twin_tracked() throws Exception {
        post(
                "/v1/proxy/anthropic/v1/messages",
                "{'messages':[{'role':'user','content':'Hi there'}]}",
                Map.of("X-Gitlab-Unit-Primitive", "duo_chat"));

        List<JsonNode> events = internalEvents(4);
        JsonNode billed = named(events, "ai_gateway_proxy_use");
        String metadata = "{'feature_qualified_name':'ai_gateway_proxy_use','feature_ai_catalog_item':false,"
                + "'execution_environment':'duo_agent_platform','llm_operations':[{'token_count':5,"
                + "'model_id':'echo','model_engine':'echo','model_provider':'echo','prompt_tokens':2,"
                + "'completion_tokens':3,'agent_name':null,'cache_read_tokens':0,'cache_write_tokens':0,"
                + "'operation_type':'standard'}],'tool_names':[],'orbit_called':false,'is_gitlab_team_member':false}";
        String id = billed.at("/contexts/0/data/event_id").asString();
        assertThat(id).isNotEmpty();
        ObjectNode usage = (ObjectNode) billed.at("/contexts/0/data").deepCopy();
        usage.remove(List.of("event_id", "timestamp"));
        assertThat(billed.path("category").asString()).isEqualTo("ai_gateway.proxy.clients.base");
        assertThat(billed.path("contexts").size()).isOne();
        assertThat(billed.at("/contexts/0/schema").asString())
                .isEqualTo("iglu:com.gitlab/billable_usage/jsonschema/1-0-3");
        assertThat(withoutNulls(usage))
                .isEqualTo(withoutNulls(json("{'event_type':'ai_gateway_proxy_use','unit_of_measure':'request',"
                        + "'quantity':" + usage.path("quantity")
                        + ",'realm':'SaaS','subject':'7','subject_type':'human',"
                        + "'global_user_id':'g-1','instance_id':'i-1','instance_version':'19.3.0',"
                        + "'host_name':'gitlab.com','project_id':42,'namespace_id':43,'organization_id':5,"
                        + "'deployment_type':'.com','correlation_id':'req-1','root_namespace_id':44,"
                        + "'assignments':['duo_pro'],'metadata':" + metadata + "}")));
        assertThat(usage.path("quantity").asDouble()).isEqualTo(1);
        JsonNode twin = named(events, "usage_billing_event");
        assertThat(twin.path("category").asString()).isEqualTo("ai_gateway.proxy.clients.base");
        assertThat(twin.path("label").asString()).isEqualTo(id);
        assertThat(twin.path("property").asString()).isEqualTo("ai_gateway_proxy_use");
        assertThat(withoutNulls(twin.at("/contexts/0/data/extra/metadata"))).isEqualTo(withoutNulls(json(metadata)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "complete_code", "include_file_context", "DUO_CHAT", "no_such_thing"})
    void the_proxy_refuses_a_unit_primitive_that_is_not_its_own(String unitPrimitive) throws Exception {
        HttpResponse<String> answer = post(
                "/v1/proxy/openai/v1/chat/completions",
                "{'messages':[{'content':'Hi'}]}",
                Map.of("X-Gitlab-Unit-Primitive", unitPrimitive));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("X-Gitlab-Unit-Primitive");
        HttpRequest.Builder without = request("/v1/proxy/openai/v1/chat/completions", "{'messages':[]}");
        assertThat(send(without).statusCode()).isEqualTo(400);
        assertNothingButAwesome();
    }

    @Test
    void a_search_is_tracked_without_tokens() throws Exception {
        HttpResponse<String> answer =
                post("/v1/search/gitlab-docs", "{'type':'search','payload':{'query':'how to merge'}}", Map.of());

        assertThat(answer.body()).contains("how to merge");
        assertThat(internalEvents(1).get(0))
                .isEqualTo(requestEvent("documentation_search", "ai_gateway.api.v1.search.docs", ""));
    }

    @Test
    void the_agent_tracks_each_context_that_is_added_and_the_tool_that_is_used() throws Exception {
        HttpResponse<String> answer = post(
                "/v2/chat/agent",
                "{'messages':[{'role':'user','content':'Use the issue_reader','additional_context':"
                        + "[{'category':'file'},{'category':'merge_request'}]}]}",
                Map.of());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer.body()).at("/data/tool").asString()).isEqualTo("issue_reader");
        List<JsonNode> events = internalEvents(4);
        for (String context : List.of("include_file_context", "include_merge_request_context")) {
            assertThat(named(events, "request_" + context))
                    .isEqualTo(requestEvent(context, "ai_gateway.api.v2.chat.agent", ""));
        }
        assertThat(named(events, "request_ask_issue"))
                .isEqualTo(requestEvent("ask_issue", "ai_gateway.chat.executor", ""));
        assertThat(named(events, "token_usage_duo_chat")).isEqualTo(tokenEvent("duo_chat", 3, 4));
    }

    @Test
    void the_agent_answers_line_by_line() throws Exception {
        HttpResponse<String> answer =
                post("/v2/chat/agent", "{'messages':[{'role':'user','content':'Hi there'}]}", Map.of());

        StringBuilder text = new StringBuilder();
        answer.body()
                .lines()
                .forEach(line -> text.append(json(line).at("/data/text").asString()));
        assertThat(text).hasToString("echo: Hi there");
        // Each test waits for all of its events: a late one would be counted in the next test.
        internalEvents(1);
    }

    @Test
    void version_4_streams_events() throws Exception {
        HttpResponse<String> answer = post("/v4/code/suggestions", editor("completion", true), Map.of());

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(answer.body().lines().filter(line -> line.startsWith("event: ")))
                .containsExactly(
                        "event: stream_start",
                        "event: content_chunk",
                        "event: content_chunk",
                        "event: content_chunk",
                        "event: stream_end");
        assertThat(answer.body()).contains("\"content\":\"echo: \"").endsWith("event: stream_end\ndata: null\n\n");
        internalEvents(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/code/completions", "/v3/code/completions", "/v1/prompts/duo_chat"})
    void a_stream_is_sent_in_parts(String path) throws Exception {
        String body = path.startsWith("/v2")
                ? "{'stream':true,'current_file':{" + FILE + "}}"
                : path.startsWith("/v3") ? editor("completion", true) : "{'stream':true,'inputs':{'q':'def 😀'}}";

        HttpResponse<String> answer = post(path, body, Map.of());

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(answer.headers().firstValue("Transfer-Encoding")).contains("chunked");
        assertThat(answer.body()).isEqualTo("echo: def 😀");
        internalEvents(path.startsWith("/v2") ? 3 : 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v1/chat/nope|{'prompt_components':[{'payload':{'content':'Hi'}}]}|404",
                "/v1/prompts/nope|{'inputs':{}}|404",
                "/v1/proxy/nope/v1|{}|404",
                "/v1/chat/agent|{}|422",
                "/v2/chat/agent|{'messages':[]}|422",
                "/v2/chat/agent|{'messages':[{'content':'Hi','additional_context':[{'category':'nope'}]}]}|422",
                "/v3/code/completions|{'prompt_components':[{'type':'nope'}]}|422",
                "/v4/code/suggestions|{'prompt_components':[{'type':'code_editor_completion','payload':{}}]}|422",
                "/v1/search/gitlab-docs|{'payload':{}}|422",
                "/v1/proxy/anthropic|{}|422",
            })
    void a_request_that_is_wrong_is_answered_with_a_reason_and_not_tracked(String path, String body, int status)
            throws Exception {
        HttpResponse<String> answer = post(path, body, Map.of("X-Gitlab-Unit-Primitive", "duo_chat"));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer.body()).path("detail").asString()).isNotEmpty();
        assertNothingButAwesome();
    }

    @Test
    void a_model_that_does_not_answer_uses_no_tokens_and_is_not_billed() throws Exception {
        HttpResponse<String> answer = post(
                "/v1/proxy/openai", "{'messages':[{'content':'fail'}]}", Map.of("X-Gitlab-Unit-Primitive", "duo_chat"));

        assertThat(answer.statusCode()).isEqualTo(502);
        post("/v1/awesome_feature", "{}", Map.of());
        assertThat(internalEvents(2))
                .extracting(event -> event.path("action").asString())
                .containsExactlyInAnyOrder("request_duo_chat", "request_awesome_feature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/monitoring/healthz", "/monitoring/ready", "/metrics", "/v1/models/definitions"})
    void probes_are_answered(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(url(path)));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .containsAnyOf("\"ok\"", "internal_events_delivered_total ", "\"identifier\":\"echo\"");
    }

    private void assertNothingButAwesome() throws Exception {
        post("/v1/awesome_feature", "{}", Map.of());
        assertThat(internalEvents(1).get(0).path("action").asString()).isEqualTo("request_awesome_feature");
    }

    // Expected events

    private static JsonNode requestEvent(String unitPrimitive, String category, String extra) {
        return event(
                category,
                "request_" + unitPrimitive,
                "null",
                STANDARD,
                standard("{" + extra + TRACKING_CONTEXT.substring(1), "{}"),
                AI,
                "{'workflow_id':'646','flow_type':'chat','agent_name':'reader'}");
    }

    private static JsonNode tokenEvent(String unitPrimitive, int input, int output) {
        String tokens =
                "'input_tokens':" + input + ",'output_tokens':" + output + ",'total_tokens':" + (input + output);
        return event(
                MODEL_CALLS,
                "token_usage_" + unitPrimitive,
                "'cache_details'",
                STANDARD,
                standard(
                        "{" + CACHE + "," + TRACKING_CONTEXT.substring(1),
                        "{" + tokens + ",'model_engine':'echo','model_name':'echo','model_provider':'echo'}"),
                AI,
                "{'workflow_id':'646','flow_type':'chat','agent_name':'reader'," + tokens + "," + CACHE + "}");
    }

    private static String standard(String extra, String more) {
        ObjectNode fields = (ObjectNode) json(STANDARD_FIELDS);
        fields.setAll((ObjectNode) json(more));
        fields.set("extra", json(extra));
        return fields.toString();
    }

    private static JsonNode event(String category, String action, String label, String... contexts) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < contexts.length; i += 2) {
            all.add("{'schema':'" + contexts[i] + "','data':" + contexts[i + 1] + "}");
        }
        return json("{'category':'" + category + "','action':'" + action + "','label':" + label
                + ",'property':null,'value':null,'contexts':[" + String.join(",", all) + "]}");
    }

    // What arrived, without ids and times

    private static List<JsonNode> internalEvents(int count) throws Exception {
        JsonNode good = await().until(() -> micro("good"), events -> events.size() >= count);
        assertThat(micro("bad")).isEmpty();
        assertThat(good).hasSize(count);
        List<JsonNode> events = new ArrayList<>();
        for (JsonNode one : good) {
            ObjectNode event = JsonMapper.shared().createObjectNode();
            for (String field : List.of("category", "action", "label", "property", "value")) {
                event.set(field, one.at("/event/se_" + field).deepCopy());
            }
            JsonNode contexts = one.at("/event/contexts/data").deepCopy();
            contexts.forEach(context -> ((ObjectNode) context.path("data")).remove("context_generated_at"));
            event.set("contexts", contexts);
            events.add(json(event.toString()));
        }
        return events;
    }

    private static JsonNode named(List<JsonNode> events, String action) {
        return events.stream()
                .filter(event -> event.path("action").asString().equals(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + action + " in " + events));
    }

    private static JsonNode withoutNulls(JsonNode node) {
        JsonNode copy = node.deepCopy();
        if (copy instanceof ObjectNode object) {
            object.removeNulls();
            for (String name : List.copyOf(object.propertyNames())) {
                object.set(name, withoutNulls(object.path(name)));
            }
        }
        return json(copy.toString().replace("\"agent_name\":null,", ""));
    }

    private static JsonNode micro(String what) throws Exception {
        return json(send(HttpRequest.newBuilder(URI.create(collector.url() + "/micro/" + what)))
                .body());
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    // Requests

    private static String editor(String type, boolean isStreamed) {
        return "{'prompt_components':[{'type':'code_editor_" + type + "','payload':{" + FILE + ",'stream':" + isStreamed
                + "}}]}";
    }

    private static HttpResponse<String> post(String path, String body, Map<String, String> more) throws Exception {
        HttpRequest.Builder request = request(path, body);
        HEADERS.forEach(request::setHeader);
        more.forEach(request::setHeader);
        return send(request);
    }

    private static HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(url(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI url(String path) {
        return URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port") + path);
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Gitlab-Realm", "saas");
        headers.put("X-Gitlab-Instance-Id", "i-1");
        headers.put("X-Gitlab-Host-Name", "gitlab.com");
        headers.put("X-Gitlab-Version", "19.3.0");
        headers.put("X-Gitlab-Global-User-Id", "g-1");
        headers.put("X-Gitlab-User-Id", "7");
        headers.put("X-Gitlab-Subject-Type", "human");
        headers.put("X-Gitlab-Is-Team-Member", "yes");
        headers.put("X-Gitlab-Client-Type", "ide");
        headers.put("X-Gitlab-Client-Name", "vscode");
        headers.put("X-Gitlab-Client-Version", "1.2");
        headers.put("X-Gitlab-Interface", "editor");
        headers.put("X-Gitlab-Project-Id", "42");
        headers.put("X-Gitlab-Namespace-Id", "43");
        headers.put("X-Gitlab-Root-Namespace-Id", "44");
        headers.put("X-Gitlab-Organization-Id", "5");
        headers.put("X-Gitlab-Feature-Enabled-By-Namespace-Ids", "9970,42");
        headers.put("X-Gitlab-Feature-Enablement-Type", "duo_pro");
        headers.put("X-Gitlab-Deployment-Type", ".com");
        headers.put("X-Gitlab-Tracking-Context", TRACKING_CONTEXT.replace('\'', '"'));
        headers.put("X-Request-ID", "req-1");
        return headers;
    }

    /** Settings that come from environment variables outside of a test, and a model that can fail. */
    @Configuration
    static class Clients {

        @Bean(destroyMethod = "close")
        @Primary
        BillingEventsClient testBilling(
                InternalEventsClient internalEvents,
                @Value("${test.collector}") URI collector,
                @Value("${test.outbox}") Path outbox) {
            return BillingEventsClient.builder()
                    .enabled(true)
                    .endpoint(collector)
                    .outbox(outbox)
                    .internalEvents(internalEvents)
                    .build();
        }

        /** A token with a realm, for tests that send one. */
        @Bean
        VerifiedClaimsSource testClaims() {
            return (principal, authorization) ->
                    authorization == null ? null : VerifiedClaims.of(Map.of("gitlab_realm", authorization));
        }

        @Bean
        @Primary
        LanguageModel testModel() {
            return new LanguageModel() {
                private final LanguageModel echo = new EchoModel();

                @Override
                public String engine() {
                    return echo.engine();
                }

                @Override
                public String name() {
                    return echo.name();
                }

                @Override
                public String provider() {
                    return echo.provider();
                }

                @Override
                public Completion complete(String before, String after) {
                    if (before.equals("fail")) {
                        throw new ModelException("no answer", new IOException());
                    }
                    return echo.complete(before, after);
                }
            };
        }
    }
}
