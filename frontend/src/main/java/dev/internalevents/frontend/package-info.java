/** Writes the context of a page for its script {@code internal-events.js}: as text, in Thymeleaf and in JSP. */
@NullMarked
package dev.internalevents.frontend;

import org.jspecify.annotations.NullMarked;
