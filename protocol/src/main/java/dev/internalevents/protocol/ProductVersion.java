package dev.internalevents.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The version of this product, as the build wrote it. */
public final class ProductVersion {

    /** For example {@code 0.1.0}, for a snapshot of it too; {@code unknown} if the file with it is missing. */
    public static final String CURRENT = read();

    private ProductVersion() {}

    private static String read() {
        try (InputStream in = ProductVersion.class.getResourceAsStream("version.txt")) {
            String version = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
            // A folder of classes that no build has filtered still has the placeholder.
            return version.isEmpty() || version.startsWith("$") ? "unknown" : version.replace("-SNAPSHOT", "");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
