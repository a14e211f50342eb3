package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.protocol.MalformedPayloadException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

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

    @Property(tries = 200)
    void an_origin_travels_with_the_request(
            @ForAll @AlphaChars @StringLength(min = 1, max = 255) String origin,
            @ForAll @IntRange(min = 0, max = 9_000) int size) {
        CollectorPayload payload = withBody(new byte[size]);
        byte[] plain = PayloadFrame.encode(payload);

        byte[] frame = PayloadFrame.withOrigin(plain, origin);

        assertThat(PayloadFrame.origin(plain)).isNull();
        assertThat(PayloadFrame.origin(frame)).isEqualTo(origin);
        assertThat(PayloadFrame.decode(frame)).isEqualTo(payload);
        assertThat(PayloadFrame.size(frame) - frame.length).isEqualTo(PayloadFrame.size(plain) - plain.length);
        assertThat(PayloadFrame.withOrigin(frame, "another")).isSameAs(frame);
        for (int length = 0; length < Math.min(frame.length, 400); length++) {
            byte[] part = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> PayloadFrame.decode(part)).isInstanceOf(MalformedPayloadException.class);
        }
    }

    @Test
    void an_origin_is_printable_and_short() {
        byte[] frame = PayloadFrame.encode(withBody(new byte[1]));
        for (String origin : List.of("", " ", "a b", "a\n", "é", "\u007f", "x".repeat(256))) {
            assertThatThrownBy(() -> PayloadFrame.withOrigin(frame, origin))
                    .as(origin)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 5_000)
    void a_frame_with_an_origin_that_is_damaged_is_another_request_or_none(
            @ForAll @IntRange(min = 0, max = 1_000_000) int at,
            @ForAll byte value,
            @ForAll @IntRange(min = 0, max = 1_000_000) int end,
            @ForAll boolean compressed,
            @ForAll boolean cut) {
        byte[] whole = PayloadFrame.withOrigin(
                PayloadFrame.encode(withBody(new byte[compressed ? 5_000 : 50])),
                "7f3c1f0e-1111-4222-8333-944455556666/12/345678");
        byte[] frame = cut ? Arrays.copyOf(whole, end % whole.length) : whole;
        if (frame.length > 0) {
            frame[at % frame.length] = value;
        }

        String origin = PayloadFrame.origin(frame);
        assertThat(origin == null || origin.matches("[!-~]{1,255}")).isTrue();
        // Limits what is allocated for the body.
        assertThat(PayloadFrame.size(frame)).isBetween((long) frame.length, 256L * frame.length);
        try {
            PayloadFrame.decode(frame);
        } catch (MalformedPayloadException e) {
            assertThat(e).hasMessageStartingWith("a request ");
        }
    }

    @Test
    void an_origin_within_a_frame_with_an_origin_is_malformed() {
        byte[] inner = PayloadFrame.withOrigin(PayloadFrame.encode(withBody(new byte[1])), "a");
        byte[] outer = new byte[inner.length + 3];
        outer[0] = 3;
        outer[1] = 2;
        outer[2] = 'b';
        System.arraycopy(inner, 0, outer, 3, inner.length);

        assertThatThrownBy(() -> PayloadFrame.decode(outer)).isInstanceOf(MalformedPayloadException.class);
    }

    /** Replaces unpaired surrogates, which HTTP cannot transmit. */
    private static String whole(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }
}
