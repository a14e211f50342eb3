package dev.internalevents.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The files of the WebJar. */
class ModuleSizeTest {

    @Test
    void the_module_has_less_than_6_kilobytes_when_it_is_compressed() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(
                    read("META-INF/resources/webjars/internal-events-frontend/" + version() + "/internal-events.js"));
        }
        assertThat(compressed.size()).isBetween(1_000, 6_000);
    }

    @Test
    void every_file_of_the_package_is_there() throws IOException {
        for (String name : new String[] {"internal-events", "api", "testing"}) {
            for (String ending : new String[] {".js", ".d.ts"}) {
                String file = "META-INF/resources/webjars/internal-events-frontend/" + version() + "/" + name + ending;
                assertThat(new String(read(file), StandardCharsets.UTF_8))
                        .as(file)
                        .contains("export");
            }
        }
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = resource("META-INF/resources/webjars-locator.properties")) {
            properties.load(in);
        }
        return properties.getProperty("internal-events-frontend.version");
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return in.readAllBytes();
        }
    }

    private static InputStream resource(String name) {
        InputStream in = ModuleSizeTest.class.getClassLoader().getResourceAsStream(name);
        assertThat(in).as(name).isNotNull();
        return in;
    }
}
