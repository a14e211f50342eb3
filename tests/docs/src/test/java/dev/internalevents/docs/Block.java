package dev.internalevents.docs;

/**
 * A fenced code block of a page.
 *
 * @param page the page's path in the repository
 * @param line the line of its first fence
 * @param language what follows the fence, such as {@code java}; empty if nothing does
 * @param skipReason why it is not checked; empty if it is
 */
record Block(String page, int line, String language, String text, String skipReason) {

    boolean isSkipped() {
        return !skipReason.isEmpty();
    }

    String name() {
        return page + ":" + line + " " + (language.isEmpty() ? "output" : language);
    }
}
