package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;

/**
 * The ids of persons.
 *
 * @param userIds values of the atomic field {@code user_id} and of the context field {@code user_id}
 * @param globalUserIds values of the context field {@code global_user_id}
 */
public record Persons(Set<String> userIds, Set<String> globalUserIds) {

    private static final int MAX_DIGITS = 400;

    public Persons {
        userIds = Set.copyOf(userIds);
        globalUserIds = Set.copyOf(globalUserIds);
    }

    /**
     * Returns these ids together with the pseudonyms that a pipeline with these settings gives them.
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

    /** Returns a value as an id: whole numbers have no fraction or exponent, so that 4711.0 and 4711 are the same. */
    static String text(Object value) {
        if (value instanceof BigDecimal number && number.precision() - (long) number.scale() <= MAX_DIGITS) {
            BigDecimal plain = number.stripTrailingZeros();
            return plain.scale() <= 0 ? plain.toPlainString() : number.toString();
        }
        return String.valueOf(value);
    }

    /** Returns only the number of ids: the ids are personal data. */
    @Override
    public String toString() {
        return "Persons[" + userIds.size() + " user ids, " + globalUserIds.size() + " global user ids]";
    }
}
