package dev.internalevents.client.internal.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a server did not answer, in words for people who do not know the JDK's exceptions. */
public final class ConnectionFailure {

    private static final int MAX_CAUSES = 20;
    private static final Pattern NOT_TLS = Pattern.compile("(?i)unrecognized SSL message");

    private static final Pattern NOT_HTTP = Pattern.compile("header parser received no bytes|^Invalid status line");

    private ConnectionFailure() {}

    /** Returns the reason, worded to follow a colon. */
    public static String words(IOException e) {
        Optional<String> certificate = certificate(e);
        String message = e.getMessage();
        if (certificate.isPresent()) {
            return certificate.get();
        } else if (has(e, UnresolvedAddressException.class)) {
            return "its host name has no address; check the name";
        } else if (e instanceof UnknownHostException) {
            return "its host name has no address (" + message + "); check the name";
        } else if (e instanceof ConnectException) {
            return message == null ? "connection refused" : lower(message);
        } else if (e instanceof SocketTimeoutException) {
            return "no answer in time" + (message == null ? "" : " (" + lower(message) + ")");
        } else if (e instanceof SSLException) {
            return message != null && NOT_TLS.matcher(message).find()
                    ? "the answer is not TLS: is it an http endpoint?"
                    : "TLS failed" + (message == null ? "" : ": " + message);
        }
        return message == null
                ? "the connection failed"
                : NOT_HTTP.matcher(message).find()
                        ? "the answer is not HTTP, or there is none: is it an https endpoint?"
                        : message;
    }

    /** Returns whether TLS failed because the server's certificate was rejected. */
    public static boolean isCertificate(IOException e) {
        return certificate(e).isPresent();
    }

    private static Optional<String> certificate(Throwable e) {
        if (has(e, CertificateExpiredException.class)) {
            return Optional.of("its certificate has expired");
        } else if (has(e, CertificateNotYetValidException.class)) {
            return Optional.of("its certificate is not valid yet; is the clock right?");
        } else if (has(e, CertPathBuilderException.class) || has(e, CertPathValidatorException.class)) {
            return Optional.of("its certificate is not trusted: no trusted authority signed it");
        }
        Throwable cause = cause(e, CertificateException.class);
        return Optional.ofNullable(cause)
                .map(found -> "its certificate is not trusted: "
                        + (found.getMessage() == null ? "it is invalid" : lower(found.getMessage())));
    }

    private static boolean has(Throwable e, Class<? extends Throwable> type) {
        return cause(e, type) != null;
    }

    private static @Nullable Throwable cause(Throwable e, Class<? extends Throwable> type) {
        Throwable cause = e;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (type.isInstance(cause)) {
                return cause;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static String lower(String sentence) {
        return sentence.isEmpty()
                ? sentence
                : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }
}
