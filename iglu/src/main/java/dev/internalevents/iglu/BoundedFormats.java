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
 * The formats of draft 4, checked on texts of limited length only: their parsers take a stack, or a time, that grows with
 * the text.
 */
final class BoundedFormats {

    /** The longest text that a format is checked on, in characters. */
    static final int MAX_LENGTH = 65_536;
    /** The same for names of hosts, of which DNS allows 253: checking them takes a time that grows with the square. */
    static final int MAX_HOST_LENGTH = 1_024;

    private BoundedFormats() {}

    static Dialect draft4() {
        return Dialect.builder(Dialects.getDraft4())
                // Any keyword may be in a schema, and nothing follows from an unknown one. The library would log each
                // as a
                // mistake of the application.
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
            int most = format.getName().endsWith("hostname") ? MAX_HOST_LENGTH : MAX_LENGTH;
            if (length > most) {
                violated(
                        execution,
                        error,
                        String.format(
                                Locale.ENGLISH,
                                "is too long to be checked as %s (%,d characters, at most %,d)",
                                name(),
                                length,
                                most));
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
