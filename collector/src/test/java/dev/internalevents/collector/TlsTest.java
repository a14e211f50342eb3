package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests certificates in PEM and PKCS12, what is wrong with them, and their renewal. */
@Tag("slow")
class TlsTest {

    @TempDir
    static Path folder;

    private static TestCertificate first;
    private static TestCertificate second;

    @BeforeAll
    static void certificates() throws Exception {
        first = TestCertificate.create(Files.createDirectory(folder.resolve("first")), "127.0.0.1");
        second = TestCertificate.create(Files.createDirectory(folder.resolve("second")), "127.0.0.1");
    }

    private static Collector start(Path file, @Nullable Path key, String password) throws IOException {
        return Collector.start(CollectorSettings.micro()
                .port(0)
                .tls(file, password)
                .tlsKey(key)
                .build());
    }

    private static HttpClient.Version version(Collector collector, TestCertificate trusted) throws Exception {
        HttpResponse<String> answer = HttpClient.newBuilder()
                .sslContext(trusted.context())
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.version();
    }

    @Test
    void key_and_certificate_are_pem_in_one_file_or_two() throws Exception {
        try (Collector collector = start(first.pem(), first.keyPem(), "")) {
            assertThat(version(collector, first)).isEqualTo(HttpClient.Version.HTTP_2);
        }
        Path both = Files.writeString(
                folder.resolve("both.pem"), Files.readString(first.keyPem()) + Files.readString(first.pem()));
        try (Collector collector = start(both, null, "")) {
            assertThat(version(collector, first)).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    @Test
    void a_renewed_certificate_is_used_and_a_wrong_one_is_not() throws Exception {
        Path file = Files.copy(first.file(), folder.resolve("site.p12"));
        try (CapturedLog log = CapturedLog.of(TlsRenewal.class).at(Level.INFO);
                Collector collector = start(file, null, TestCertificate.PASSWORD);
                SSLSocket open =
                        (SSLSocket) first.context().getSocketFactory().createSocket("127.0.0.1", collector.port())) {
            open.startHandshake();

            replace(file, "not a certificate".getBytes(StandardCharsets.UTF_8));
            await().until(() -> text(log).contains("stays in use"));
            assertThat(text(log)).contains("the previous certificate stays in use: --tls: " + file + " is neither");
            assertThat(version(collector, first)).isEqualTo(HttpClient.Version.HTTP_2);

            replace(file, Files.readAllBytes(second.file()));
            await().until(() -> text(log).contains("renewed certificate in " + file));
            await().untilAsserted(() -> assertThat(version(collector, second)).isEqualTo(HttpClient.Version.HTTP_2));
            assertThatThrownBy(() -> version(collector, first)).isInstanceOf(IOException.class);

            open.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = open.getInputStream();
            assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static String text(CapturedLog log) {
        return String.join("\n", log.messages());
    }

    /** Replaces a file at once, as programs that renew certificates do. */
    private static void replace(Path file, byte[] content) throws IOException {
        Path next = Files.write(folder.resolve("next"), content);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void each_mistake_has_its_own_sentence() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "text");
        Path locked = Files.writeString(
                folder.resolve("locked.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");

        wrong(first.file(), null, "", "has a password; set it in INTERNAL_EVENTS_TLS_PASSWORD");
        wrong(first.file(), null, "other", "has another password than INTERNAL_EVENTS_TLS_PASSWORD");
        wrong(text, null, "", "is neither PKCS12 nor PEM; expected PKCS12 with key and certificate, or PEM");
        wrong(folder.resolve("none"), null, "", "cannot be read, because it does not exist");
        wrong(first.pem(), null, "", "has a certificate but no key; name the key's file with --tls-key");
        wrong(first.keyPem(), null, "", "has no certificate; expected -----BEGIN CERTIFICATE----- in it");
        wrong(first.pem(), text, "", "has no key; expected -----BEGIN PRIVATE KEY----- in it");
        wrong(first.pem(), locked, "", "has an encrypted key; decrypt it with: openssl pkey -in " + locked);
        wrong(first.pem(), second.keyPem(), "", "has the key of another certificate");
        String certificate = Files.readString(first.pem());
        Path cut = Files.writeString(folder.resolve("cut.pem"), certificate.substring(0, certificate.length() - 40));
        Path damaged = Files.writeString(folder.resolve("damaged.pem"), certificate.replaceFirst("\n.{20}", "\n"));
        Path twice = Files.writeString(folder.resolve("twice.pem"), Files.readString(cut) + certificate);
        wrong(cut, first.keyPem(), "", "is truncated: -----END CERTIFICATE----- is missing; copy the whole file");
        wrong(twice, first.keyPem(), "", "is truncated: -----END CERTIFICATE----- is missing; copy the whole file");
        wrong(damaged, first.keyPem(), "", "has a certificate that cannot be read");
        wrong(first.file(), first.keyPem(), TestCertificate.PASSWORD, "is not PEM; leave --tls-key out");
    }

    private static void wrong(Path file, @Nullable Path key, String password, String sentence) {
        assertThatThrownBy(() -> start(file, key, password))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tls")
                .hasMessageContaining(sentence);
    }
}
