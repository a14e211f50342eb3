package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.PersonMatch.Found;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which events of a request are about a person, and what is left of a request without them. */
class PersonMatchTest {

    private static final String ID = "00000000-0000-4000-8000-000000000001";
    private static final PersonMatch MATCH = new PersonMatch(new Persons(Set.of("4711", "ab"), Set.of("global-77")));

    private static String standard(String data) {
        return "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":" + data + "}";
    }

    private static String contexts(String... contexts) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":["
                + String.join(",", contexts) + "]}";
    }

    private static List<Found> in(String... items) {
        return MATCH.in(post("[" + String.join(",", items) + "]", null));
    }

    private static CollectorPayload post(String data, @Nullable String query) {
        String body = "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":" + data + "}";
        CollectorPayload payload = TrackerPost.of(body.getBytes(StandardCharsets.UTF_8));
        return query == null ? payload : payload.withQuerystring(query);
    }

    private static String item(String parameter, String value) {
        return "{\"e\":\"pv\",\"" + parameter + "\":\""
                + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    // Single values

    @Test
    void the_value_of_a_field_for_ids_is_compared_as_a_text_and_as_a_number() {
        assertThat(MATCH.isUser("4711")).isTrue();
        assertThat(MATCH.isUser(4711L)).isTrue();
        assertThat(MATCH.isUser(4711.0)).isTrue();
        assertThat(MATCH.isUser(new BigDecimal("4.711e3"))).isTrue();
        assertThat(MATCH.isUser("ab")).isTrue();
        assertThat(MATCH.isUser("4711 ")).isFalse();
        assertThat(MATCH.isUser(47110)).isFalse();
        assertThat(MATCH.isUser("global-77")).isFalse();
        assertThat(MATCH.isUser(null)).isFalse();
        assertThat(MATCH.isUser(List.of("4711"))).isFalse();
        assertThat(MATCH.isGlobalUser("global-77")).isTrue();
        assertThat(MATCH.isGlobalUser("4711")).isFalse();
    }

    @Test
    void a_text_mentions_ids_of_four_characters_or_more() {
        assertThat(MATCH.isMentioned("http://a.test/?user=4711&x=1")).isTrue();
        assertThat(MATCH.isMentioned("global-77 is not valid")).isTrue();
        assertThat(MATCH.isMentioned("user 47110")).isFalse();
        assertThat(MATCH.isMentioned("ab")).isFalse();
    }

    // Which events

    @ParameterizedTest
    @CsvSource({"uid,4711,true", "uid,ab,true", "uid,4712,false", "uid,global-77,true", "tna,4711,true", "tna,ab,false"
    })
    void an_id_in_another_parameter_counts_if_it_is_not_too_short_to_be_chance(
            String parameter, String value, boolean found) {
        List<Found> events = in(item("uid", "other"), item(parameter, value));

        assertThat(events).extracting(Found::index).isEqualTo(found ? List.of(1) : List.of());
        // A global user id is not a user id, and a tracker's name is neither.
        assertThat(events)
                .extracting(Found::isCertain)
                .isEqualTo(!found ? List.of() : List.of(parameter.equals("uid") && !value.startsWith("global")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"user_id\":4711} | true",
                "{\"user_id\":4711.0} | true",
                "{\"user_id\":\"ab\"} | true",
                "{\"global_user_id\":\"global-77\"} | true",
                "{\"user_id\":[\"ab\"]} | true",
                "{\"user_id\":{\"id\":\"ab\"}} | true",
                "{\"extra\":{\"user_id\":\"ab\"}} | true",
                "{\"list\":[{\"user_id\":\"ab\"}]} | true",
                "{\"user_id\":\"cd\"} | false",
                "{\"realm\":\"ab\"} | false",
                "{\"global_user_id\":\"ab\"} | false"
            })
    void the_standard_context_is_about_the_person_in_its_fields_for_ids(String data, boolean certain) {
        String cx = contexts(standard(data));

        for (String item :
                List.of(item("co", cx), item("cx", base64(cx)), item("ue_pr", cx), item("ue_px", base64(cx)))) {
            assertThat(in(item)).extracting(Found::isCertain).as(item).isEqualTo(certain ? List.of(true) : List.of());
        }
    }

    @Test
    void a_field_for_ids_counts_only_in_the_standard_schema() {
        String other = "{\"schema\":\"iglu:com.acme/gitlab_standard/jsonschema/1-0-0\",\"data\":{\"user_id\":\"ab\"}}";

        assertThat(in(item("co", contexts(other)))).isEmpty();
        assertThat(in(item("co", contexts(other.replace("ab", "4711")))))
                .extracting(Found::isCertain)
                .containsExactly(false);
    }

    @Test
    void contexts_that_cannot_be_read_are_searched_for_every_id() {
        assertThat(in(item("co", "{ ab"))).extracting(Found::isCertain).containsExactly(true);
        assertThat(in(item("cx", "%%% ab"))).extracting(Found::isCertain).containsExactly(true);
        assertThat(in(item("co", "{ abc"))).isEmpty();
    }

    @Test
    void an_event_has_the_key_under_which_it_would_arrive_again() {
        String event = "{\"e\":\"pv\",\"eid\":\"" + ID + "\",\"uid\":\"4711\"}";

        List<Found> found = in(event, item("uid", "4711"));

        assertThat(found).extracting(Found::index).containsExactly(0, 1);
        assertThat(found.get(0).key())
                .isEqualTo(EventKey.of(new TrackerPayload(Map.of("e", "pv", "eid", ID, "uid", "4711"))));
        assertThat(found.get(1).key()).isNull();
    }

    @Test
    void a_parameter_that_is_hidden_by_another_of_the_same_name_counts() {
        assertThat(in("{\"e\":\"pv\",\"uid\":\"4711\",\"uid\":\"x\"}"))
                .extracting(Found::isCertain)
                .containsExactly(true);
    }

    @Test
    void the_query_applies_to_each_event_of_the_body() {
        CollectorPayload request = post("[{\"e\":\"pv\"},{\"e\":\"pp\"}]", "uid=4711");

        assertThat(MATCH.in(request)).extracting(Found::index).containsExactly(0, 1, PersonMatch.BESIDE_EVENTS);
        assertThat(MATCH.in(post("[{\"e\":\"pv\"}]", "page=4711")))
                .containsExactly(new Found(PersonMatch.BESIDE_EVENTS, null, false));
        assertThat(MATCH.in(post("[{\"e\":\"pv\"}]", "uid=4712"))).isEmpty();
    }

    @Test
    void a_body_with_more_than_events_counts_as_a_whole() {
        byte[] body = ("{\"note\":\"4711\",\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[{\"e\":\"pv\"}]}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(MATCH.in(TrackerPost.of(body))).containsExactly(new Found(0, null, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not JSON 4711", "not JSON ab", "{\"uid\":\"ab\"", "[\"ab\"]"})
    void a_request_that_cannot_be_split_counts_as_a_whole(String body) {
        assertThat(MATCH.in(TrackerPost.of(body.getBytes(StandardCharsets.UTF_8))))
                .containsExactly(new Found(0, null, true));
        assertThat(MATCH.in(TrackerPost.of(
                        body.replace("4711", "4712").replace("ab", "abc").getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
    }

    // Processed events

    @Test
    void a_processed_event_is_about_the_person_in_its_fields_and_contexts() {
        assertThat(MATCH.isAbout(processed(Map.of("e", "pv", "uid", "ab")))).isTrue();
        assertThat(MATCH.isAbout(processed(Map.of("e", "pv", "uid", "abc")))).isFalse();
        assertThat(MATCH.isAbout(processed(Map.of("e", "pv", "tna", "4711")))).isFalse();
        assertThat(MATCH.isAbout(processed(Map.of("e", "pv", "co", contexts(standard(fields("\"user_id\":4711")))))))
                .isTrue();
        assertThat(MATCH.isAbout(processed(
                        Map.of("e", "pv", "co", contexts(standard(fields("\"global_user_id\":\"global-77\"")))))))
                .isTrue();
        assertThat(MATCH.isAbout(processed(Map.of("e", "pv", "co", contexts(standard(fields("\"user_id\":4712")))))))
                .isFalse();
    }

    private static String fields(String field) {
        return "{\"environment\":\"test\",\"source\":\"test\"," + field + "}";
    }

    @Test
    void a_failed_event_is_about_the_person_wherever_the_id_is() {
        assertThat(MATCH.isAbout(processed(Map.of("e", "wrong", "tna", "4711"))))
                .isTrue();
        assertThat(MATCH.isAbout(processed(Map.of("e", "wrong", "4711", "x")))).isTrue();
        assertThat(MATCH.isAbout(processed(Map.of("e", "wrong", "uid", "ab")))).isTrue();
        assertThat(MATCH.isAbout(processed(Map.of("e", "wrong", "tna", "ab")))).isFalse();
        assertThat(MATCH.isAbout(processed(Map.of("e", "wrong", "tna", "4712"))))
                .isFalse();
    }

    private static ProcessedEvent processed(Map<String, String> parameters) {
        Pipeline pipeline = new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));
        ProcessedEvent event =
                (ProcessedEvent) pipeline.process(TrackerPost.of(new TrackerPayload(parameters)), "test/1")
                        .get(0);
        assertThat(event)
                .as(event::toString)
                .isInstanceOf(parameters.containsValue("wrong") ? FailedEvent.class : GoodEvent.class);
        return event;
    }

    @Test
    void only_numbers_could_be_written_in_another_way() {
        assertThat(MATCH.hasNumbers()).isTrue();
        assertThat(new PersonMatch(new Persons(Set.of("ab"), Set.of("g-1"))).hasNumbers())
                .isFalse();
    }

    // What is left

    @Test
    void removed_events_leave_empty_objects_so_that_others_keep_their_indices() {
        CollectorPayload request = post("[{\"e\":\"a\"},{\"e\":\"b\"},{\"e\":\"c\"}]", "uid=4711");

        CollectorPayload left = PersonMatch.without(request, Set.of(1));

        assertThat(left).isNotNull();
        assertThat(left.querystring()).isEqualTo("uid=4711");
        assertThat(text(left))
                .isEqualTo("{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":[{\"e\":\"a\"},{},{\"e\":\"c\"}]}");
        assertThat(PersonMatch.without(request, Set.of(0, 1, 2))).isNull();
    }

    @Test
    void the_query_goes_with_what_is_beside_the_events() {
        CollectorPayload request = post("[{\"e\":\"a\"}]", "uid=4711");

        CollectorPayload left = PersonMatch.without(request, Set.of(PersonMatch.BESIDE_EVENTS));

        assertThat(left).isNotNull();
        assertThat(left.querystring()).isNull();
        assertThat(text(left)).endsWith("[{\"e\":\"a\"}]}");
        assertThat(PersonMatch.without(request.withoutBody(), Set.of(0))).isNull();
    }

    private static String text(CollectorPayload request) {
        return new String(request.body().bytes(), StandardCharsets.UTF_8);
    }
}
