package dev.internalevents.protocol;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies one version of a schema: {@code iglu:vendor/name/format/version}.
 *
 * @param vendor letters, digits, {@code -}, {@code _} and {@code .}
 * @param name letters, digits, {@code -} and {@code _}
 * @param format letters, digits, {@code -} and {@code _}; {@code jsonschema} everywhere today
 * @param version the version
 */
public record SchemaKey(String vendor, String name, String format, SchemaVersion version) {

    private static final Pattern URI = Pattern.compile(
            "iglu:([a-zA-Z0-9-_.]{1,255})/([a-zA-Z0-9-_]{1,255})/([a-zA-Z0-9-_]{1,255})/((?:0|[1-9][0-9]{0,8})(?:-(?:0|[1-9][0-9]{0,8})){2})");

    /** Parsed keys. Names are untrusted: they must neither exhaust memory nor displace the schemas in use. */
    private static final RecentCache<String, SchemaKey> KNOWN = new RecentCache<>(2_000);

    /** The URIs of keys, which are asked for with every event. */
    private static final RecentCache<SchemaKey, String> URIS = new RecentCache<>(2_000);

    private static final Pattern VENDOR = Pattern.compile("[a-zA-Z0-9-_.]{1,255}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-_]{1,255}");

    /**
     * @throws IllegalArgumentException if a part contains a character that is not allowed in an Iglu URI. A vendor that
     *     consists of dots only is rejected too, so that a key is always safe as a relative path.
     */
    public SchemaKey {
        Objects.requireNonNull(version, "version");
        if (!VENDOR.matcher(vendor).matches()
                || vendor.chars().allMatch(c -> c == '.')
                || !NAME.matcher(name).matches()
                || !NAME.matcher(format).matches()) {
            throw new IllegalArgumentException("\"iglu:" + Abbreviated.of(vendor + "/" + name + "/" + format) + "/"
                    + version + "\" is not an Iglu schema URI");
        }
    }

    /** Returns the key of a schema in the format {@code jsonschema}; the version is written as {@code 1-0-4}. */
    public static SchemaKey of(String vendor, String name, String version) {
        return new SchemaKey(vendor, name, "jsonschema", SchemaVersion.parse(version));
    }

    /**
     * Parses a URI such as {@code iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7}.
     *
     * @throws IllegalArgumentException if the text is not an Iglu schema URI
     */
    public static SchemaKey parse(String uri) {
        SchemaKey known = KNOWN.get(uri);
        if (known == null) {
            known = read(uri);
            KNOWN.put(uri, known);
        }
        return known;
    }

    private static SchemaKey read(String uri) {
        Matcher matcher = URI.matcher(uri);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + Abbreviated.of(uri) + "\" is not an Iglu schema URI; expected"
                    + " iglu:VENDOR/NAME/jsonschema/MODEL-REVISION-ADDITION");
        }
        return new SchemaKey(
                matcher.group(1), matcher.group(2), matcher.group(3), SchemaVersion.parse(matcher.group(4)));
    }

    /** Returns the path in a static registry, below {@code schemas/}: {@code vendor/name/format/version}. */
    public String path() {
        return vendor + "/" + name + "/" + format + "/" + version;
    }

    /** Returns whether both keys name the same schema in the same format, in any version. */
    public boolean isSameSchemaAs(SchemaKey other) {
        return vendor.equals(other.vendor) && name.equals(other.name) && format.equals(other.format);
    }

    /** Returns the URI in the form that {@link #parse} accepts. */
    @Override
    public String toString() {
        String uri = URIS.get(this);
        if (uri == null) {
            uri = "iglu:" + path();
            URIS.put(this, uri);
        }
        return uri;
    }
}
