/** Autoconfiguration for Spring Boot 4: the client as a bean, a context for each request, health and meters. */
@NullMarked
package dev.internalevents.spring;

import org.jspecify.annotations.NullMarked;
