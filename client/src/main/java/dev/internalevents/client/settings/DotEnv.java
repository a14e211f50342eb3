package dev.internalevents.client.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code .env} file: {@code NAME=value} on each line, optionally after {@code export} and with quotes around the
 * value; {@code #} starts a comment. In double quotes {@code \n}, {@code \"} and {@code \\} stand for themselves.
 */
final class DotEnv {

    private static final long MAX_BYTES = 1_000_000;

    private DotEnv() {}

    /** The variables of the file; none when there is no such file. */
    static Map<String, String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new SettingsException(List.of(
                        file + ": " + Files.size(file) + " bytes is too large for a file of settings (1 MB at most)"));
            }
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new SettingsException(List.of(file + ": cannot be read (" + e + "); make it readable, or remove it"));
        }
    }

    static Map<String, String> parse(String text) {
        Map<String, String> variables = new LinkedHashMap<>();
        text.lines().map(String::strip).forEach(line -> {
            String assignment = line.startsWith("export ")
                    ? line.substring("export ".length()).strip()
                    : line;
            int equals = assignment.indexOf('=');
            if (equals > 0 && !assignment.startsWith("#")) {
                variables.put(
                        assignment.substring(0, equals).strip(),
                        value(assignment.substring(equals + 1).strip()));
            }
        });
        return variables;
    }

    private static String value(String raw) {
        if (raw.startsWith("'") || raw.startsWith("\"")) {
            char quote = raw.charAt(0);
            StringBuilder value = new StringBuilder();
            for (int i = 1; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c == quote) {
                    return value.toString();
                }
                if (c == '\\' && quote == '"' && i + 1 < raw.length()) {
                    c = raw.charAt(++i);
                    if (c == 'n') {
                        c = '\n';
                    }
                }
                value.append(c);
            }
            return raw;
        }
        if (raw.startsWith("#")) {
            return "";
        }
        int comment = raw.indexOf(" #");
        return comment < 0 ? raw : raw.substring(0, comment).strip();
    }
}
