package dev.internalevents.cli.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts option text to values; error messages name the expected form. */
public final class Conversions {

    private static final int MAX_PORT = 65_535;

    private Conversions() {}

    /** Registers the converters on a command and its subcommands. Call it after all subcommands have been added. */
    public static void addTo(CommandLine commandLine) {
        commandLine
                .registerConverter(Duration.class, Conversions::duration)
                .registerConverter(URI.class, Conversions::url)
                .registerConverter(int.class, whole(Integer::valueOf))
                .registerConverter(Integer.class, whole(Integer::valueOf))
                .registerConverter(long.class, whole(Long::valueOf))
                .registerConverter(Long.class, whole(Long::valueOf));
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a duration; expected for example P90D (days), PT12H (hours) or PT30S (seconds)");
        }
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            if (isServer(url) && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Reported below.
        }
        throw new TypeConversionException(
                "'" + text + "' is not an http or https URL; expected for example http://127.0.0.1:9091");
    }

    /** Returns whether a URL has a host, and a port that exists or none. */
    static boolean isServer(URI url) {
        return url.getHost() != null && url.getPort() <= MAX_PORT;
    }

    private static <T> ITypeConverter<T> whole(Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a whole number, or is too large");
            }
        };
    }
}
