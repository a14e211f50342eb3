package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that proxies and the collector could interpret differently, sent byte by byte. */
class StrictHttpTest {

    private static final String END = "Connection: close\r\n\r\n";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void start() throws Exception {
        collector.start(CollectorSettings.micro());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /micro/all HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n",
                "GET /micro/all HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Other: a\r\nhost: 127.0.0.1\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
                "GET /i?e=pv HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
                "GET /micro/all HTTP/1.0\r\nHost: 127.0.0.1\r\nHost: evil\r\n",
                "GET /micro/all HTTP/1.1\r\n",
                "GET /micro/all HTTP/1.1\r\nHost: \r\n",
                "GET /micro/all HTTP/1.1\r\nHost: a@127.0.0.1\r\n",
                "GET /micro/all HTTP/1.1\r\nHost: 127.0.0.1, evil\r\n",
                "GET http://evil/micro/all HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            })
    void a_request_without_exactly_one_valid_host_is_400(String head) throws Exception {
        assertThat(collector.raw(head + END)).matches("(?s)HTTP/1\\.[01] 400 .*");
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1\r\nX-A: b\r\n c\r\n",
                "Host: 127.0.0.1\r\nX-A: b\r\n\tc\r\n",
                "Host: 127.0.0.1\r\nX-A:\r\n b\r\n",
                "Host: 127.0.0.1\r\nX-A: b\n c\r\n",
                "Host: evil\r\n 127.0.0.1\r\n",
                " X-A: b\r\nHost: 127.0.0.1\r\n",
                "Host: 127.0.0.1\r\nContent-Length: 3\r\nX-A: b\r\n c\r\n"
            })
    void a_folded_header_is_400_and_nothing_behind_it_is_read(String headers) throws Exception {
        String answer = collector.raw(
                "POST /i?e=pv HTTP/1.1\r\n" + headers + "\r\nabc" + "GET /i?e=pv HTTP/1.1\r\nHost: a\r\n" + END);

        assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("200 OK");
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @Test
    void a_folded_header_is_found_wherever_the_network_cuts_the_request() throws Exception {
        String request = "GET /i?e=pv HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b\r\n c\r\n" + END;
        for (int cut = 1; cut < request.length(); cut++) {
            assertThat(inTwo(request, cut)).as("cut at %d", cut).startsWith("HTTP/1.1 400 ");
        }
        assertThat(collector.json("/micro/all").path("total").asInt()).isZero();
    }

    @Test
    void lines_of_a_body_that_begin_with_a_blank_are_no_folded_headers() throws Exception {
        String body = "{\n \"a\":\n\t1\r\n }\r\n\r\n b";
        String one = "POST " + TestCollector.TP2 + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + body.length()
                + "\r\n";

        String answers = collector.raw(one + "\r\n" + body + one + "\r\n" + body + "POST " + TestCollector.TP2
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n" + END
                + "5\r\n\r\n x\n\r\n0\r\n\r\n");

        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
        String split = one + END + body;
        for (int cut = 1; cut < split.length(); cut++) {
            assertThat(inTwo(split, cut)).as("cut at %d", cut).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void http_2_begins_with_its_preface_and_by_an_upgrade_only_if_that_is_asked_for() throws Exception {
        String upgrade = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n";
        assertThat(beginning(upgrade)).isEqualTo("HTTP/1.1 200");
        assertThat(beginning(upgrade.replace("Upgrade: h2c", "upgrade: H2C"))).isEqualTo("HTTP/1.1 200");
        assertThat(settings(PREFACE.length())).isEqualTo(4);
        assertThat(settings(1)).isEqualTo(4);
        assertThat(settings(4)).isEqualTo(4);

        collector.start(CollectorSettings.micro().h2c(true));
        assertThat(beginning(upgrade.replace(", close", ""))).isEqualTo("HTTP/1.1 101");
        assertThat(settings(PREFACE.length())).isEqualTo(4);
    }

    /**
     * Returns the protocol and status of the response; does not wait for the end, as upgraded connections stay open.
     */
    private String beginning(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", collector.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    /**
     * Starts HTTP/2 by prior knowledge, sent in two parts; returns the type of the first response frame, 4 for
     * SETTINGS.
     */
    private int settings(int cut) throws Exception {
        byte[] begin = PREFACE.getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", collector.port())) {
            socket.setSoTimeout(30_000);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            out.write(begin, 0, cut);
            out.flush();
            out.write(begin, cut, begin.length - cut);
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            out.flush();
            return socket.getInputStream().readNBytes(9)[3];
        }
    }

    private String inTwo(String request, int cut) throws Exception {
        byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = new Socket("127.0.0.1", collector.port())) {
            socket.setSoTimeout(30_000);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(bytes, 0, cut);
            socket.getOutputStream().flush();
            socket.getOutputStream().write(bytes, cut, bytes.length - cut);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
