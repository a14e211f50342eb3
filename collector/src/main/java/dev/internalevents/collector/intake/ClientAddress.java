package dev.internalevents.collector.intake;

import dev.internalevents.pipeline.IpAddress;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of a request's sender. Reads {@code X-Forwarded-For}, or {@code Forwarded} (RFC 7239) if there is
 * no {@code X-Forwarded-For}, only from trusted proxies. All lines of the header form one list, and the sender is the
 * last address in it that is not a trusted proxy's; the sender may have forged everything before it. Never resolves a
 * name. Immutable and thread-safe; never blocks.
 */
public final class ClientAddress {

    private static final int BITS = 8;

    /** The length of the IPv6 prefix before a mapped IPv4 address. */
    private static final int MAPPED_BITS = 96;

    private final List<Network> trusted = new ArrayList<>();

    private static final class Network {
        private final byte[] address;
        private final int bits;

        private Network(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        boolean has(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i & 7);
                if ((address[i >> 3] & mask) != (other[i >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Trusts the proxies in these networks.
     *
     * @param networks addresses such as {@code 10.0.0.7}, or networks such as {@code 10.0.0.0/8}
     * @throws IllegalArgumentException if one is neither; the message names it
     */
    public ClientAddress(List<String> networks) {
        networks.forEach(network -> trusted.add(network(network)));
    }

    /** Returns the address of the request's sender, in normal form. */
    public String of(HttpServerRequest request) {
        String peer = request.remoteAddress().hostAddress();
        if (trusted.isEmpty()) {
            // IPv4 addresses are already in normal form.
            return peer.indexOf(':') < 0 ? peer : of(peer, List.of(), List.of());
        }
        return of(
                peer,
                request.headers().getAll("X-Forwarded-For"),
                request.headers().getAll("Forwarded"));
    }

    /**
     * Returns the sender's address in normal form: IPv6 as in RFC 5952; IPv4 in dotted form, also if it is mapped into
     * IPv6.
     *
     * @param peer the address of the connection's other end
     * @param forwardedFor the lines of {@code X-Forwarded-For}, in order
     * @param forwarded the lines of {@code Forwarded}, in order
     */
    String of(String peer, List<String> forwardedFor, List<String> forwarded) {
        IpAddress address = IpAddress.parseNode(peer);
        if (address == null) {
            return peer;
        }
        if ((forwardedFor.isEmpty() && forwarded.isEmpty()) || !isTrusted(address)) {
            return address.toString();
        }
        return (forwardedFor.isEmpty()
                        ? lastUntrusted(address, forwarded, true)
                        : lastUntrusted(address, forwardedFor, false))
                .toString();
    }

    /** Walks the hops backwards to the first that is not a trusted proxy; stops before a hop without an address. */
    private IpAddress lastUntrusted(IpAddress peer, List<String> lines, boolean forwarded) {
        IpAddress address = peer;
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            for (int end = line.length(); end >= 0; ) {
                int comma = forwarded ? ForwardedHeader.lastComma(line, end) : line.lastIndexOf(',', end - 1);
                String hop = line.substring(comma + 1, end).strip();
                end = comma;
                if (hop.isEmpty()) {
                    // A list may have empty elements (RFC 9110, 5.6.1).
                    continue;
                }
                String node = forwarded ? ForwardedHeader.node(hop) : hop;
                IpAddress next = node == null ? null : IpAddress.parseNode(node);
                if (next == null) {
                    return address;
                }
                address = next;
                if (!isTrusted(next)) {
                    return next;
                }
            }
        }
        return address;
    }

    private boolean isTrusted(IpAddress address) {
        byte[] bytes = address.bytes();
        return trusted.stream().anyMatch(network -> network.has(bytes));
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        String written = slash < 0 ? text : text.substring(0, slash);
        IpAddress address = IpAddress.parse(written);
        Integer bits = address == null ? null : bits(address, written, slash < 0 ? null : text.substring(slash + 1));
        if (address == null || bits == null) {
            throw new IllegalArgumentException("trusted-proxy: \"" + text
                    + "\" is not an address or a network; expected for example 10.0.0.7 or 10.0.0.0/8");
        }
        return new Network(address.bytes(), bits);
    }

    private static @Nullable Integer bits(IpAddress address, String written, @Nullable String prefix) {
        int max = address.bytes().length * BITS;
        if (prefix == null) {
            return max;
        }
        if (!prefix.matches("[0-9]{1,3}")) {
            return null;
        }
        boolean mapped = max == Integer.SIZE && written.indexOf(':') >= 0;
        int bits = Integer.parseInt(prefix) - (mapped ? MAPPED_BITS : 0);
        return bits >= 0 && bits <= max ? bits : null;
    }
}
