package dev.internalevents.collector.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    private static final String PEER = "127.0.0.1";

    private final ClientAddress addresses =
            new ClientAddress(List.of("127.0.0.0/8", "10.0.0.0/8", "2001:db8:ffff::/48", "::ffff:192.168.0.0/112"));

    /** Header lines are separated by a vertical bar. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "203.0.113.1|203.0.113.2, 10.0.0.1;203.0.113.2",
                "203.0.113.1|203.0.113.2|10.0.0.1|10.0.0.2;203.0.113.2",
                "203.0.113.1, 203.0.113.2;203.0.113.2",
                "203.0.113.9:5678;203.0.113.9",
                "203.0.113.9:5678, 10.0.0.1:80;203.0.113.9",
                "[2001:db8::1]:443;2001:db8::1",
                "2001:DB8:0::1;2001:db8::1",
                "2001:db8::1:443;2001:db8::1:443",
                "2001:db8:0:0:0:0:0:1:443;127.0.0.1",
                "203.0.113.9, _hidden;127.0.0.1",
                "203.0.113.9, _hidden, 10.0.0.1:80;10.0.0.1",
                "203.0.113.9, \"\";127.0.0.1",
                "203.0.113.9:;127.0.0.1",
                "203.0.113.9, 2001:db8:ffff::7;203.0.113.9",
                "203.0.113.9, [2001:db8:ffff::7]:1;203.0.113.9",
                "203.0.113.9, 192.168.0.7, ::ffff:10.0.0.7;203.0.113.9",
                "::ffff:203.0.113.9;203.0.113.9",
                "::ffff:cb00:7109;203.0.113.9",
                "fe80::1%eth0;fe80::1",
                "\"203.0.113.9\";203.0.113.9",
                "203.0.113.9,, ,|,;203.0.113.9",
                "10.0.0.3, 10.0.0.1;10.0.0.3",
                "203.0.113.9, unknown, 10.0.0.1;10.0.0.1",
                "unknown;127.0.0.1",
                ";127.0.0.1",
                "cafe.de;127.0.0.1",
                "1.2;127.0.0.1",
                "0x7f.0.0.1;127.0.0.1",
                "203.0.113.09;127.0.0.1",
                "203.0.113.1, 3405803785;127.0.0.1"
            })
    void the_last_address_that_is_not_a_trusted_proxys_counts(String lines, String expected) {
        assertThat(addresses.of(PEER, lines(lines), List.of())).isEqualTo(expected);
        assertThat(addresses.of("::ffff:127.0.0.1", lines(lines), List.of())).isEqualTo(expected);
        assertThat(addresses.of("198.51.100.7", lines(lines), List.of())).isEqualTo("198.51.100.7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '~',
            value = {
                "for=203.0.113.9!203.0.113.9",
                "For=\"203.0.113.9:5678\"!203.0.113.9",
                "for=203.0.113.1|for=203.0.113.2;proto=https;by=10.0.0.1, for=10.0.0.1!203.0.113.2",
                "for=\"[2001:db8::1]:443\"!2001:db8::1",
                "for=\"[2001:db8::1]\" ; proto=https!2001:db8::1",
                "by=203.0.113.43;FOR = 203.0.113.9!203.0.113.9",
                "for=203.0.113.9;host=\"a,b;for=198.51.100.1\"!203.0.113.9",
                "for=203.0.113.1, for=unknown, for=10.0.0.1!10.0.0.1",
                "for=203.0.113.1, for=_hidden!127.0.0.1",
                "for=203.0.113.1, for=\"_hidden:80\"!127.0.0.1",
                "for=203.0.113.1, proto=https!127.0.0.1",
                "for=\"203.0.113.1, for=203.0.113.9!203.0.113.9",
                "for=2001:db8::1!2001:db8::1",
                "for=cafe.de!127.0.0.1",
                "for=!127.0.0.1",
                ",,;,!127.0.0.1"
            })
    void forwarded_is_read_where_there_is_no_x_forwarded_for(String lines, String expected) {
        assertThat(addresses.of(PEER, List.of(), lines(lines))).isEqualTo(expected);
        assertThat(addresses.of("198.51.100.7", List.of(), lines(lines))).isEqualTo("198.51.100.7");
        assertThat(addresses.of(PEER, List.of("198.51.100.1"), lines(lines))).isEqualTo("198.51.100.1");
    }

    @Property(tries = 500)
    void what_a_sender_writes_before_its_proxies_never_counts(
            @ForAll @Size(max = 5) List<String> invented,
            @ForAll @IntRange(max = 3) int proxies,
            @ForAll @Size(4) byte[] octets) {
        octets[0] = (byte) 203;
        String sender =
                IntStream.range(0, 4).mapToObj(i -> "" + (octets[i] & 0xff)).collect(Collectors.joining("."));
        List<String> lines = new ArrayList<>(invented);
        lines.add(sender);
        IntStream.range(0, proxies).forEach(i -> lines.add("10.0.0." + i));
        String joined = String.join(", ", lines);

        assertThat(addresses.of(PEER, lines, List.of())).isEqualTo(sender);
        assertThat(addresses.of(PEER, List.of(joined), List.of())).isEqualTo(sender);
        List<String> forwarded = new ArrayList<>(invented);
        lines.subList(invented.size(), lines.size()).forEach(one -> forwarded.add("for=\"" + one + ":80\""));
        assertThat(addresses.of(PEER, List.of(), forwarded)).isEqualTo(sender);
    }

    @Property(tries = 1_000)
    void whatever_the_headers_are_the_answer_is_an_address(
            @ForAll List<String> forwardedFor, @ForAll List<String> forwarded) {
        assertThat(IpAddress.parse(addresses.of(PEER, forwardedFor, forwarded))).isNotNull();
    }

    @Test
    void a_header_as_long_as_headers_may_be_costs_one_pass() {
        for (String piece : List.of(",", "10.0.0.1,", "\"", "\",", ";", "for=\"", "for=10.0.0.1;,")) {
            String line = piece.repeat((100 << 10) / piece.length());
            for (int i = 0; i < 100; i++) {
                assertThat(addresses.of(PEER, List.of(line), List.of())).isNotNull();
                assertThat(addresses.of(PEER, List.of(), List.of(line))).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "cafe.de",
                "1.2",
                "",
                "::/129",
                "::ffff:10.0.0.0/8",
                "10.0.0.0/a"
            })
    void what_is_no_network_is_refused_by_name(String network) {
        assertThatThrownBy(() -> new ClientAddress(List.of(network)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trusted-proxy: \"" + network + "\" is not an address or a network");
    }

    private static List<String> lines(String text) {
        return text == null ? List.of() : Stream.of(text.split("\\|", -1)).toList();
    }

    @Test
    void networks_of_every_length_have_their_own_and_no_other() {
        for (int bits = 0; bits <= 32; bits++) {
            ClientAddress trusting = new ClientAddress(List.of("10.1.2.3/" + bits));
            byte[] outside = {10, 1, 2, 3};
            if (bits > 0) {
                outside[(bits - 1) >> 3] ^= (byte) (0x80 >> ((bits - 1) & 7));
                String other = IntStream.range(0, 4)
                        .mapToObj(i -> "" + (outside[i] & 0xff))
                        .collect(Collectors.joining("."));
                assertThat(trusting.of(other, List.of("203.0.113.9"), List.of()))
                        .isEqualTo(other);
            }
            assertThat(trusting.of("10.1.2.3", Arrays.asList("203.0.113.9"), List.of()))
                    .isEqualTo("203.0.113.9");
        }
    }
}
