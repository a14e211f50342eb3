package dev.internalevents.iglu;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.MessageSourceError;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.format.Format;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.keyword.FormatValidator;
import com.networknt.schema.path.NodePath;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The formats of draft 4, checked only on strings of limited length: the stack depth or the time of their parsers grows
 * with the length of the string.
 */
final class BoundedFormats {

    /** The maximum length of a string that is checked against a format, in characters. */
    static final int MAX_LENGTH = 65_536;
    /**
     * The same for host names, to which DNS allows 253 characters: the time to check them is quadratic in the length.
     */
    static final int MAX_HOST_LENGTH = 1_024;

    private BoundedFormats() {}

    static Dialect draft4() {
        return Dialect.builder(Dialects.getDraft4())
                // A schema may contain any keyword, and unknown ones have no effect. The library would log each of them
                // as an error of the application.
                .unknownKeywordFactory((keyword, schema) -> new AnnotationKeyword(keyword))
                .formats(formats -> {
                    SnowplowFormats.apply(formats);
                    formats.replaceAll((name, format) -> new Bounded(format));
                })
                .build();
    }

    private record Bounded(Format format) implements Format {

        @Override
        public String getName() {
            return format.getName();
        }

        @Override
        public String getMessageKey() {
            return format.getMessageKey();
        }

        @Override
        public void validate(
                ExecutionContext execution,
                SchemaContext schema,
                JsonNode node,
                JsonNode root,
                NodePath at,
                boolean assertions,
                Supplier<MessageSourceError.Builder> error,
                FormatValidator validator) {
            int length = node.isString() ? node.asString().length() : 0;
            int max = format.getName().endsWith("hostname") ? MAX_HOST_LENGTH : MAX_LENGTH;
            if (length > max) {
                violated(
                        execution,
                        error,
                        String.format(
                                Locale.ENGLISH,
                                "is too long to be checked as %s (%,d characters, at most %,d)",
                                name(),
                                length,
                                max));
                return;
            }
            try {
                format.validate(execution, schema, node, root, at, assertions, error, validator);
            } catch (StackOverflowError e) {
                violated(execution, error, "is nested too deeply, or too long, to be checked as " + name());
            }
        }

        private String name() {
            return ("aeiou".indexOf(format.getName().charAt(0)) >= 0
                                    && !format.getName().startsWith("uri")
                            ? "an "
                            : "a ")
                    + format.getName();
        }

        private static void violated(
                ExecutionContext execution, Supplier<MessageSourceError.Builder> error, String message) {
            execution.addError(error.get().message(message).build());
        }
    }
}
