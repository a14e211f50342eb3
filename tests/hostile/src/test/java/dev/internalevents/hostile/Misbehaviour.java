package dev.internalevents.hostile;

import dev.internalevents.hostile.RawCollector.Behaviour;
import dev.internalevents.hostile.RawCollector.Connection;
import dev.internalevents.hostile.RawCollector.Request;
import java.io.IOException;
import java.io.OutputStream;

/** Ways in which a collector, or a proxy in front of it, misbehaves; the same over http and https. */
enum Misbehaviour implements Behaviour {
    CLOSES_AT_ONCE(Connection::misbehaved),
    RESETS_AT_ONCE(Connection::reset),
    STALLS_BEFORE_IT_READS(Connection::stall),
    STALLS_IN_THE_HANDSHAKE(connection -> {
        if (connection.isSecure()) {
            OutputStream out = connection.plain().getOutputStream();
            out.write(new byte[] {0x16, 3, 3, 0, 0x50, 2});
            out.flush();
        }
        connection.stall();
    }),
    STALLS_BEFORE_A_REQUEST(connection -> {
        connection.open();
        connection.stall();
    }),
    STALLS_IN_A_REQUEST(connection -> {
        connection.readHead();
        connection.stall();
    }),
    RESETS_IN_A_REQUEST(connection -> {
        connection.readHead();
        connection.reset();
    }),
    NEVER_ANSWERS(connection -> {
        connection.read();
        connection.stall();
    }),
    CLOSES_WITHOUT_AN_ANSWER(connection -> {
        connection.read();
        connection.misbehaved();
    }),
    RESETS_WITHOUT_AN_ANSWER(connection -> {
        connection.read();
        connection.reset();
    }),
    STALLS_IN_A_STATUS_LINE(answersAndStalls("HTTP/1.1 20", false)),
    CUTS_A_STATUS_LINE(answersAndCloses("HTTP/1.1 20", false)),
    STALLS_IN_A_REASON_PHRASE(answersAndStalls("HTTP/1.1 200 O", true)),
    CUTS_A_REASON_PHRASE(answersAndCloses("HTTP/1.1 200 O", true)),
    STALLS_AFTER_A_STATUS_LINE(answersAndStalls("HTTP/1.1 200 OK\r\nContent-Le", true)),
    CUTS_AFTER_A_STATUS_LINE(answersAndCloses("HTTP/1.1 200 OK\r\nContent-Le", true)),
    STALLS_IN_A_BODY(answersAndStalls("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", true)),
    CUTS_A_BODY(answersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", true)),
    STALLS_IN_A_CHUNK(answersAndStalls("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", true)),
    CUTS_A_CHUNK(answersAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", true)),
    HAS_TWO_LENGTHS(answersOn("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", true)),
    HAS_A_LENGTH_IN_WORDS(answersOn("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", true)),
    HAS_A_NEGATIVE_LENGTH(answersOn("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", true)),
    HAS_A_CHUNK_WITHOUT_LENGTH(answersOn("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true)),
    HAS_NO_LENGTH_AND_STAYS(answersAndStalls("HTTP/1.1 200 OK\r\n\r\nforever", true)),
    HAS_A_HUGE_HEAD(answersAndStalls("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000), true)),
    ANSWERS_TWICE(answersOn(RawCollector.OK + "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", true)),
    CLOSES_AFTER_AN_ANSWER(answersAndCloses(RawCollector.OK, true)),
    RESETS_AFTER_AN_ANSWER(connection -> {
        Request request = connection.read();
        if (request != null) {
            connection.take(request);
            connection.write(RawCollector.OK);
            connection.reset();
        }
    }),
    GIVES_HINTS_FIRST(answersOn(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n" + RawCollector.OK,
            true)),
    GIVES_HINTS_FOREVER(connection -> {
        connection.read();
        connection.misbehaved();
        while (true) {
            connection.write("HTTP/1.1 100 Continue\r\n\r\n");
        }
    }),
    SWITCHES_PROTOCOLS(answersAndStalls("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", false)),
    SPEAKS_SSH(answersOn("SSH-2.0-OpenSSH_9\r\n", false)),
    SPEAKS_HTTP_2(answersAndCloses("\0\0\22\4\0\0\0\0\0\0\3\0\0\0\200", false)),
    SPEAKS_TLS_IN_TLS(answersAndCloses("\25\3\3\0\2\2\106", false)),
    HAS_AN_IMPOSSIBLE_STATUS(answersOn("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", false)),
    IS_UNAVAILABLE(answersOn("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", false)),
    IS_UNAVAILABLE_AND_CUTS(answersAndCloses("HTTP/1.1 503 Later\r\nContent-Length: 9\r\n\r\n", false)),
    TIMES_OUT(answersAndCloses("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", false)),
    MOVES_TO_NOWHERE(answersOn("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", false)),
    MOVES_TO_ANOTHER_HOST(
            answersOn("HTTP/1.1 302 Found\r\nLocation: https://sign-in.test/\r\nContent-Length: 0\r\n\r\n", false)),
    REDIRECTS_TO_ITSELF(answersOn(
            "HTTP/1.1 307 Elsewhere\r\nLocation: /com.snowplowanalytics.snowplow/tp2\r\nContent-Length: 0\r\n\r\n",
            false)),
    REDIRECTS_TO_ANOTHER_HOST(
            answersOn("HTTP/1.1 308 Gone there\r\nLocation: https://evil.test/x\r\nContent-Length: 0\r\n\r\n", false)),
    REFUSES_LARGE_BODIES_UNREAD(connection -> {
        for (String head = connection.readHead(); head != null; head = connection.readHead()) {
            if (Connection.length(head) > 100_000) {
                connection.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                connection.misbehaved();
                return;
            }
            connection.take(new Request(head, connection.body(head)));
            connection.write(RawCollector.OK);
        }
    });

    private final Behaviour behaviour;

    Misbehaviour(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    @Override
    public void serve(Connection connection) throws IOException {
        behaviour.serve(connection);
    }

    /**
     * Returns the event size in bytes. For connections that are not read, it is large enough that a request fills the
     * buffers.
     */
    int eventBytes() {
        return leavesBytesUnread() ? 16_000 : 2_000;
    }

    boolean leavesBytesUnread() {
        return this == STALLS_BEFORE_A_REQUEST || this == STALLS_IN_A_REQUEST || this == STALLS_BEFORE_IT_READS;
    }

    private static Behaviour answersOn(String answer, boolean taken) {
        return connection -> {
            while (!connection.isToBehave()) {
                if (!answer(connection, answer, taken)) {
                    return;
                }
                connection.misbehaved();
            }
            RawCollector.behaves(connection);
        };
    }

    private static Behaviour answersAndStalls(String answer, boolean taken) {
        return connection -> {
            boolean isAnswered;
            try {
                isAnswered = answer(connection, answer, taken);
            } catch (IOException e) {
                // The client closed the connection during a long answer.
                connection.misbehaved();
                throw e;
            }
            if (isAnswered) {
                connection.stall();
            }
        };
    }

    private static Behaviour answersAndCloses(String answer, boolean taken) {
        return connection -> {
            if (answer(connection, answer, taken)) {
                connection.misbehaved();
            }
        };
    }

    private static boolean answer(Connection connection, String answer, boolean taken) throws IOException {
        Request request = connection.read();
        if (request == null) {
            return false;
        }
        if (taken) {
            connection.take(request);
        }
        connection.write(answer);
        return true;
    }
}
