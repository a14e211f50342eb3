package dev.internalevents.iglu;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Determines which kinds of network addresses a host has. */
final class Addresses {

    /** Kinds of addresses, by the range from which they can be reached. */
    enum Kind {
        PUBLIC,
        PRIVATE,
        LINK_LOCAL,
        LOOPBACK
    }

    private Addresses() {}

    /**
     * Returns the kinds of all addresses of a host. Blocks for DNS. The JDK caches the answer (default: 30 s) and uses
     * it for connections too, so that a host cannot show one address to this check and another to the connection.
     *
     * @param host the host as in a URI; an IPv6 address in brackets
     * @throws UnknownHostException if the host has no address
     */
    static Set<Kind> kinds(String host) throws UnknownHostException {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (InetAddress address : InetAddress.getAllByName(host)) {
            kinds.add(kind(address));
        }
        return kinds;
    }

    static Kind kind(InetAddress address) throws UnknownHostException {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address && isTranslated(bytes)) {
            return kind(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)));
        }
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        // 0.0.0.0/8 and :: mean this machine.
        if (address.isLoopbackAddress() || address.isAnyLocalAddress() || (bytes.length == 4 && first == 0)) {
            return Kind.LOOPBACK;
        } else if (address.isLinkLocalAddress()) {
            return Kind.LINK_LOCAL;
        }
        boolean inner = bytes.length == 4
                // 10/8, 172.16/12 and 192.168/16; carrier-grade NAT (100.64/10) and benchmarking (198.18/15);
                // multicast and reserved from 224 on.
                ? address.isSiteLocalAddress()
                        || (first == 100 && (second & 0xc0) == 64)
                        || (first == 198 && (second & 0xfe) == 18)
                        || first >= 224
                : (first & 0xfe) == 0xfc || address.isSiteLocalAddress() || address.isMulticastAddress();
        return inner ? Kind.PRIVATE : Kind.PUBLIC;
    }

    /** Returns whether the address is in 64:ff9b::/96 or ::/96, which embed an IPv4 address in the last four bytes. */
    private static boolean isTranslated(byte[] bytes) {
        boolean translated =
                bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b;
        for (int i = translated ? 4 : 0; i < 12; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        // :: and ::1 do not embed an IPv4 address.
        return translated || bytes[12] != 0 || bytes[13] != 0 || bytes[14] != 0;
    }
}
