package dev.internalevents.lake;

import dev.internalevents.lake.s3.BucketException;
import dev.internalevents.protocol.Excerpt;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.iceberg.exceptions.RESTException;

/**
 * Why a table cannot be read or written, in a few words. The same trouble has the same text each time, so that it is
 * logged once: without the random names of files, which Iceberg's and Parquet's messages contain.
 */
final class Reason {

    private static final int MAX_LENGTH = 200;
    private static final int MAX_CAUSES = 20;

    /** A file name with a random id, and the rest of the path. */
    private static final Pattern RANDOM_NAME =
            Pattern.compile("[^/\\s]*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[^/\\s;:,]*"
                    + "\\.(parquet|avro|json|text)");

    private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    private Reason() {}

    static String of(Throwable thrown) {
        BucketException bucket = BucketException.in(thrown);
        if (bucket != null) {
            return message(bucket);
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof SQLException) {
                return ofCatalog(cause, cause);
            }
            if (cause instanceof RESTException) {
                Throwable why = cause.getCause();
                return ofCatalog(cause, why == null ? cause : why);
            }
            cause = cause.getCause();
        }
        cause = thrown;
        IOException deepest = null;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            deepest = cause instanceof IOException io ? io : deepest;
            for (Throwable suppressed : cause.getSuppressed()) {
                deepest = deepest == null && suppressed instanceof IOException io ? io : deepest;
            }
            cause = cause.getCause();
        }
        return deepest == null ? message(thrown) : ofFile(deepest);
    }

    private static String ofCatalog(Throwable thrown, Throwable why) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof UnknownHostException) {
                String host = message(cause).replaceFirst(":.*", "");
                return shorten("the catalog: there is no host " + host + "; check the address of --lake-catalog");
            }
            cause = cause.getCause();
        }
        return shorten("the catalog: " + message(why));
    }

    private static String ofFile(IOException e) {
        if (!(e instanceof FileSystemException file)) {
            return message(e);
        }
        if (file instanceof AccessDeniedException) {
            return "access is denied to the user " + System.getProperty("user.name") + ", who needs the right to write"
                    + " there";
        }
        String reason = file.getReason();
        return reason != null ? shorten(reason) : words(e);
    }

    /** Returns the words of the class: "access denied". */
    private static String words(Throwable e) {
        String name = e.getClass().getSimpleName();
        return WORDS.matcher(name.replaceFirst("Exception$", ""))
                .replaceAll(" ")
                .toLowerCase(Locale.ROOT);
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? words(e) : shorten(message);
    }

    private static String shorten(String text) {
        String line = text.lines().findFirst().orElse("");
        String named = RANDOM_NAME.matcher(line).replaceAll("a file");
        return Excerpt.of(named, MAX_LENGTH);
    }
}
