/**
 * The processing steps, each a pure function of one request or one event: split, decode, check the atomic fields,
 * validate, enrich, deduplicate. {@link dev.internalevents.pipeline.Pipeline} combines the steps. Depends on neither a
 * server nor a database.
 */
@NullMarked
package dev.internalevents.pipeline;

import org.jspecify.annotations.NullMarked;
