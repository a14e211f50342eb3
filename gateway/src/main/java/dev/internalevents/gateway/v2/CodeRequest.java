package dev.internalevents.gateway.v2;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The body of a Code Suggestions request.
 *
 * @param currentFile the file that is edited
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record CodeRequest(@JsonProperty("current_file") @Nullable CurrentFile currentFile) {

    private static final int MAX_FILE_NAME = 255;
    private static final int MAX_CONTENT = 100_000;

    /**
     * A file and the place of the cursor in it.
     *
     * @param fileName 1 to 255 characters
     * @param contentAboveCursor 100,000 characters at most
     * @param contentBelowCursor 100,000 characters at most
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CurrentFile(
            @JsonProperty("file_name") @Nullable String fileName,
            @JsonProperty("content_above_cursor") @Nullable String contentAboveCursor,
            @JsonProperty("content_below_cursor") @Nullable String contentBelowCursor) {}

    /** The file, with everything in it that a request must have. */
    File file() {
        if (currentFile == null) {
            throw new InvalidRequestException("current_file: it is missing");
        }
        return new File(
                required("file_name", currentFile.fileName(), MAX_FILE_NAME),
                required("content_above_cursor", currentFile.contentAboveCursor(), MAX_CONTENT),
                required("content_below_cursor", currentFile.contentBelowCursor(), MAX_CONTENT));
    }

    /** A file that was checked. */
    record File(String name, String above, String below) {}

    private static String required(String field, @Nullable String value, int most) {
        if (value == null) {
            throw new InvalidRequestException("current_file." + field + ": it is missing");
        }
        if (value.length() > most) {
            throw new InvalidRequestException(
                    "current_file." + field + ": " + value.length() + " characters, expected " + most + " at most");
        }
        return value;
    }
}
