package dev.internalevents.pipeline;

import java.util.Set;

/**
 * Which values are replaced by pseudonyms, and the key.
 *
 * @param key a secret of 16 bytes or more; knowing it allows testing whether a pseudonym belongs to a known value
 * @param fields the values to replace
 */
public record PseudonymSettings(String key, Set<Field> fields) {

    /** The values that can be replaced. */
    public enum Field {
        /** The atomic field and the context field. */
        USER_ID("user_id"),
        /** The context field. */
        GLOBAL_USER_ID("global_user_id"),
        /** Names of namespaces and projects in the paths of page URL and referrer. */
        URLS("urls");

        private final String key;

        Field(String key) {
            this.key = key;
        }

        /** Returns the name used in settings. */
        public String key() {
            return key;
        }
    }

    public PseudonymSettings {
        fields = Set.copyOf(fields);
    }

    /** Omits the key. */
    @Override
    public String toString() {
        return "PseudonymSettings[fields=" + fields + "]";
    }
}
