package dev.internalevents.collector;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.KeyStoreOptionsBase;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The files with the server's certificate and key: one in PKCS12, or one or two in PEM.
 *
 * @param file PKCS12, or PEM with the certificate, followed by those of its authorities
 * @param key PEM with the key; null if it is in {@code file}
 * @param password the password of a PKCS12 file; empty if none was set
 */
record TlsFiles(Path file, @Nullable Path key, String password) {

    private static final String VARIABLE = "INTERNAL_EVENTS_TLS_PASSWORD";
    private static final String EXPECTED = "expected PKCS12 with key and certificate, or PEM";

    private static final String EXPECTED_KEY = "expected an RSA or EC key, as written by: openssl genpkey";

    private static final Pattern PKCS8_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");

    /** Both, loaded and found to belong together. */
    record Loaded(KeyCertOptions options, X509Certificate certificate) {}

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException naming the file that is wrong, and what was expected
     */
    Loaded load(Vertx vertx) {
        byte[] bytes = read("tls", file);
        boolean isPem = text(bytes).contains("-----BEGIN ");
        if (!isPem && key != null) {
            throw wrong(
                    "tls-key",
                    key,
                    "cannot be used, because --tls " + file + " is not PEM; leave --tls-key out,"
                            + " or give the certificate as PEM");
        }
        return isPem ? pem(vertx, bytes) : pkcs12(bytes);
    }

    private Loaded pem(Vertx vertx, byte[] bytes) {
        if (!text(bytes).contains("-----BEGIN CERTIFICATE-----")) {
            throw wrong("tls", file, "has no certificate; expected -----BEGIN CERTIFICATE----- in it");
        }
        String option = key == null ? "tls" : "tls-key";
        Path keyFile = key == null ? file : key;
        byte[] keyBytes = key == null ? bytes : read(option, keyFile);
        String keyText = text(keyBytes);
        // PKCS#1 and SEC 1 name the encryption in a header below the first line.
        if (keyText.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || keyText.contains("Proc-Type: 4,ENCRYPTED")) {
            throw wrong(
                    option,
                    keyFile,
                    "has an encrypted key; decrypt it with: openssl pkey -in " + keyFile + " -out key.pem");
        } else if (!keyText.contains("PRIVATE KEY-----")) {
            throw wrong(
                    option,
                    keyFile,
                    key == null
                            ? "has a certificate but no key; name the key's file with --tls-key"
                            : "has no key; expected -----BEGIN PRIVATE KEY----- in it");
        }
        whole(option, keyFile, keyText);
        whole("tls", file, text(bytes));
        PemKeyCertOptions options =
                new PemKeyCertOptions().setCertValue(Buffer.buffer(bytes)).setKeyValue(Buffer.buffer(keyBytes));
        try {
            return new Loaded(options, checked(keys(options.getKeyManagerFactory(vertx))));
        } catch (WrongFile e) {
            throw e;
        } catch (Exception e) { // Vert.x declares no narrower type.
            if (!hasCertificate(bytes)) {
                throw wrong("tls", file, "has a certificate that cannot be read; " + EXPECTED);
            }
            throw wrong(
                    option,
                    keyFile,
                    isEdwards(keyText)
                            ? "has an EdDSA key, such as Ed25519, which is not supported; " + EXPECTED_KEY
                            : "has a key that cannot be read; " + EXPECTED_KEY);
        }
    }

    private static boolean hasCertificate(byte[] pem) {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isEdwards(String pem) {
        Matcher key = PKCS8_KEY.matcher(pem);
        try {
            return key.find()
                    && KeyFactory.getInstance("EdDSA")
                                    .generatePrivate(new PKCS8EncodedKeySpec(
                                            Base64.getMimeDecoder().decode(key.group(1))))
                            != null;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Checks that each part of a PEM file has its last line: a file that was copied in part has not. */
    private static void whole(String option, Path file, String text) {
        Matcher begin = BEGIN.matcher(text);
        while (begin.find()) {
            String end = "-----END " + begin.group(1) + "-----";
            int next = text.indexOf("-----BEGIN ", begin.end());
            int at = text.indexOf(end, begin.end());
            if (at < 0 || (next >= 0 && next < at)) {
                throw wrong(option, file, "is truncated: " + end + " is missing; copy the whole file");
            }
        }
    }

    /** Returns the only key manager: it gives the key without the password that Vert.x has chosen for its store. */
    private static X509KeyManager keys(KeyManagerFactory factory) {
        return Stream.of(factory.getKeyManagers())
                .filter(X509KeyManager.class::isInstance)
                .map(X509KeyManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private Loaded pkcs12(byte[] bytes) {
        KeyStoreOptionsBase options =
                new PfxOptions().setValue(Buffer.buffer(bytes)).setPassword(password);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password.toCharArray());
            return new Loaded(options, checked(keys(factory)));
        } catch (IOException e) {
            if (!(e.getCause() instanceof UnrecoverableKeyException)) {
                throw wrong("tls", file, "is neither PKCS12 nor PEM; " + EXPECTED);
            }
            throw wrong(
                    "tls",
                    file,
                    password.isEmpty()
                            ? "has a password; set it in " + VARIABLE
                            : "has another password than " + VARIABLE + "; correct one of them");
        } catch (GeneralSecurityException e) {
            throw wrong("tls", file, "has a key that cannot be used (" + e.getMessage() + "); " + EXPECTED);
        }
    }

    /** Returns the certificate after it has verified what its key signed: while files are replaced, they may differ. */
    private X509Certificate checked(X509KeyManager keys) throws GeneralSecurityException {
        for (String type : KEY_TYPES) {
            String[] aliases = keys.getServerAliases(type, null);
            if (aliases != null && aliases.length > 0) {
                X509Certificate certificate = keys.getCertificateChain(aliases[0])[0];
                if (!belongTogether(keys.getPrivateKey(aliases[0]), certificate)) {
                    throw wrong(
                            key == null ? "tls" : "tls-key",
                            key == null ? file : key,
                            "has the key of another certificate; expected the key of the certificate in " + file);
                }
                return certificate;
            }
        }
        throw wrong("tls", file, "has no key with its certificate; " + EXPECTED);
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] text = "internal-events".getBytes(StandardCharsets.US_ASCII);
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(text);
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(certificate.getPublicKey());
        verifying.update(text);
        return verifying.verify(signing.sign());
    }

    private static byte[] read(String option, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw wrong(
                    option,
                    file,
                    e instanceof AccessDeniedException
                            ? "cannot be read by the user " + System.getProperty("user.name")
                                    + "; give that user the right to read it, or name a copy that it owns"
                            : "cannot be read" + (Files.exists(file) ? "" : ", because it does not exist") + "; "
                                    + EXPECTED);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static WrongFile wrong(String option, Path file, String sentence) {
        return new WrongFile(option + ": " + file + " " + sentence);
    }

    /** Tells our sentences from those of Vert.x. */
    private static final class WrongFile extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        private WrongFile(String message) {
            super(message);
        }
    }
}
