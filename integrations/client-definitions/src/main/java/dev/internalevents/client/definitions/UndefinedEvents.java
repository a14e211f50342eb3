package dev.internalevents.client.definitions;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.check.NearestName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reports events without a definition, with the nearest name. */
final class UndefinedEvents {

    /** Longer names are not treated as typos, and their messages are not cached. */
    static final int LONGEST_TYPO = 200;

    private final Dictionary dictionary;
    private final Reports reports;
    private final Map<String, String> messages = new ConcurrentHashMap<>();

    UndefinedEvents(Dictionary dictionary, Reports reports) {
        this.dictionary = dictionary;
        this.reports = reports;
    }

    /** Reports an event that is not defined. */
    void report(String name) {
        reports.undefined(message(name), "it is dropped");
    }

    /** Reports an event whose file was left out: neither its properties nor the metrics that count it are known. */
    void reportLeftOut(String name) {
        reports.undefined(
                "the definition of the event \"" + name
                        + "\" was left out because its file is invalid; run internal-events validate to find the line",
                "it is sent unchecked and not counted");
    }

    /**
     * Searches the nearest name only once for each undefined name: searching all names is too expensive for every call.
     */
    private String message(String name) {
        String known = messages.get(name);
        if (known != null) {
            return known;
        }
        String shown = Problems.shown(name);
        String message =
                "the event \"" + shown + "\" is not defined; expected a file " + dictionary.fileOfNewEvent(shown);
        if (messages.size() >= Problems.MAX_KINDS || name.length() > LONGEST_TYPO) {
            return message;
        }
        List<String> names =
                dictionary.events().stream().map(EventDefinition::action).toList();
        String whole = message + NearestName.hint(name, names);
        messages.put(name, whole);
        return whole;
    }
}
