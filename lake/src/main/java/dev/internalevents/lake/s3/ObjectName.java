package dev.internalevents.lake.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of an object, or of a prefix of objects.
 *
 * @param bucket the name of the bucket
 * @param key what follows the bucket's name and a slash; empty for the whole bucket
 */
record ObjectName(String bucket, String key) {

    /** Engines that use Hadoop's file systems write s3a or s3n instead. */
    private static final Pattern LOCATION = Pattern.compile("s3[an]?://([^/@]+)(?:/(.*))?", Pattern.DOTALL);

    /** @throws IllegalArgumentException if it is not the address of an object; the message does not repeat it */
    static ObjectName of(String location) {
        Matcher parts = LOCATION.matcher(location);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not the address of an object; expected s3://BUCKET/KEY");
        }
        return new ObjectName(parts.group(1), parts.group(2) == null ? "" : parts.group(2));
    }

    /** Returns whether it is the address of an object. */
    static boolean matches(String location) {
        return LOCATION.matcher(location).matches();
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
