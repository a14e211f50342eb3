package dev.internalevents.client.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpEndpointTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "http://my_collector:9091        | my_collector            | 9091 | ''",
                "http://_a._b                    | _a._b                   | 80   | ''",
                "https://bücher.example/         | xn--bcher-kva.example   | 443  | /",
                "http://例え.テスト:8080/é        | xn--r8jz45g.xn--zckzah  | 8080 | /%C3%A9",
                "http://[::1]:9091/a/b           | ::1                     | 9091 | /a/b",
                "http://[fe80::1%25lo]           | fe80::1%lo              | 80   | ''",
                "http://[fe80::1%lo]             | fe80::1%lo              | 80   | ''",
                "http://[fe80::1%252]            | fe80::1%2               | 80   | ''",
                "http://[::ffff:127.0.0.1]:1     | ::ffff:127.0.0.1        | 1    | ''",
                "HTTP://Host.Example.:080/x      | Host.Example.           | 80   | /x",
                "http://h:/                      | h                       | 80   | /",
                "https://h/a@b                   | h                       | 443  | /a@b",
                "http://-h-.1                    | -h-.1                   | 80   | ''",
                "http://h/com.snowplowanalytics.snowplow | h | 80 | /com.snowplowanalytics.snowplow"
            })
    void every_host_that_can_be_looked_up_is_taken(String text, String host, int port, String path) {
        HttpEndpoint endpoint = HttpEndpoint.parse(text);

        assertThat(endpoint.host()).isEqualTo(host);
        assertThat(endpoint.portOrDefault()).isEqualTo(port);
        assertThat(endpoint.path()).isEqualTo(path);
        assertThat(fromEnvironment(text).endpoint()).isEqualTo(URI.create(text));
        try (InternalEventsClient client =
                InternalEventsClient.builder().endpoint(URI.create(text)).build()) {
            assertThat(client.endpoint()).isEqualTo(URI.create(text));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/x?token=abc    | \"http://h/x?…\" has a query",
                "http://h?token=abc      | \"http://h?…\" has a query",
                "http://h#abc            | \"http://h#…\" has a fragment",
                "http://me:pw@h          | \"http://…@h\" has a user name or password",
                "http://me@h:99999       | \"http://…@h:99999\" has a user name or password",
                "https://me:p/w@h        | \"https://…@h\" has a user name or password",
                "https://me:p@w@h?x      | \"https://…@h?…\" has a user name or password",
                "http://h:99999          | \"http://h:99999\" has a port that is not a number from 1 to 65535",
                "http://h:0/             | \"http://h:0/\" has a port that is not a number from 1 to 65535",
                "http://h:99999999999    | \"http://h:99999999999\" has a port that is not a number from 1 to 65535",
                "http://h:abc            | \"http://h:abc\" has a port that is not a number from 1 to 65535",
                "http:///x               | \"http:///x\" has no host",
                "http://:9091            | \"http://:9091\" has no host",
                "ftp://h                 | its scheme is ftp",
                "h                       | http:// or https:// is missing",
                "localhost               | http:// or https:// is missing",
                "//h                     | http:// or https:// is missing",
                "http:h                  | the two slashes are missing",
                "https:/h                | the two slashes are missing",
                "http://h;i:9091         | has an invalid host name",
                "http://a..b             | has an invalid host name",
                "http://[::1]x           | has an IPv6 address in brackets that is not followed by a colon and a port",
                "http://h/com.snowplowanalytics.snowplow/tp2    | which is added to it; expected http://h",
                "http://h:1/a/com.snowplowanalytics.snowplow/tp2/ | which is added to it; expected http://h:1/a"
            })
    void each_mistake_has_its_own_sentence(String text, String sentence) {
        assertThatThrownBy(() -> HttpEndpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
        assertThatThrownBy(() -> fromEnvironment(text))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("AIGW_INTERNAL_EVENT__ENDPOINT: \"")
                .hasMessageContaining(sentence);
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            // Not a valid URI: possible only in an environment variable.
            return;
        }
        assertThatThrownBy(() -> InternalEventsClient.builder().endpoint(uri).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("endpoint: \"")
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://::1:9091         | expected an IPv6 address in brackets",
                "http://[::1             | has an IPv6 address in brackets that is not followed by",
                "http://[::g]            | has an invalid IPv6 address",
                "http://[1.2.3.4]        | has an invalid IPv6 address",
                "http://h/a b            | is not a valid URL (Illegal character in path",
                "http://h/%zz            | is not a valid URL (Malformed escape pair",
                "http://${HOST}:9091     | has an invalid host name",
                "http://a%20b            | has an invalid host name",
                "http://h\\i             | has an invalid host name"
            })
    void what_is_not_a_url_at_all_has_a_sentence_too(String text, String sentence) {
        assertThatThrownBy(() -> fromEnvironment(text))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void a_message_is_one_line_without_secrets() {
        assertThatThrownBy(() -> HttpEndpoint.parse("http://me:secret@h\r\n?token=secret"))
                .hasMessageNotContainingAny("secret", "\r", "\n");
        assertThatThrownBy(() -> HttpEndpoint.parse("me:secret@h:9091")).hasMessageNotContaining("secret");
        assertThatThrownBy(() -> HttpEndpoint.parse("https://me:12/secret@h?x")).hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "/x                     | http://h:1/x",
                "y                      | http://h:1/a/y",
                "//i/x                  | http://i/x",
                "HTTPS://H/x?y#z        | https://h/x?y",
                "https://me@h/x         | -",
                "ftp://h/x              | -",
                "mailto:x               | -",
                "http://h:99999/        | -",
                "http://h /             | -",
                "http:///               | -"
            })
    void a_location_is_resolved(String location, String target) {
        HttpEndpoint resolved = HttpEndpoint.parse("http://h:1/a/b").resolve(location);

        assertThat(resolved == null ? null : resolved.toString()).isEqualTo(target);
    }

    private InternalEventSettings fromEnvironment(String endpoint) {
        return InternalEventSettings.read(
                Settings.load("AIGW", Map.of("AIGW_INTERNAL_EVENT__ENDPOINT", endpoint), folder));
    }
}
