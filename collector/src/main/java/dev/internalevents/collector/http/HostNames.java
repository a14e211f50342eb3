package dev.internalevents.collector.http;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares the host names that requests are sent to. Never resolves a name. Thread-safe. */
public final class HostNames {

    private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
    private static final String LOCALHOST = "localhost";

    private HostNames() {}

    /**
     * Returns a name in the form used for comparison: lower case (RFC 4343), without the trailing dot of the root and
     * without the brackets of an IPv6 address.
     */
    public static String normal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            return name.substring(1, name.length() - 1);
        }
        return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /**
     * Returns a host name or a literal address in {@linkplain #normal normal form}, with non-ASCII letters as browsers
     * send them ({@code xn--}); null for a text that is neither. Underscores are allowed, because container names have
     * them.
     */
    public static @Nullable String parse(String text) {
        String name = normal(text);
        if (NetUtil.createByteArrayFromIpAddressString(name) != null) {
            return name;
        }
        try {
            String ascii = IDN.toASCII(name).toLowerCase(Locale.ROOT);
            return NAME.matcher(ascii).matches() ? ascii : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns whether a name or a literal address always means this machine: {@code localhost} and its subdomains (RFC
     * 6761), 127.0.0.0/8 and {@code ::1}.
     */
    public static boolean isLoopback(String host) {
        String name = normal(host);
        if (name.equals(LOCALHOST) || (name.endsWith("." + LOCALHOST) && hasOnlyLabels(name))) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        if (address == null) {
            return false;
        }
        try {
            return InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** Returns whether no label is empty. */
    private static boolean hasOnlyLabels(String name) {
        return !name.startsWith(".") && !name.contains("..");
    }
}
