package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPartsTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiterString = " -> ",
            value = {
                "https://shop.test:8443/a/b?c=d#e -> https shop.test 8443 /a/b c=d e",
                "http://shop.test -> http shop.test 80 - - -",
                "https://shop.test/ -> https shop.test 443 / - -",
                "HTTPS://Shop.TEST/A -> HTTPS Shop.TEST 443 /A - -",
                "http://shop.test:/a -> http shop.test 80 /a - -",
                "http://shop.test:0/a -> http shop.test 0 /a - -",
                "https://ada:secret@shop.test:81/a -> https shop.test 81 /a - -",
                "https://shop.test?a#b -> https shop.test 443 - a b",
                "https://shop.test/a b?c d -> https shop.test 443 /a%20b c%20d -",
                // Characters that are not allowed in a URL
                "https://shop.test/s?q={\"a\":1}&b=c -> https shop.test 443 /s q=%7B%22a%22:1%7D&b=c -",
                "https://shop.test/s?q=100%&b=c -> https shop.test 443 /s q=100%25&b=c -",
                "https://shop.test/s?q=%zz&b=%2 -> https shop.test 443 /s q=%25zz&b=%252 -",
                "https://shop.test/?a=b#c#d -> https shop.test 443 / a=b c%23d",
                "https://shop.test/p\\q?a=\\b -> https shop.test 443 /p/q a=%5Cb -",
                "https:\\\\shop.test\\p -> https shop.test 443 /p - -",
                "https://shop.test/<a>|^`?[b] -> https shop.test 443 /%3Ca%3E%7C%5E%60 [b] -",
                "https://shop.test/[a]?b -> https shop.test 443 /%5Ba%5D b -",
                "https://shop.test/\u3000?a=\u00a0 -> https shop.test 443 /%E3%80%80 a=%C2%A0 -",
                "https://shop.test/ü/😀?{ü} -> https shop.test 443 /ü/😀 %7Bü%7D -",
                // Hosts
                "https://my_shop.test/p?a=b -> https my_shop.test 443 /p a=b -",
                "https://my_shop.test:8080/p -> https my_shop.test 8080 /p - -",
                "https://пример.рф/страница?a=b -> https пример.рф 443 /страница a=b -",
                "https://xn--e1afmkfd.xn--p1ai:81/ -> https xn--e1afmkfd.xn--p1ai 81 / - -",
                "https://ada@пример.рф/{} -> https пример.рф 443 /%7B%7D - -",
                "http://[2001:db8::1]:8080/a -> http [2001:db8::1] 8080 /a - -",
                "http://[2001:db8::1]/{} -> http [2001:db8::1] 80 /%7B%7D - -",
                "http://u@[::1]:81/{} -> http [::1] 81 /%7B%7D - -",
                "http://127.0.0.1:3000/a -> http 127.0.0.1 3000 /a - -",
                "http://1.2.3.4.5/a -> http 1.2.3.4.5 80 /a - -",
                "http://shop.test:99999999999/a -> http - 80 /a - -",
                "http://shop.test:port/{} -> http - 80 /%7B%7D - -",
                "http://a b/c -> http - 80 /c - -",
                // Other schemes, and none
                "//shop.test/a?b -> - shop.test 80 /a b -",
                "/a/b?c#d -> - - 80 /a/b c d",
                "a/{b}?c -> - - 80 a/%7Bb%7D c -",
                "1a:b -> - - 80 1a:b - -",
                "? -> - - 80 - - -",
                "mailto:ada@shop.test?subject=a -> mailto - 80 - - -",
                "mailto:ada@shop.test?subject={a} -> mailto - 80 - - -",
                "about:blank -> about - 80 - - -",
                "file:///home/ada/a.html#b -> file - 80 /home/ada/a.html - b",
                "file:///C:\\a\\b.html -> file - 80 /C:%5Ca%5Cb.html - -",
                "C:\\a\\b.html -> C - 80 - - -",
                "android-app://com.google.android.gm/ -> android-app com.google.android.gm 80 / - -",
                "chrome-extension://abcdefgh/a.html?b -> chrome-extension abcdefgh 80 /a.html b -",
                "wss://shop.test/{a} -> wss shop.test 80 /%7Ba%7D - -",
                "https:///a -> https - 443 /a - -"
            })
    void an_address_has_these_parts(String address, String expected) throws URISyntaxException {
        UrlParts parts = UrlParts.of(address);

        assertThat(String.join(
                        " ",
                        shown(parts.scheme()),
                        shown(parts.host()),
                        String.valueOf(parts.port()),
                        shown(parts.path()),
                        shown(parts.query()),
                        shown(parts.fragment())))
                .isEqualTo(expected);
    }

    private static String shown(@Nullable String part) {
        return part == null ? "-" : part;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n https://shop.test/a/b?c=d#e \t",
                "ht\ntps://sh\top.test/a/b?c=d#e",
                "https://shop.test/a/\r\nb?c\n=d#e\n"
            })
    void tabs_and_line_ends_are_left_out(String address) throws URISyntaxException {
        assertThat(UrlParts.of(address)).isEqualTo(UrlParts.of("https://shop.test/a/b?c=d#e"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://,no host",
        "http://[,not an IPv6 address",
        "http://[::zz]/,not an IPv6 address",
        "http://[2001:db8::1/a,not an IPv6 address",
        "http://[::1]{/,not an IPv6 address",
        "http://[::1]:port/{,not an IPv6 address",
        "http://a^b/,a host cannot contain the character",
        "http://a<b>/,a host cannot contain the character",
        "http://100%.test/,a host cannot contain the character",
        "http:,nothing after http:"
    })
    void what_no_browser_reads_is_refused_with_the_reason(String address, String reason) {
        assertThatThrownBy(() -> UrlParts.of(address))
                .isInstanceOf(URISyntaxException.class)
                .hasMessageContaining(reason);
    }

    @Property(tries = 5_000)
    void every_text_is_read_or_refused_with_a_reason_and_what_is_read_reads_the_same_again(
            @ForAll("addresses") String text) throws URISyntaxException {
        UrlParts parts;
        try {
            parts = UrlParts.of(text);
        } catch (URISyntaxException e) {
            assertThat(e.getReason()).isNotBlank();
            return;
        }
        assertThat(UrlParts.of(parts.url())).isEqualTo(parts);
        assertThat(parts.url()).doesNotContainAnyWhitespaces().doesNotContain("\"", "<", ">", "{", "}", "^", "`", "\\");
    }

    @Property(tries = 5_000)
    void both_readers_agree_with_the_jdk_wherever_it_has_a_host(@ForAll("orderly") String text)
            throws URISyntaxException {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            uri = null;
        }
        Assume.that(uri != null && uri.getHost() != null);

        UrlParts expected = new UrlParts(
                text,
                uri.getScheme(),
                new UrlParts.Authority(uri.getHost(), uri.getPort()),
                uri.getRawPath(),
                uri.getRawQuery(),
                uri.getRawFragment());
        assertThat(UrlParts.of(text)).isEqualTo(expected);
        assertThat(LenientUrl.read(text)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<String> orderly() {
        Arbitrary<String> start = Arbitraries.of("http:", "https:", "HTTPS:", "android-app:", "ws:", "");
        Arbitrary<String> user = Arbitraries.of("", "", "ada@", "ada:b%20c@", "@");
        Arbitrary<String> host =
                Arbitraries.of("shop.test", "SHOP.Test.", "a-b.c", "127.0.0.1", "[::1]", "[fe80::1%eth0]", "localhost");
        Arbitrary<String> port = Arbitraries.of("", "", ":", ":0", ":80", ":65535", ":99999");
        Arbitrary<String> rest = Arbitraries.of(
                        "a", "/", "//", "?", "#", "%41", "&", "=", ";", ":", "@", "ü", "😀", "+", "..", "'", "(", "[",
                        "~")
                .list()
                .ofMaxSize(10)
                .map(list -> list.isEmpty() ? "" : "/" + String.join("", list));
        return Combinators.combine(start, user, host, port, rest)
                .as((scheme, name, server, number, path) -> scheme + "//" + name + server + number + path);
    }

    @Provide
    Arbitrary<String> addresses() {
        Arbitrary<String> pieces = Arbitraries.of(
                "a",
                "b.test",
                "/",
                "//",
                "?",
                "#",
                "%",
                "%41",
                "%zz",
                "=",
                "&",
                ":",
                ":80",
                "@",
                "[",
                "]",
                "[::1]",
                "\\",
                "{",
                "\"",
                " ",
                "\n",
                "\t",
                "ü",
                "рф",
                "😀",
                "\ud800",
                "_",
                "-",
                ".",
                "..",
                "|",
                "^",
                "\u0000",
                "\u00a0",
                "1.2.3.4",
                ";",
                "+",
                "xn--p1ai");
        Arbitrary<String> rest = pieces.list().ofMaxSize(12).map(list -> String.join("", list));
        Arbitrary<String> start = Arbitraries.of(
                "",
                "http://",
                "https://shop.test",
                "https://shop.test/",
                "HTTP://a_b",
                "//",
                "mailto:",
                "file:///",
                "android-app://",
                "https:",
                "ws://u@h:1");
        return Arbitraries.oneOf(
                Combinators.combine(start, rest).as((first, last) -> first + last),
                Arbitraries.strings().ofMaxLength(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "{", "\\", "#", "\n", "[", "@", ":", "//", "?", "ü", "\u3000", "a%"})
    @Timeout(20)
    void a_million_odd_characters_are_read_in_one_pass(String piece) {
        for (String start : List.of("https://shop.test/", "https://shop.test/?", "https://shop.test/?#", "x:", "")) {
            String address = start + piece.repeat(1_000_000 / piece.length()) + "{";
            try {
                assertThat(UrlParts.of(address).url()).hasSizeGreaterThan(start.length());
            } catch (URISyntaxException e) {
                assertThat(e.getReason()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a+b%20c,a b c",
        "100%,100%",
        "%zz%4,%zz%4",
        "caf%C3%A9,café",
        "caf%E9,caf\ufffd",
        "%F0%9F%98%80ü,😀ü",
        "%1,%1",
        "％41,％41"
    })
    void escapes_are_read_leniently(String escaped, String expected) {
        assertThat(UrlParts.unescape(escaped)).isEqualTo(expected);
    }
}
