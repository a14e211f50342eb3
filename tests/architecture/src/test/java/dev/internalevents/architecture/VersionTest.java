package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.ProductVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The version stands in the poms; what no build writes it into is compared with them. */
class VersionTest {

    private static final Path HOME = Path.of("..", "..");

    @Test
    void classes_have_the_version_of_the_build() throws IOException {
        assertThat(ProductVersion.CURRENT).isEqualTo(version());
    }

    @ParameterizedTest
    @CsvSource({
        "frontend/package.json, '\"version\": \"([^\"]+)\"'",
        "frontend/src/internal-events.js, 'ie-js-([0-9][^'']*)'",
        "samples/shop/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/plain-java/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/kotlin/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/jax-rs/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/quarkus/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/micronaut/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/spring-boot-3/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/spring-web/pom.xml, '<internal-events.version>([^<-]+)'",
        "samples/spring-webflux/pom.xml, '<internal-events.version>([^<-]+)'",
        "docs/front-end.md, 'internal-events-frontend/([^/-]+)'"
    })
    void a_file_that_people_copy_names_the_same_version(String file, String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(Files.readString(HOME.resolve(file)));

        assertThat(found.find()).as("%s has %s", file, pattern).isTrue();
        assertThat(found.group(1)).isEqualTo(version());
    }

    private static String version() throws IOException {
        Matcher found =
                Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(HOME.resolve("pom.xml")));
        assertThat(found.find()).isTrue();
        return found.group(1).replace("-SNAPSHOT", "");
    }
}
