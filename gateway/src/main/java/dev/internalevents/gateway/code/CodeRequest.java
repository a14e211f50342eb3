package dev.internalevents.gateway.code;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The body of a Code Suggestions request to {@code /v2}.
 *
 * @param currentFile the file being edited
 * @param modelProvider for example {@code amazon_q}
 * @param stream whether the answer is sent in parts
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record CodeRequest(
        @JsonProperty("current_file") @Nullable CurrentFile currentFile,
        @JsonProperty("model_provider") @Nullable String modelProvider,
        @JsonProperty("stream") @Nullable Boolean stream) {

    private static final int MAX_FILE_NAME = 255;
    private static final int MAX_CONTENT = 100_000;

    /**
     * A file and the cursor position in it.
     *
     * @param fileName 1 to 255 characters
     * @param contentAboveCursor 100,000 characters at most
     * @param contentBelowCursor 100,000 characters at most
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CurrentFile(
            @JsonProperty("file_name") @Nullable String fileName,
            @JsonProperty("content_above_cursor") @Nullable String contentAboveCursor,
            @JsonProperty("content_below_cursor") @Nullable String contentBelowCursor) {

        /** Returns the file after checking that all required fields are present; {@code where} names it in messages. */
        File checked(String where) {
            return new File(
                    required(where + ".file_name", fileName, MAX_FILE_NAME),
                    required(where + ".content_above_cursor", contentAboveCursor, MAX_CONTENT),
                    required(where + ".content_below_cursor", contentBelowCursor, MAX_CONTENT));
        }
    }

    /** A checked file. */
    record File(String name, String above, String below) {}

    /** Returns the file after checking that all required fields are present. */
    File file() {
        if (currentFile == null) {
            throw invalid("current_file: is missing; expected the file being edited");
        }
        return currentFile.checked("current_file");
    }

    /**
     * Returns the error for a body that is JSON but not a Code Suggestions request; the message names the field and
     * what was expected.
     */
    static ResponseStatusException invalid(String message) {
        return new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT, message);
    }

    private static String required(String field, @Nullable String value, int max) {
        if (value == null) {
            throw invalid(field + ": is missing; expected a text");
        }
        if (value.length() > max) {
            throw invalid(field + ": " + value.length() + " characters, expected " + max + " at most");
        }
        return value;
    }
}
