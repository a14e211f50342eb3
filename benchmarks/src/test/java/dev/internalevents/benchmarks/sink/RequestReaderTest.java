package dev.internalevents.benchmarks.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.protocol.PayloadBody;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    @Test
    void braces_are_counted_as_a_loop_would() {
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = new byte[random.nextInt(100)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(3) == 0 ? (byte) '{' : (byte) random.nextInt();
            }
            int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            int expected = 0;
            for (int i = from; i < bytes.length; i++) {
                expected += bytes[i] == '{' ? 1 : 0;
            }
            assertThat(BraceCount.in(bytes, from, bytes.length)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000, 1 << 20})
    void requests_are_read_however_they_are_cut(int piece) throws Exception {
        byte[] two = (request(1) + request(250)).getBytes(StandardCharsets.US_ASCII);
        RequestReader reader = new RequestReader(new InputStream() {
            private final InputStream all = new ByteArrayInputStream(two);

            @Override
            public int read() throws IOException {
                return all.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return all.read(into, offset, Math.min(piece, length));
            }
        });
        for (int events : new int[] {1, 250}) {
            assertThat(reader.nextRequest()).isTrue();
            assertThat(reader.braces()).isEqualTo(events + 1);
        }
        assertThat(reader.nextRequest()).isFalse();
    }

    @Test
    void half_a_request_is_none() {
        String half = request(3).substring(0, 200);
        RequestReader reader = new RequestReader(new ByteArrayInputStream(half.getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(reader::nextRequest).isInstanceOf(EOFException.class);
    }

    private static String request(int events) {
        PayloadBody body = new PayloadBody(0);
        for (int i = 0; i < events; i++) {
            body.beginEvent().beginObject().name("e").string("se").name("se_ac").string(ReferenceEvent.ACTION);
            body.endEvent();
        }
        body.finish(1_700_000_000_000L);
        String text = new String(body.array(), body.start(), body.size(), StandardCharsets.US_ASCII);
        return "POST /tp2 HTTP/1.1\r\nHost: x\r\nContent-length: " + text.length() + "\r\n\r\n" + text;
    }
}
