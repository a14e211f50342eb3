package dev.internalevents.pipeline;

import java.util.Arrays;

/** Replaces the last parts of an address by {@code x}: octets of IPv4, groups of IPv6. */
final class IpAnonymization implements Enrichment {

    private final int parts;

    /** @param parts how many, 1 to 4; of IPv6 twice as many groups */
    IpAnonymization(int parts) {
        if (parts < 1 || parts > 4) {
            throw new IllegalArgumentException("anonymize-ip: " + parts + " is not a number of octets from 1 to 4");
        }
        this.parts = parts;
    }

    @Override
    public void enrich(EventDraft event) {
        String address = event.atomic.text("user_ipaddress");
        if (address != null) {
            event.atomic.set("user_ipaddress", anonymous(address));
        }
        event.raw = event.raw.withPayload(anonymous(event.raw.payload()));
    }

    CollectorPayload anonymous(CollectorPayload payload) {
        String address = payload.context().ipAddress();
        return address == null ? payload : payload.withIpAddress(anonymous(address));
    }

    String anonymous(String address) {
        if (address.indexOf(':') < 0) {
            return masked(address.split("\\.", -1), ".", parts);
        }
        String[] sides = address.split("::", -1);
        if (sides.length == 2) {
            String[] left = sides[0].isEmpty() ? new String[0] : sides[0].split(":", -1);
            String[] right = sides[1].isEmpty() ? new String[0] : sides[1].split(":", -1);
            String[] whole = new String[Math.max(8, left.length + right.length)];
            Arrays.fill(whole, "0");
            System.arraycopy(left, 0, whole, 0, left.length);
            System.arraycopy(right, 0, whole, whole.length - right.length, right.length);
            return masked(whole, ":", 2 * parts);
        }
        return masked(address.split(":", -1), ":", 2 * parts);
    }

    private static String masked(String[] pieces, String separator, int last) {
        for (int i = Math.max(0, pieces.length - last); i < pieces.length; i++) {
            pieces[i] = "x";
        }
        return String.join(separator, pieces);
    }
}
