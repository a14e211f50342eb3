package dev.internalevents.compatibility;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Sends requests byte by byte, because no HTTP client would send some of them. */
final class Wire {

    private static final int PATIENCE_MILLIS = 60_000;

    private final int port;
    private final String before;

    Wire(int port) {
        this(port, "");
    }

    private Wire(int port, String before) {
        this.port = port;
        this.before = before;
    }

    /** Returns a copy that sends these bytes before each request. */
    Wire after(String bytes) {
        return new Wire(port, bytes);
    }

    /** The response: status, headers by lower-case name, and body. */
    record Answer(int status, Map<String, String> headers, String body) {}

    Answer get(String path, Map<String, String> headers) throws IOException {
        return send("GET", path, headers, new byte[0]);
    }

    Answer post(String path, Map<String, String> headers, String body) throws IOException {
        return send("POST", path, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private Answer send(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", "127.0.0.1:" + port);
        all.put("Connection", "close");
        if (method.equals("POST")) {
            all.put("Content-Length", String.valueOf(body.length));
        }
        all.putAll(headers);
        StringBuilder head = new StringBuilder(before + method + " " + path + " HTTP/1.1\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("\r\n");
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return parse(answer.toByteArray());
        }
    }

    private static Answer parse(byte[] bytes) {
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = latin.indexOf("\r\n\r\n");
        String[] lines = latin.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        byte[] body = java.util.Arrays.copyOfRange(bytes, end + 4, bytes.length);
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            body = joined(body);
        }
        return new Answer(
                Integer.parseInt(lines[0].split(" ", -1)[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[] chunks) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int lineEnd = at;
            while (chunks[lineEnd] != '\r') {
                lineEnd++;
            }
            int length = Integer.parseInt(new String(chunks, at, lineEnd - at, StandardCharsets.ISO_8859_1), 16);
            if (length == 0) {
                return whole.toByteArray();
            }
            whole.write(chunks, lineEnd + 2, length);
            at = lineEnd + 2 + length + 2;
        }
    }
}
