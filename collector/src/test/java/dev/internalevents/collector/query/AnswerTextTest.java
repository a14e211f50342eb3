package dev.internalevents.collector.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    private final AnswerMemory memory = new AnswerMemory(10_000_000);

    @Test
    void the_pieces_together_are_the_text() {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("number", (long) i);
            item.put("text", "ü\"\\😀\ud83d".repeat(i % 300));
            item.put("nothing", List.of());
            item.put("list", List.of(true, "x", Map.of()));
            list.add(item);
        }
        list.add("a".repeat(16_383) + "😀" + "\ud83d".repeat(16_384) + "\u0001".repeat(40_000) + "é".repeat(100_000));
        list.add(Collections.singletonMap("null", null));

        AnswerText text = new AnswerText(memory).value(list).end();

        assertThat(text.pieces()).hasSizeGreaterThan(3);
        assertThat(joined(text)).isEqualTo(Json.write(list));
        assertThat(text.length()).isEqualTo(memory.bytes());
    }

    @Test
    void bytes_count_until_they_are_taken_or_released() {
        AnswerText text = new AnswerText(memory);
        for (int i = 0; i < 10; i++) {
            text.value("x".repeat(200_000));
        }
        text.end();
        assertThat(memory.bytes()).isGreaterThan(2_000_000);

        text.taken(text.pieces().get(0));
        text.release();
        text.release();

        assertThat(memory.bytes()).isZero();
    }

    @Test
    void nothing_large_is_made_while_there_is_no_room() {
        memory.add(10_000_000);
        assertThatThrownBy(() -> memory.large(() -> "made")).isInstanceOf(AnswerMemory.FullException.class);

        memory.remove(1);
        assertThat(memory.large(() -> "made")).isEqualTo("made");
    }

    private static String joined(AnswerText text) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        text.pieces().forEach(all::writeBytes);
        return all.toString(StandardCharsets.UTF_8);
    }
}
