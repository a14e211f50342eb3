package dev.internalevents.cli.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the certificates of an authority from a PEM, DER or PKCS12 file. */
final class Authority {

    private static final String EXPECTED =
            "expected the authority's certificate as PEM (-----BEGIN CERTIFICATE-----) or PKCS12";

    private Authority() {}

    /** @throws IllegalArgumentException naming what is wrong with the file, and what was expected */
    static SSLContext trusted(Path file) {
        if (!Files.isRegularFile(file)) {
            throw wrong(file, "is not a file");
        }
        Collection<? extends Certificate> certificates = certificates(file, read(file));
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw wrong(file, "cannot be used (" + e.getMessage() + ")");
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw wrong(file, "cannot be read by this user");
        }
    }

    private static IllegalArgumentException wrong(Path file, String sentence) {
        return new IllegalArgumentException(file + " " + sentence + "; " + EXPECTED);
    }

    private static Collection<? extends Certificate> certificates(Path file, byte[] bytes) {
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
            if (!read.isEmpty()) {
                return read;
            }
        } catch (GeneralSecurityException e) {
            // It may be PKCS12.
        }
        boolean isPem = new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN");
        List<Certificate> stored = isPem ? List.of() : keyStore(bytes);
        if (stored.isEmpty()) {
            throw wrong(file, "has no certificate that can be read");
        }
        return stored;
    }

    /** Reads the certificates of a key store, which are not encrypted with its password if it is for trust only. */
    private static List<Certificate> keyStore(byte[] bytes) {
        String password = System.getenv("INTERNAL_EVENTS_CA_PASSWORD");
        List<Certificate> certificates = new ArrayList<>();
        for (char @Nullable [] secret :
                new char[] @Nullable [] {password == null ? "".toCharArray() : password.toCharArray(), null}) {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(new ByteArrayInputStream(bytes), secret);
                for (String alias : Collections.list(store.aliases())) {
                    Certificate certificate = store.getCertificate(alias);
                    if (certificate != null) {
                        certificates.add(certificate);
                    }
                }
            } catch (GeneralSecurityException | IOException e) {
                continue;
            }
            if (!certificates.isEmpty()) {
                break;
            }
        }
        return certificates;
    }
}
