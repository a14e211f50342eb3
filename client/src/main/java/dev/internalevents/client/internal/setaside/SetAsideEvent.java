package dev.internalevents.client.internal.setaside;

import java.util.Map;

/**
 * An event that was set aside.
 *
 * @param at when it was set aside, as ISO 8601 in UTC
 * @param reason the collector's response
 * @param tries how many times it was sent alone
 * @param event its members as they are sent, except {@code stm}
 */
public record SetAsideEvent(String at, String reason, long tries, Map<String, ?> event) {

    public String id() {
        return String.valueOf(event.get("eid"));
    }

    public String name() {
        return String.valueOf(event.get("se_ac"));
    }
}
