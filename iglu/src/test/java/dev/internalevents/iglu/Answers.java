package dev.internalevents.iglu;

import dev.internalevents.protocol.SchemaKey;

/** Waits for what registries answer. */
final class Answers {

    private Answers() {}

    /** Asks until the registry has an answer. */
    static Registry.Answer last(Registry registry, SchemaKey key) {
        Registry.Answer answer = registry.find(key);
        while (answer instanceof Registry.Pending pending) {
            pending.settled().join();
            answer = registry.find(key);
        }
        return answer;
    }
}
