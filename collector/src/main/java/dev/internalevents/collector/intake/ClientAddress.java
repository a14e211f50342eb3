package dev.internalevents.collector.intake;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request came from. {@code X-Forwarded-For} counts only from a proxy that is trusted, and only the last address
 * in it that is not such a proxy's: whatever stands before that was written by the sender.
 */
public final class ClientAddress {

    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]{2,45}");

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
     * @throws IllegalArgumentException naming the one that is neither
     */
    public ClientAddress(List<String> networks) {
        networks.forEach(network -> trusted.add(network(network)));
    }

    /**
     * The sender's address.
     *
     * @param peer who opened the connection
     * @param forwardedFor the header, or null
     */
    public String of(String peer, @Nullable String forwardedFor) {
        if (forwardedFor == null || trusted.isEmpty() || !isTrusted(peer)) {
            return peer;
        }
        String[] hops = forwardedFor.split(",", -1);
        String address = peer;
        for (int i = hops.length - 1; i >= 0; i--) {
            String hop = hops[i].strip();
            if (bytes(hop) == null) {
                return address;
            }
            address = hop;
            if (!isTrusted(hop)) {
                return hop;
            }
        }
        return address;
    }

    private boolean isTrusted(String address) {
        byte[] bytes = bytes(address);
        return bytes != null && trusted.stream().anyMatch(network -> network.has(bytes));
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
        try {
            int bits = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
            if (address != null && bits <= address.length * Byte.SIZE && (slash < 0 || bits >= 0)) {
                return new Network(address, slash < 0 ? address.length * Byte.SIZE : bits);
            }
        } catch (NumberFormatException e) {
            // Said below with the whole text.
        }
        throw new IllegalArgumentException("trusted-proxy: \"" + text
                + "\" is no address and no network; expected for example 10.0.0.7 or 10.0.0.0/8");
    }

    /** Null for what is no address written in numbers: no name is ever looked up. */
    private static byte @Nullable [] bytes(String address) {
        if (!LITERAL.matcher(address).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
