package dev.internalevents.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Typical mistakes with the command, and the sentence that each is answered with: {@code mistakes.txt}. */
@Tag("slow")
class MistakesTest {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|[^ ]+");
    private static final Pattern CLASS_NAME = Pattern.compile("[a-z]+\\.[a-z.]+\\.[A-Z]|[A-Z][a-z]+Exception");

    @TempDir
    static Path folder;

    private static Collector collector;
    private static Map<String, String> names;

    @BeforeAll
    static void files() throws Exception {
        collector = Collector.start(CollectorSettings.local(0));
        names = new LinkedHashMap<>();
        names.put("~", folder.toString());
        names.put("PORT", String.valueOf(collector.port()));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            names.put("FREE", String.valueOf(free.getLocalPort()));
        }
        file("file.txt", "text\n");
        file("indented/events/add.yml", "action: add_to_cart\n  description: a cart\n");
        file("incomplete/events/add.yml", "action: add_to_cart\ndescription: a cart\n");
        file("whole/events/add.yml", "action: add_to_cart\ndescription: a cart\ntiers: [free]\n");
        file("key/cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.createDirectories(folder.resolve("empty"));
        keys();
    }

    /** A certificate with its key, and keys that cannot be used with it. */
    private static void keys() throws Exception {
        Path site = Files.createDirectory(folder.resolve("site"));
        TestCertificate certificate = TestCertificate.create(site, "127.0.0.1");
        certificate.pem();
        String key = Files.readString(certificate.keyPem());
        file("site/truncated.pem", key.substring(0, key.length() / 2));
        file("site/damaged.pem", key.replaceFirst("\n.{20}", "\n"));
        file("site/locked.pem", """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

                AAAA
                -----END RSA PRIVATE KEY-----
                """);
        TestCertificate.create(Files.createDirectory(site.resolve("other")), "127.0.0.1")
                .keyPem();
        byte[] ed25519 = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        file(
                "site/ed25519.pem",
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(ed25519)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static void file(String name, String content) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), content);
    }

    @AfterAll
    static void stop() {
        collector.close();
    }

    /**
     * One entry of the file.
     *
     * @param command what was typed after {@code internal-events}
     * @param code the exit code
     * @param answer what is printed, without the last line that names the help
     */
    private record Mistake(String command, int code, String answer) {

        @Override
        public String toString() {
            return command;
        }
    }

    static List<Mistake> mistakes() throws IOException {
        String text;
        try (InputStream in = MistakesTest.class.getResourceAsStream("mistakes.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Mistake> mistakes = new ArrayList<>();
        for (String entry : text.split("\\R\\$ ")) {
            List<String> lines = entry.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.replaceFirst("^(\\$| {3})", ""))
                    .toList();
            if (!lines.isEmpty()) {
                String answer = String.join("\n", lines.subList(1, lines.size()));
                mistakes.add(
                        new Mistake(lines.get(0).strip(), answer.charAt(0) - '0', answer.substring("1: ".length())));
            }
        }
        return mistakes;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    // A command that takes a mistake for correct may start a server, which runs until it is stopped.
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void is_answered_with_what_is_wrong_and_what_to_do(Mistake mistake) {
        String printed = Cli.run(mistake.code, words(named(mistake.command)));

        List<String> lines = printed.lines().toList();
        if (mistake.code == 2) {
            assertThat(lines.get(lines.size() - 1)).matches("See: internal-events.* --help");
            lines = lines.subList(0, lines.size() - 1);
        }
        assertThat(String.join("\n", lines)).isEqualTo(named(mistake.answer));
        assertThat(printed.replace(folder.toString(), "")).doesNotContainPattern(CLASS_NAME);
    }

    private static String named(String text) {
        String named = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }

    private static String[] words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group() : word.group(1))
                .toArray(String[]::new);
    }
}
