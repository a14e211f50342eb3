package dev.internalevents.iglu;

import com.networknt.org.apache.commons.validator.routines.EmailValidator;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.EmailFormat;
import com.networknt.schema.format.Format;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * The formats as Snowplow's pipeline checks them (networknt's json-schema-validator 1.0.76, draft 4), where they differ
 * from those of the library: a string that is valid here must be valid in production. Formats that the pipeline does
 * not know are not checked.
 */
final class SnowplowFormats {

    /** The formats that the library checks in draft 4, but the pipeline does not know. */
    private static final String[] UNKNOWN = {
        "idn-email",
        "idn-hostname",
        "iri",
        "iri-reference",
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "uri-reference",
        "uri-template"
    };

    /** Digits only, without a zone; 99:99:99 is valid. */
    private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?");

    /** Each unit at most once, the largest first; weeks can be combined with the others. */
    private static final Pattern DURATION =
            Pattern.compile("P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?");

    /** A percent sign is a character like any other: %zz is valid. */
    private static final String URI_CHARACTERS = "A-Za-z0-9._~%!$&'()*+,;=:\\-";

    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:"
            + "(//([" + URI_CHARACTERS + "]*@)?[" + URI_CHARACTERS + "\\[\\]]*)?"
            + "[" + URI_CHARACTERS + "@/]*"
            + "(\\?[" + URI_CHARACTERS + "@/?]*)?"
            + "(#[" + URI_CHARACTERS + "@/?]*)?");

    /** The maximum number of digits of a second's fraction; the library accepts any number of them. */
    private static final int MAX_FRACTION = 9;

    private static final int DATE = "2020-01-01".length();
    private static final int SECONDS = "2020-01-01T10:00:00".length();

    private SnowplowFormats() {}

    /** Changes the formats of draft 4 in place. */
    static void apply(Map<String, Format> formats) {
        for (String unknown : UNKNOWN) {
            formats.remove(unknown);
        }
        formats.put("email", email());
        formats.put("time", matching("time", TIME));
        formats.put("duration", matching("duration", DURATION));
        formats.put("uri", matching("uri", URI));
        formats.computeIfPresent("date-time", (name, format) -> dateTime(format));
    }

    private static Format matching(String name, Pattern pattern) {
        return new Rule(
                name,
                "format." + name,
                (execution, text) -> pattern.matcher(text).matches());
    }

    private static Format email() {
        Format mailbox = new EmailFormat(EmailValidator.getInstance());
        return new Rule(
                mailbox.getName(),
                mailbox.getMessageKey(),
                (execution, text) -> mailbox.matches(execution, text.strip()));
    }

    private static Format dateTime(Format library) {
        return new Rule(
                library.getName(),
                library.getMessageKey(),
                (execution, text) -> !text.endsWith("-00:00")
                        && fraction(text) <= MAX_FRACTION
                        && library.matches(execution, withT(text)));
    }

    private static String withT(String text) {
        return text.length() > DATE && text.charAt(DATE) == ' '
                ? text.substring(0, DATE) + "T" + text.substring(DATE + 1)
                : text;
    }

    /** Returns the number of digits of the second's fraction. */
    private static int fraction(String text) {
        int end = SECONDS + 1;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end - SECONDS - 1;
    }

    private record Rule(String name, String messageKey, BiPredicate<ExecutionContext, String> rule) implements Format {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getMessageKey() {
            return messageKey;
        }

        @Override
        public boolean matches(ExecutionContext execution, String text) {
            return rule.test(execution, text);
        }
    }
}
