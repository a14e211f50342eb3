package dev.internalevents.client.settings;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code .env} file: {@code NAME=value} on each line, optionally after {@code export} and with quotes around the
 * value; {@code #} starts a comment. In double quotes, {@code \n}, {@code \"} and {@code \\} are a line break, a quote
 * and a backslash. As in python-dotenv, <code>${OTHER}</code> and <code>${OTHER:-default}</code> are replaced in every
 * value, by a variable from further up in the file, or otherwise from the environment. A byte order mark determines the
 * encoding and is skipped; without one the file is UTF-8.
 */
final class DotEnv {

    private static final Logger LOG = LoggerFactory.getLogger(DotEnv.class);
    private static final long MAX_BYTES = 1_000_000;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]*)(?::-([^}]*))?}");

    /** Files already warned about: an application may read its file more than once. */
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private final Map<String, String> environment;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> unknown = new TreeSet<>();
    private final List<Integer> withoutValue = new ArrayList<>();

    private DotEnv(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The variables of a file, and the numbers of the lines that are not assignments. */
    record Content(Map<String, String> variables, List<Integer> ignoredLines) {}

    /** Returns the content of the file; empty if the file does not exist. */
    static Content read(Path file, Map<String, String> environment) {
        if (!Files.isRegularFile(file)) {
            return new Content(Map.of(), List.of());
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new SettingsException(List.of(
                        file + ": " + Files.size(file) + " bytes is too large for a settings file (at most 1 MB)"));
            }
            return read(file, decode(Files.readAllBytes(file)), environment);
        } catch (IOException e) {
            throw new SettingsException(List.of(file + ": cannot be read (" + e + "); make it readable, or remove it"));
        }
    }

    static Map<String, String> parse(String text, Map<String, String> environment) {
        return new DotEnv(environment).assign(text);
    }

    private static Content read(Path file, String text, Map<String, String> environment) {
        DotEnv parsed = new DotEnv(environment);
        Map<String, String> variables = parsed.assign(text);
        String where = file.toAbsolutePath().toString();
        if (!parsed.unknown.isEmpty() && WARNED.add(where)) {
            LOG.warn(
                    "{}: not set, and therefore replaced with nothing: {}; set them further up in the file or in the"
                            + " environment, or write ${NAME:-default}",
                    where,
                    String.join(", ", parsed.unknown));
        }
        if (!parsed.withoutValue.isEmpty() && WARNED.add(where + "#lines")) {
            LOG.warn(
                    "{}: line {} is not NAME=value and is left out",
                    where,
                    parsed.withoutValue.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        return new Content(variables, List.copyOf(parsed.withoutValue));
    }

    private static String decode(byte[] bytes) {
        Charset charset = StandardCharsets.UTF_8;
        if (bytes.length >= 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) {
            charset = StandardCharsets.UTF_16LE;
        } else if (bytes.length >= 2 && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF) {
            charset = StandardCharsets.UTF_16BE;
        }
        String text = new String(bytes, charset);
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private Map<String, String> assign(String text) {
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            String assignment = line.startsWith("export ")
                    ? line.substring("export ".length()).strip()
                    : line;
            int equals = assignment.indexOf('=');
            if (equals > 0 && !assignment.startsWith("#")) {
                variables.put(
                        assignment.substring(0, equals).strip(),
                        expanded(value(assignment.substring(equals + 1).strip())));
            } else if (!assignment.isEmpty() && !assignment.startsWith("#")) {
                withoutValue.add(number);
            }
        }
        return variables;
    }

    private String expanded(String value) {
        Matcher references = REFERENCE.matcher(value);
        StringBuilder expanded = new StringBuilder();
        while (references.find()) {
            references.appendReplacement(
                    expanded, Matcher.quoteReplacement(valueOf(references.group(1), references.group(2))));
        }
        return references.appendTail(expanded).toString();
    }

    private String valueOf(String name, @Nullable String defaultValue) {
        String known = variables.containsKey(name) ? variables.get(name) : environment.get(name);
        if (known == null && defaultValue == null) {
            unknown.add("${" + name + "}");
        }
        return known != null ? known : defaultValue != null ? defaultValue : "";
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
