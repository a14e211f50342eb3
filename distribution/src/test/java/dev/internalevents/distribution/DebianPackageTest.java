package dev.internalevents.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the Debian package; nightly, also installs, upgrades and purges it in a fresh Debian. */
class DebianPackageTest {

    @Test
    void the_package_has_the_command_the_service_and_its_settings() throws Exception {
        String contents = Installation.run(Map.of(), "dpkg-deb", "-c", deb().toString());

        assertThat(contents)
                .containsPattern("-rwxr-xr-x root/root .* \\./usr/share/internal-events/bin/internal-events\n")
                .containsPattern("lr\\S+ root/root .* \\./usr/bin/internal-events -> \\S+")
                .containsPattern("-rw-r----- root/root .* \\./etc/internal-events/collector.env\n")
                .containsPattern("-rw-r--r-- root/root .* \\./lib/systemd/system/internal-events-collector.service\n")
                .contains("./usr/share/internal-events/lib/gateway.jar\n")
                .contains("./usr/share/man/man1/internal-events-collector.1")
                .contains("./usr/share/bash-completion/completions/internal-events\n")
                .contains("./usr/share/zsh/vendor-completions/_internal-events\n")
                .contains("./usr/share/fish/vendor_completions.d/internal-events.fish\n");
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-f", deb().toString(), "Depends"))
                .contains("default-jre-headless", "java17-runtime-headless", "adduser");
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-I", deb().toString(), "conffiles"))
                .isEqualTo("/etc/internal-events/collector.env\n");
    }

    @Test
    void the_libraries_of_the_lake_are_a_package_of_their_own() throws Exception {
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-c", deb().toString()))
                .doesNotContain("/lib/lake/", "iceberg");
        String lake = deb("internal-events-lake_").toString();
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-c", lake))
                .containsPattern(
                        "-rw-r--r-- root/root .* \\./usr/share/internal-events/lib/lake/iceberg-core-[0-9.]+\\.jar\n")
                .containsPattern("\\./usr/share/internal-events/lib/lake/internal-events-lake-\\S+\\.jar\n")
                .doesNotContain("/usr/share/internal-events/bin", "internal-events.jar", "/etc/");
        String version = Installation.run(Map.of(), "dpkg-deb", "-f", deb().toString(), "Version")
                .strip();
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-f", lake, "Version").strip())
                .isEqualTo(version);
        assertThat(Installation.run(Map.of(), "dpkg-deb", "-f", lake, "Depends").strip())
                .isEqualTo("internal-events (= " + version + ")");
    }

    @Test
    void it_can_be_installed_upgraded_and_purged(@TempDir Path work) throws Exception {
        assumeTrue(Boolean.getBoolean("distribution.debian"), "runs nightly: -Pnightly, or -Ddistribution.debian=true");
        assumeTrue(System.getProperty("user.name").equals("root"), "installing a Debian into a folder needs root");
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "debootstrap"))),
                "debootstrap is missing: apt-get install debootstrap");
        String port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = String.valueOf(socket.getLocalPort());
        }
        String output = Installation.run(
                Map.of("PORT", port),
                "src/test/debian/check",
                deb().toString(),
                deb("internal-events-lake_").toString(),
                work.toString());

        assertThat(output.lines().filter(line -> line.startsWith("passed: ")))
                .as(output)
                .hasSize(7);
    }

    private static Path deb() throws IOException {
        return deb("internal-events_");
    }

    private static Path deb(String name) throws IOException {
        try (Stream<Path> files = Files.list(Installation.TARGET)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name)
                            && file.toString().endsWith("_all.deb"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
