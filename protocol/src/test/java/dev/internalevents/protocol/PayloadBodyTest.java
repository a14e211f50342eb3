package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadBodyTest {

    private static final long SENT = 1_700_000_000_001L;

    private final PayloadBody body = new PayloadBody(100);

    private void add(String name) {
        body.beginEvent().beginObject().name("se_ac").string(name);
        body.endEvent();
    }

    private List<Map<String, String>> sent(long time) {
        body.finish(time);
        return PayloadData.decode(Arrays.copyOfRange(body.array(), body.start(), body.end())).stream()
                .map(entry -> ((PayloadData.Event) entry).payload().parameters())
                .toList();
    }

    private static List<Map<String, String>> events(long time, String... names) {
        return Arrays.stream(names)
                .map(name -> Map.of("se_ac", name, "stm", Long.toString(time)))
                .toList();
    }

    private static String[] names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "event_" + "x".repeat(i)).toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 129})
    void every_event_has_its_own_fields_and_the_time_of_sending(int count) {
        for (String name : names(count)) {
            add(name);
        }

        assertThat(body.count()).isEqualTo(count);
        assertThat(sent(SENT)).isEqualTo(events(SENT, names(count)));
    }

    @Test
    void a_body_can_be_finished_again_with_another_time_and_more_events() {
        add("first");
        add("second");
        assertThat(sent(SENT)).isEqualTo(events(SENT, "first", "second"));

        body.reopen();
        add("third");

        assertThat(sent(SENT + 1)).isEqualTo(events(SENT + 1, "first", "second", "third"));
    }

    @Test
    void an_event_that_is_cut_leaves_nothing_behind() {
        body.beginEvent().beginObject().name("se_ac").string("cut first");
        body.cutEvent();
        add("first");
        int size = body.size();
        body.beginEvent().beginObject().name("se_ac");
        body.cutEvent();
        assertThat(body.size()).isEqualTo(size);
        assertThat(body.count()).isEqualTo(1);
        add("second");

        assertThat(sent(SENT)).isEqualTo(events(SENT, "first", "second"));
    }

    @Test
    void a_cleared_body_starts_again() {
        int empty = body.size();
        add("before");
        body.clear();

        assertThat(body.count()).isZero();
        assertThat(body.size()).isEqualTo(empty);
        add("after");
        assertThat(sent(SENT)).isEqualTo(events(SENT, "after"));
    }

    @Test
    void the_size_grows_by_each_event_and_what_is_added_to_it() {
        add("first");
        int size = body.size();
        byte[] event = "{\"se_ac\":\"second\"".getBytes(StandardCharsets.UTF_8);

        add("second");

        assertThat(body.size() - size).isEqualTo(event.length + PayloadBody.BYTES_PER_EVENT);
        assertThat(body.end() - body.start()).isEqualTo(body.size());
        assertThat(body.start()).isEqualTo(100);
    }

    @Test
    void the_size_of_a_request_with_one_event_is_known_before_it_is_written() {
        byte[] event = "{\"se_ac\":\"only\"".getBytes(StandardCharsets.UTF_8);

        add("only");
        body.finish(SENT);

        assertThat(body.size()).isEqualTo(event.length + PayloadBody.BYTES_AROUND_ONE);
    }

    @Test
    void an_event_of_a_known_length_is_put_into_the_array() {
        // Longer than the first buffer
        byte[] event = ("{\"se_ac\":\"" + "x".repeat(10_000) + "\"").getBytes(StandardCharsets.UTF_8);
        add("first");
        int at = body.beginEvent(event.length);
        byte[] array = body.array();
        System.arraycopy(event, 0, array, at, event.length);
        body.endEvent();

        assertThat(body.array()).as("what endEvent() must not allocate").isSameAs(array);
        assertThat(sent(SENT)).isEqualTo(events(SENT, "first", "x".repeat(10_000)));
    }

    @Test
    void each_event_can_be_read_before_the_body_is_finished() {
        add("first");
        add("second");
        add("third");

        assertThat(body.event(1)).isEqualTo(Map.of("se_ac", "second", "stm", "0000000000000"));
        assertThat(body.openEvent(0)).asString(StandardCharsets.UTF_8).isEqualTo("{\"se_ac\":\"first\"");
        assertThat(body.openEvent(2)).asString(StandardCharsets.UTF_8).isEqualTo("{\"se_ac\":\"third\"");
        assertThat(body.texts(0, Set.of("se_ac", "absent"))).isEqualTo(Map.of("se_ac", "first"));
        assertThat(body.texts(2, Set.of("se_ac"))).isEqualTo(Map.of("se_ac", "third"));
    }

    @Test
    void a_part_of_another_body_is_added() {
        for (String name : names(5)) {
            add(name);
        }
        PayloadBody part = new PayloadBody(0);
        part.addFrom(body, 1, 3);
        part.addFrom(body, 4, 5);
        part.finish(SENT);

        assertThat(PayloadData.decode(Arrays.copyOfRange(part.array(), part.start(), part.end())))
                .extracting(entry -> ((PayloadData.Event) entry).payload().get("se_ac"))
                .containsExactly("event_x", "event_xx", "event_xxxx");
    }
}
