package dev.internalevents.cli.options;

import dev.internalevents.cli.terminal.OneLine;
import dev.internalevents.client.internal.http.HttpEndpoint;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
                .registerConverter(Duration.class, Spans::parse)
                .registerConverter(URI.class, Conversions::url)
                .registerConverter(int.class, whole(Integer::valueOf))
                .registerConverter(Integer.class, whole(Integer::valueOf))
                .registerConverter(long.class, whole(Long::valueOf))
                .registerConverter(Long.class, whole(Long::valueOf))
                .registerConverter(Double.class, Conversions::number)
                .registerConverter(Path.class, Conversions::path);
    }

    private static URI url(String text) {
        String address = HttpEndpoint.withScheme(text);
        try {
            URI url = new URI(address);
            if (isServer(url)
                    && ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Reported below.
        }
        // What is before an @ may be a password.
        throw new TypeConversionException("\"" + OneLine.of(text.replaceFirst("^.*@", "…@"))
                + "\" is not an http or https URL; expected for example http://127.0.0.1:9091, or 127.0.0.1:9091");
    }

    /** Returns whether a URL has a host, and a port that exists or none. */
    static boolean isServer(URI url) {
        return url.getHost() != null && url.getPort() <= MAX_PORT;
    }

    private static <T> ITypeConverter<T> whole(Function<String, T> parser) {
        return text -> {
            try {
                return Digits.whole(text, parser);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("\"" + OneLine.of(text) + "\" "
                        + (Digits.isWhole(text) ? "is too large a number" : "is not a whole number")
                        + "; expected digits only, for example 42");
            }
        };
    }

    private static Double number(String text) {
        try {
            double number = Digits.decimal(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new TypeConversionException(
                "\"" + OneLine.of(text) + "\" is not a number; expected for example 12 or 2.5");
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    "\"" + OneLine.of(text) + "\" is not a path (" + e.getReason() + "); expected a file or folder");
        }
    }
}
