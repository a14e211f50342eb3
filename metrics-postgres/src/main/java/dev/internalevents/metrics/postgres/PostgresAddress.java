package dev.internalevents.metrics.postgres;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * Where the counters are. Only the parameters listed here are accepted: others of the driver load classes or write
 * files.
 *
 * @param hosts {@code host:port}, separated by commas
 * @param schema the schema of the tables; empty for the first one of the role's search path
 */
record PostgresAddress(
        String hosts, String database, @Nullable String user, String schema, Map<String, String> parameters) {

    static final String EXPECTED = "expected postgresql://[user@]host[:port]/database[?sslmode=verify-full"
            + "&sslrootcert=FILE&sslcert=FILE&sslkey=FILE&passwordfile=FILE&schema=NAME]";

    private static final String NO_PASSWORD =
            "the address contains a password, which would appear in lists of processes"
                    + " and in logs; remove it, and set INTERNAL_EVENTS_METRICS_PASSWORD, or name a file with passwordfile=FILE";
    private static final Pattern SCHEME = Pattern.compile("postgres(ql)?://");
    private static final Pattern AUTHORITY = Pattern.compile("(?:([^@]*)@)?([^@/?]+)/([^/?]+)");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z]{1,40}");
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    /** Repeated in a message; anything else may contain a password after a mistyped separator. */
    private static final Pattern REPEATABLE = Pattern.compile("[A-Za-z0-9_.-]{1,63}");

    private static final Pattern SEPARATOR = Pattern.compile("[&;=]");
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final String DEFAULT_SSL_MODE = "prefer";
    private static final List<String> PARAMETERS =
            List.of("sslmode", "sslrootcert", "sslcert", "sslkey", "passwordfile", "schema", "user");
    private static final int MAX_LENGTH = 4_096;
    private static final int DEFAULT_PORT = 5432;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_PASSWORD_BYTES = 4_096;

    /** Returns whether a text is meant as such an address. */
    static boolean matches(String text) {
        return SCHEME.matcher(text).lookingAt();
    }

    /**
     * Parses an address.
     *
     * @throws IllegalArgumentException if it is invalid, or contains a password; the message repeats no secret
     */
    static PostgresAddress parse(String text) {
        if (!matches(text) || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("not a valid PostgreSQL address; " + EXPECTED);
        }
        String rest = SCHEME.matcher(text).replaceFirst("");
        int query = rest.indexOf('?');
        String authority = query < 0 ? rest : rest.substring(0, query);
        String account = authority.contains("@") ? authority.substring(0, authority.lastIndexOf('@')) : "";
        if (account.contains(":")) {
            throw new IllegalArgumentException(NO_PASSWORD);
        }
        Map<String, String> parameters = parameters(query < 0 ? "" : rest.substring(query + 1));
        var parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a valid PostgreSQL address; " + EXPECTED);
        }
        String user = parts.group(1) == null || parts.group(1).isEmpty() ? parameters.get("user") : decoded(account);
        if (user != null && user.contains(":")) {
            // Written as %3A; PostgreSQL's messages, and so the log, would contain it as a part of the name.
            throw new IllegalArgumentException(NO_PASSWORD);
        }
        return new PostgresAddress(
                hosts(parts.group(2)), database(parts.group(3)), user, schema(parameters), parameters);
    }

    /** Parameters after a mistyped separator would be a part of the name, which is in messages. */
    private static String database(String text) {
        String name = decoded(text);
        if (name.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new IllegalArgumentException(NO_PASSWORD);
        }
        if (SEPARATOR.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "the database's name contains &, ; or =; expected ? before the first parameter, and %26, %3B or"
                            + " %3D for such a character in a name");
        }
        return name;
    }

    private static String hosts(String text) {
        List<String> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            var parts = HOST.matcher(host);
            if (!parts.matches()) {
                // Not repeated: it may be a user and a password without their @.
                throw new IllegalArgumentException("not a valid host and port; " + EXPECTED);
            }
            String port = parts.group(2) == null ? ":" + DEFAULT_PORT : parts.group(2);
            int number = Integer.parseInt(port.substring(1));
            if (number < 1 || number > MAX_PORT) {
                throw new IllegalArgumentException("not a valid port: " + number + "; expected 1 to " + MAX_PORT);
            }
            hosts.add(parts.group(1) + port);
        }
        return String.join(",", hosts);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (name.equals("password") || name.equals("sslpassword")) {
                throw new IllegalArgumentException(NO_PASSWORD);
            }
            if (equals < 0 || !PARAMETERS.contains(name)) {
                // Anything else may be part of a password, also what follows a ? before the @ of the host.
                boolean isName = NAME.matcher(name).matches() && !query.contains("@");
                String shown = isName ? "the parameter \"" + name + "\"" : "a parameter";
                throw new IllegalArgumentException(
                        shown + " is not supported; expected one of " + String.join(", ", PARAMETERS));
            }
            parameters.put(name, decoded(parameter.substring(equals + 1)));
        }
        String mode = parameters.getOrDefault("sslmode", DEFAULT_SSL_MODE);
        if (!SSL_MODES.contains(mode)) {
            throw new IllegalArgumentException(
                    "sslmode: " + shown(mode) + " is not a mode; expected one of " + String.join(", ", SSL_MODES));
        }
        if (parameters.containsKey("sslrootcert") && !isVerified(mode)) {
            throw new IllegalArgumentException("sslrootcert has no effect with sslmode=" + mode
                    + ", which does not check the server's certificate; expected sslmode=verify-full or verify-ca");
        }
        return parameters;
    }

    private static boolean isVerified(String mode) {
        return mode.startsWith("verify");
    }

    /** Returns a value for a message, without what may be a secret. */
    private static String shown(String value) {
        return REPEATABLE.matcher(value).matches() ? '"' + value + '"' : "the value";
    }

    private static String schema(Map<String, String> parameters) {
        String schema = parameters.getOrDefault("schema", "");
        if (!schema.isEmpty() && !SCHEMA.matcher(schema).matches()) {
            throw new IllegalArgumentException(
                    "schema: " + shown(schema) + " is not supported; expected lower-case letters, digits and _");
        }
        return schema;
    }

    private static String decoded(String text) {
        try {
            // URLDecoder alone would read + as a space.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a valid PostgreSQL address: an invalid %; " + EXPECTED);
        }
    }

    /** Returns the driver's URL. */
    String url() {
        return "jdbc:postgresql://" + hosts + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Returns the driver's properties, with the password.
     *
     * @throws IOException if the password's file cannot be read
     */
    Properties properties(Map<String, String> environment) throws IOException {
        Properties properties = new Properties();
        if (user != null) {
            PGProperty.USER.set(properties, user);
        }
        String password = password(environment);
        if (password != null) {
            PGProperty.PASSWORD.set(properties, password);
        }
        String mode = parameters.getOrDefault("sslmode", DEFAULT_SSL_MODE);
        PGProperty.SSL_MODE.set(properties, mode);
        if (parameters.containsKey("sslrootcert")) {
            PGProperty.SSL_ROOT_CERT.set(properties, parameters.get("sslrootcert"));
        } else if (isVerified(mode)) {
            // The certificates that the JVM trusts
            PGProperty.SSL_FACTORY.set(properties, "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        if (parameters.containsKey("sslcert")) {
            PGProperty.SSL_CERT.set(properties, parameters.get("sslcert"));
        }
        if (parameters.containsKey("sslkey")) {
            PGProperty.SSL_KEY.set(properties, parameters.get("sslkey"));
        }
        return properties;
    }

    /** Returns the password; null if there is none, and the driver looks into its own file, {@code ~/.pgpass}. */
    private @Nullable String password(Map<String, String> environment) throws IOException {
        String file = parameters.get("passwordfile");
        if (file != null) {
            Path path = Path.of(file);
            if (Files.size(path) > MAX_PASSWORD_BYTES) {
                throw new IOException(path + " has more than " + MAX_PASSWORD_BYTES + " bytes");
            }
            return Files.readString(path).strip();
        }
        String own = environment.get("INTERNAL_EVENTS_METRICS_PASSWORD");
        return own == null || own.isEmpty() ? environment.get("PGPASSWORD") : own;
    }

    /** Returns the name for messages, without the user. */
    String name() {
        return "PostgreSQL at " + hosts + "/" + database;
    }

    /** Returns the beginning of the tables' names. The schema is quoted, because it may be a word of SQL. */
    String prefix() {
        return (schema.isEmpty() ? "" : '"' + schema + "\".") + "internal_events_";
    }
}
