package dev.internalevents.pipeline;

import java.util.Set;

/**
 * What is replaced by pseudonyms, and with which key.
 *
 * @param key a secret of 16 bytes or more; who has it can tell whether a pseudonym is that of a known value
 * @param fields what is replaced
 */
public record PseudonymSettings(String key, Set<Field> fields) {

    /** What can be replaced. */
    public enum Field {
        /** The atomic field and the field of contexts. */
        USER_ID("user_id"),
        /** The field of contexts. */
        GLOBAL_USER_ID("global_user_id"),
        /** Names of namespaces and projects in the paths of page and referrer. */
        URLS("urls");

        private final String key;

        Field(String key) {
            this.key = key;
        }

        /** As settings name it. */
        public String key() {
            return key;
        }
    }

    public PseudonymSettings {
        fields = Set.copyOf(fields);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "PseudonymSettings[fields=" + fields + "]";
    }
}
