package dev.internalevents.pipeline.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectHostsTest {

    private final RedirectHosts hosts = new RedirectHosts(List.of("target.test", "*.shop.test", "localhost"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "https://target.test|https://target.test",
                "http://TARGET.test:8080/x?y=1#z|http://TARGET.test:8080/x?y=1#z",
                "HTTPS://target.test/|HTTPS://target.test/",
                "https://a.shop.test/p|https://a.shop.test/p",
                "https://a.b.shop.test?q|https://a.b.shop.test?q",
                "http://localhost:3000#a|http://localhost:3000#a",
                "https://target.test/a b?q={\"ü\":1}|https://target.test/a%20b?q=%7B%22%C3%BC%22:1%7D",
                "https://target.test/?to=https://evil.test/@x|https://target.test/?to=https://evil.test/@x",
                "https://target.test/100%|https://target.test/100%"
            })
    void an_address_of_an_allowed_host_is_a_location(String address, String location) {
        assertThat(hosts.decide(address)).isEqualTo(new RedirectHosts.Decision(location, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://evil.test/",
                "https://target.test.evil.test/",
                "https://eviltarget.test/",
                "https://shop.test/",
                "https://.shop.test/",
                "https://evilshop.test/",
                "https://target.test@evil.test/",
                "https://target.test:443@evil.test/",
                "https://user:pass@target.test/",
                "https://target.test\\@evil.test/",
                "https://target.test\\evil",
                "https:\\\\target.test/",
                "//target.test/",
                "/target.test/",
                "https:/target.test/",
                "https:target.test/",
                "https:///target.test/",
                "target.test",
                "javascript://target.test/%0Aalert(1)",
                "data:text/html,x",
                "ftp://target.test/",
                " https://target.test/",
                "https://target.test /",
                "https://target.test\t.evil.test/",
                "https://target.test/\r\nSet-Cookie: a=b",
                "https://target.test/\u0000",
                "https://target.test/\u0085x",
                "https://target.test%2eevil.test/",
                "https://target.test:x/",
                "https://target.test./",
                "https://[::1]/",
                "https://t\u0430rget.test/",
                "https://target\uff0etest/"
            })
    void anything_else_is_refused_with_what_is_wrong(String address) {
        RedirectHosts.Decision decision = hosts.decide(address);

        assertThat(decision.location()).isNull();
        assertThat(decision.fault()).isNotBlank();
    }

    @Property(tries = 2_000)
    void whatever_the_address_a_location_is_ascii_of_an_allowed_host(@ForAll String before, @ForAll String after) {
        for (String address :
                List.of(before, "https://target.test" + after, "https://" + before + "target.test" + after)) {
            String location = hosts.decide(address).location();
            if (location != null) {
                assertThat(location).matches("[!-~]+");
                assertThat(URI.create(authority(location)).getHost()).isEqualTo("target.test");
            }
        }
    }

    private static String authority(String location) {
        return location.replaceFirst("(https?://[^/?#]*).*", "$1/");
    }

    @Test
    void an_address_as_long_as_a_request_line_is_decided_in_one_pass() {
        for (String piece : List.of("a.", "a", ".", ":1", "/", "\u00fc", "%")) {
            assertThat(hosts.decide("https://" + piece.repeat((128 << 10) / piece.length())))
                    .isNotNull();
            assertThat(hosts.decide("https://target.test/" + piece.repeat((128 << 10) / piece.length())))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "*", "https://a.test", "a.test/", "a.test:80", "*.*.test", "a..test", "ü.test", ".a", "a b"})
    void what_is_not_a_host_name_is_refused_by_name(String name) {
        assertThatThrownBy(() -> new RedirectHosts(List.of("a.test", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redirects: \"" + name + "\" is not a host name");
    }

    @Test
    void without_hosts_nothing_is_allowed() {
        assertThat(RedirectHosts.NONE.isEmpty()).isTrue();
        assertThat(RedirectHosts.NONE.decide("https://target.test/").location()).isNull();
        assertThat(hosts.isEmpty()).isFalse();
    }
}
