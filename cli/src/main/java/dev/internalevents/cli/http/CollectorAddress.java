package dev.internalevents.cli.http;

import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which collector a command talks to, and which certificate it accepts. */
public final class CollectorAddress {

    public static final URI DEFAULT = URI.create("http://127.0.0.1:9091");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:INTERNAL_EVENTS_URL}",
            description = "The collector, for example https://events.example.com or 127.0.0.1:9091; default:"
                    + " INTERNAL_EVENTS_URL, or http://127.0.0.1:9091.")
    private @Nullable URI url;

    /** The name of earlier versions and of the client's setting. */
    @Option(names = "--endpoint", hidden = true, paramLabel = "URL", description = "The same as --url.")
    private @Nullable URI endpoint;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            defaultValue = "${env:INTERNAL_EVENTS_CA}",
            description = "Certificate of the authority that signed the collector's, as PEM or PKCS12; default:"
                    + " INTERNAL_EVENTS_CA, or the authorities that the JDK trusts.")
    private @Nullable Path ca;

    /** Returns the address from the options or INTERNAL_EVENTS_URL; null if none is set. */
    public @Nullable URI given() {
        return endpoint != null ? endpoint : url;
    }

    /** Returns the option or variable that names the collector. */
    public String option() {
        if (endpoint != null) {
            return "--endpoint";
        }
        boolean isVariable =
                url != null && !command.commandLine().getParseResult().hasMatchedOption("--url");
        return isVariable ? "INTERNAL_EVENTS_URL" : "--url";
    }

    /** Returns the address from the options or the environment, or else the default. */
    public URI orDefault() {
        URI given = given();
        return given == null ? DEFAULT : given;
    }

    /**
     * Returns what trusts only the authority of {@code --ca}; null if none is given.
     *
     * @throws ParameterException naming the file, if it has no certificate
     */
    public @Nullable SSLContext tls() {
        Path file = ca;
        // An empty variable counts as not set.
        if (file == null || file.toString().isEmpty()) {
            return null;
        }
        try {
            return Authority.trusted(file);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command.commandLine(), e.getMessage(), e, command.findOption("--ca"), file.toString());
        }
    }

    /** Returns a suffix for a failure that the right {@code --ca} cures. */
    public static String advice() {
        return "; name the certificate of its authority with --ca FILE, or in INTERNAL_EVENTS_CA";
    }
}
