package dev.internalevents.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the addresses of an event sink: its location, its catalog and the endpoint of its object store. An address
 * that contains a secret is rejected; messages repeat nothing of an address that may contain one.
 */
final class SinkAddresses {

    static final String OBJECT_STORE = "s3://";

    private static final int MAX_LENGTH = 2_000;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** At least two letters, because one is a drive. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    private static final Pattern BUCKET =
            Pattern.compile("s3://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()=+/-]*)?");

    private static final Pattern SECRET =
            Pattern.compile("(?i)[^?&;=/]*(password|passwd|passphrase|pwd|secret|token|credential|apikey)[^?&;=/]*=");

    /** Oracle's addresses have an {@code @} behind a colon, with a user or without one. */
    private static final Pattern USER = Pattern.compile("[^:]@");

    /** What the address of a server may have as parameters. */
    private static final List<String> PARAMETERS = List.of("warehouse", "scope", "audience", "oauth2-server-uri");

    private static final Pattern JDBC = Pattern.compile("jdbc:[a-z0-9]+:.+");

    private SinkAddresses() {}

    /** Returns the location, without a slash at its end; a path is absolute. */
    static String location(String location) {
        if (location.startsWith(OBJECT_STORE)) {
            return bucket(location);
        }
        var scheme = SCHEME.matcher(location);
        check(
                !scheme.matches(),
                () -> "lake: \"" + scheme.group(1) + ":…\" is neither a folder nor a bucket; expected a path of a"
                        + " mounted file system, such as /var/lib/lake, or s3://BUCKET/PREFIX");
        check(
                !location.isBlank(),
                () -> "lake: it is empty; expected a folder, such as /var/lib/lake, or" + " s3://BUCKET/PREFIX");
        try {
            return Path.of(location).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("lake: it is not a path (" + e.getReason() + "); expected a folder", e);
        }
    }

    private static String bucket(String location) {
        check(
                !location.contains("@"),
                () -> "lake: the address of a bucket cannot contain a user or a key, which would appear in lists of"
                        + " processes and in logs; remove it, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        check(
                location.length() <= MAX_LENGTH
                        && BUCKET.matcher(location).matches()
                        && !location.substring(OBJECT_STORE.length()).contains("//")
                        && !location.contains("/../")
                        && !location.endsWith("/.."),
                () -> "lake: the address does not name a bucket, and a prefix of letters, digits and !_.*'()=+-;"
                        + " expected s3://BUCKET/PREFIX, with 3 to 63 lower-case letters, digits, dots and hyphens for"
                        + " the bucket");
        return location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
    }

    /** Returns the address of the catalog. */
    static @Nullable String catalog(@Nullable String catalog) {
        if (catalog == null) {
            return null;
        }
        check(
                catalog.length() <= MAX_LENGTH && (catalog.startsWith("jdbc:") || catalog.startsWith("rest:")),
                () -> "lake-catalog: the address does not begin with jdbc: or rest:; expected for example"
                        + " jdbc:postgresql://HOST/DATABASE or rest:https://HOST/PATH");
        check(
                !USER.matcher(catalog).find() && !SECRET.matcher(catalog).find(),
                () -> "lake-catalog: the address contains a user or a secret, which would appear in lists of processes"
                        + " and in logs; remove it, and set INTERNAL_EVENTS_LAKE_CATALOG_USER and"
                        + " INTERNAL_EVENTS_LAKE_CATALOG_PASSWORD, or INTERNAL_EVENTS_LAKE_CATALOG_TOKEN");
        if (catalog.startsWith("rest:")) {
            URI address = http("lake-catalog", catalog.substring("rest:".length()), "rest:https://HOST/PATH");
            check(
                    !"http".equalsIgnoreCase(address.getScheme()) || LOOPBACK.contains(address.getHost()),
                    () -> "lake-catalog: requests to " + address.getHost() + ", which may contain a token, would not be"
                            + " encrypted; expected rest:https://HOST/PATH");
            parameters(address.getRawQuery());
        } else {
            check(
                    JDBC.matcher(catalog).matches(),
                    () -> "lake-catalog: the address names no database; expected for example"
                            + " jdbc:postgresql://HOST/DATABASE or jdbc:sqlite:/PATH/catalog.db");
        }
        return catalog;
    }

    private static void parameters(@Nullable String query) {
        for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            check(
                    equals > 0 && PARAMETERS.contains(parameter.substring(0, equals)),
                    () -> "lake-catalog: a parameter of the address is not supported; expected one of "
                            + String.join(", ", PARAMETERS));
        }
    }

    /** Returns the endpoint of the object store. */
    static @Nullable String endpoint(@Nullable String endpoint, String location) {
        if (endpoint == null) {
            return null;
        }
        check(
                location.startsWith(OBJECT_STORE),
                () -> "lake-s3-endpoint: it has no effect with a folder; expected --lake s3://BUCKET/PREFIX too");
        URI address = http("lake-s3-endpoint", endpoint, "https://HOST");
        check(
                address.getQuery() == null,
                () -> "lake-s3-endpoint: the address has parameters; expected for example https://HOST");
        return endpoint;
    }

    private static URI http(String setting, String text, String expected) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            // The cause has the text.
            throw new IllegalArgumentException(setting + ": not a valid URL; expected " + expected);
        }
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = address.getHost();
        check(
                host != null
                        && address.getUserInfo() == null
                        && address.getFragment() == null
                        && (scheme.equals("https") || scheme.equals("http")),
                () -> setting + ": not an http or https URL with a host, and without user and fragment; expected "
                        + expected);
        return address;
    }

    private static void check(boolean isValid, Supplier<String> message) {
        if (!isValid) {
            throw new IllegalArgumentException(message.get());
        }
    }
}
