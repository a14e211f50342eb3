package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.protocol.MalformedPayloadException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

class PayloadFrameTest {

    @Property
    void what_was_written_is_read(
            @ForAll long millis,
            @ForAll @Size(8) List<String> texts,
            @ForAll List<String> headers,
            @ForAll byte[] body,
            @ForAll boolean withBody) {
        CollectorPayload payload = new CollectorPayload(
                new CollectorPayload.Api(whole(texts.get(0)), whole(texts.get(1))),
                withBody ? null : whole(texts.get(2)),
                whole(texts.get(3)),
                null,
                withBody ? RequestBody.of(body) : null,
                new CollectorPayload.Source(whole(texts.get(4)), "UTF-8", null),
                new CollectorPayload.Context(
                        Instant.ofEpochMilli(millis),
                        null,
                        whole(texts.get(5)),
                        whole(texts.get(6)),
                        headers.stream().map(PayloadFrameTest::whole).toList(),
                        whole(texts.get(7))));

        assertThat(PayloadFrame.decode(PayloadFrame.encode(payload))).isEqualTo(payload);
    }

    @Property(tries = 200)
    void a_large_body_is_compressed_and_read_again(
            @ForAll @Size(min = 1, max = 400) byte[] part, @ForAll @IntRange(min = 4096, max = 200_000) int size) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = part[i % part.length];
        }

        byte[] frame = PayloadFrame.encode(withBody(body));

        assertThat(frame.length).isLessThan(size / 2 + 500);
        assertThat(PayloadFrame.size(frame)).isEqualTo(frame.length + size);
        assertThat(PayloadFrame.decode(frame).body()).isEqualTo(RequestBody.of(body));
    }

    @Property(tries = 2_000)
    void a_compressed_body_that_is_damaged_is_said_to_be_or_is_another(
            @ForAll @IntRange(min = 0, max = 500) int at, @ForAll byte value) {
        byte[] frame = PayloadFrame.encode(withBody(new byte[100_000]));
        frame[at % frame.length] = value;

        try {
            PayloadFrame.decode(frame);
        } catch (MalformedPayloadException e) {
            assertThat(e).hasMessageStartingWith("a request ");
        }
    }

    private static CollectorPayload withBody(byte[] body) {
        return new CollectorPayload(
                new CollectorPayload.Api("v", "1"),
                null,
                null,
                null,
                RequestBody.of(body),
                new CollectorPayload.Source("c", "UTF-8", null),
                new CollectorPayload.Context(Instant.EPOCH, null, null, null, List.of(), null));
    }

    @Property
    void whatever_bytes_are_a_request_or_said_to_be_none(@ForAll byte[] bytes) {
        try {
            assertThat(PayloadFrame.size(bytes)).isBetween((long) bytes.length, 256L * bytes.length);
            PayloadFrame.decode(bytes);
        } catch (MalformedPayloadException e) {
            assertThat(e).hasMessageStartingWith("a request ");
        }
    }

    @Property
    void a_frame_that_is_cut_or_longer_is_said_to_be_none(
            @ForAll @UniqueElements @Size(min = 1, max = 5) List<String> headers) {
        byte[] frame = PayloadFrame.encode(new CollectorPayload(
                new CollectorPayload.Api("v", "1"),
                "e=pv",
                null,
                null,
                null,
                new CollectorPayload.Source("c", "UTF-8", null),
                new CollectorPayload.Context(
                        Instant.EPOCH,
                        null,
                        null,
                        null,
                        headers.stream().map(PayloadFrameTest::whole).toList(),
                        null)));

        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> PayloadFrame.decode(cut)).isInstanceOf(MalformedPayloadException.class);
        }
        assertThatThrownBy(() -> PayloadFrame.decode(Arrays.copyOf(frame, frame.length + 1)))
                .isInstanceOf(MalformedPayloadException.class);
    }

    /** Replaces unpaired surrogates, which HTTP cannot transmit. */
    private static String whole(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }
}
