/** HTTP basics that all handlers share: strict request parsing, bodies, origins, and answers. */
@NullMarked
package dev.internalevents.collector.http;

import org.jspecify.annotations.NullMarked;
