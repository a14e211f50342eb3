package dev.internalevents.pipeline;

import java.util.HashSet;
import java.util.Set;

/**
 * The ids of some persons.
 *
 * @param userIds values of the atomic field {@code user_id} and of the context field {@code user_id}
 * @param globalUserIds values of the context field {@code global_user_id}
 */
public record Persons(Set<String> userIds, Set<String> globalUserIds) {

    public Persons {
        userIds = Set.copyOf(userIds);
        globalUserIds = Set.copyOf(globalUserIds);
    }

    /**
     * Returns these ids and the pseudonyms that a pipeline with these settings gives them.
     *
     * @throws IllegalArgumentException if the key is too short
     */
    public Persons withPseudonyms(PseudonymSettings settings) {
        Pseudonyms pseudonyms = new Pseudonyms(settings);
        return new Persons(with(pseudonyms, userIds), with(pseudonyms, globalUserIds));
    }

    private static Set<String> with(Pseudonyms pseudonyms, Set<String> ids) {
        Set<String> all = new HashSet<>(ids);
        ids.forEach(id -> all.add(pseudonyms.pseudonym(id)));
        return all;
    }

    /** The numbers of ids alone: the ids are personal data. */
    @Override
    public String toString() {
        return "Persons[" + userIds.size() + " user ids, " + globalUserIds.size() + " global user ids]";
    }
}
