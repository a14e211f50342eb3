package dev.internalevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9,203.0.113.9",
        "0.0.0.0,0.0.0.0",
        "2001:db8::1,2001:db8::1",
        "2001:0DB8:0:0:0:0:0:1,2001:db8::1",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "::,::",
        "::1,::1",
        "fe80::,fe80::",
        "fe80::1%eth0,fe80::1",
        "::ffff:203.0.113.9,203.0.113.9",
        "::FFFF:cb00:7109,203.0.113.9",
        "0:0:0:0:0:ffff:203.0.113.9,203.0.113.9",
        "64:ff9b::203.0.113.9,64:ff9b::cb00:7109"
    })
    void an_address_has_one_normal_form(String text, String normal) {
        assertThat(IpAddress.parse(text)).hasToString(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "cafe",
                "cafe.de",
                "face.b00c",
                "1.2",
                "1.2.3",
                "0x7f.1",
                "0x7f.0.0.1",
                "127.1",
                "2130706433",
                "010.0.0.1",
                "1.2.3.04",
                "256.1.1.1",
                "1.2.3.256",
                "1.2.3.4.",
                "1.2.3.4.5",
                ".1.2.3.4",
                "1..2.3",
                "1.2.3.4%eth0",
                "1.2.3.4/8",
                " 1.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "12345::",
                "::g",
                "fe80::1%",
                "::1.2.3",
                "::01.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "%31.2.3.4",
                "१.2.3.4"
            })
    void what_is_not_written_as_an_address_is_none(String text) {
        assertThat(IpAddress.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "203.0.113.9:5678|203.0.113.9",
                "[2001:db8::1]:443|2001:db8::1",
                "[2001:db8::1]|2001:db8::1",
                "[203.0.113.9]:80|203.0.113.9",
                "[::ffff:203.0.113.9]:80|203.0.113.9",
                "[fe80::1%eth0]:443|fe80::1",
                "\"[2001:db8::1]:_obf\"|2001:db8::1",
                "\"203.0.113.9\"|203.0.113.9",
                "2001:db8::1|2001:db8::1",
                "::ffff:203.0.113.9|203.0.113.9"
            })
    void ports_brackets_and_quotes_are_understood(String text, String address) {
        assertThat(IpAddress.parseNode(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.9:",
                "[2001:db8::1",
                "2001:db8::1]",
                "[]",
                "[",
                "\"",
                "203.0.113.9:a b",
                "[::1]x",
                "unknown",
                "_hidden"
            })
    void what_is_half_written_is_no_node(String text) {
        assertThat(IpAddress.parseNode(text)).isNull();
    }

    @Property(tries = 2_000)
    void every_address_is_read_from_what_it_is_written_as(@ForAll @Size(16) byte[] six, @ForAll @Size(4) byte[] four)
            throws UnknownHostException {
        for (byte[] bytes : new byte[][] {six, four}) {
            InetAddress expected = InetAddress.getByAddress(bytes);
            IpAddress read = IpAddress.parse(expected.getHostAddress());

            assertThat(read).isNotNull();
            assertThat(read.bytes()).isEqualTo(expected.getAddress());
            assertThat(IpAddress.parse(read.toString())).isEqualTo(read);
            assertThat(read.toString()).isLowerCase();
        }
    }

    @Property(tries = 5_000)
    void whatever_reads_as_an_address_is_one_to_the_jdk_too(
            @ForAll
                    @StringLength(max = 20)
                    @CharRange(from = '0', to = ':')
                    @CharRange(from = 'a', to = 'f')
                    @CharRange(from = '.', to = '.')
                    String text)
            throws UnknownHostException {
        IpAddress read = IpAddress.parse(text);
        if (read != null) {
            assertThat(read.bytes()).isEqualTo(InetAddress.getByName(text).getAddress());
        }
    }

    @Test
    void addresses_are_equal_if_their_bytes_are() {
        IpAddress address = IpAddress.parse("203.0.113.9");

        assertThat(address)
                .isEqualTo(IpAddress.parse("::ffff:203.0.113.9"))
                .hasSameHashCodeAs(IpAddress.parse("::ffff:203.0.113.9"))
                .isNotEqualTo(IpAddress.parse("203.0.113.8"))
                .isNotEqualTo(IpAddress.parse("64:ff9b::203.0.113.9"));
        assertThat(IpAddress.parse("203.0.113.8").hashCode()).isNotEqualTo(address.hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,true",
        "127.255.255.255,true",
        "::1,true",
        "::ffff:127.0.0.1,true",
        "126.0.0.1,false",
        "128.0.0.1,false",
        "203.0.113.127,false",
        "::2,false",
        "::,false"
    })
    void loopback_is_known(String text, boolean loopback) {
        assertThat(IpAddress.parse(text).isLoopback()).isEqualTo(loopback);
    }
}
