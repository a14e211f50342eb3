/** What the starter needs for Spring Boot 3.5 beside Spring Boot 4. */
@NullMarked
package dev.internalevents.spring3;

import org.jspecify.annotations.NullMarked;
