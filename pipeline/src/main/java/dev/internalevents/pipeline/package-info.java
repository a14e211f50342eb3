/**
 * The steps of processing, each a plain function of one request or one event: split, decode, check the atomic fields,
 * validate, enrich, deduplicate. No server and no database; {@link dev.internalevents.pipeline.Pipeline} joins the steps.
 */
@NullMarked
package dev.internalevents.pipeline;

import org.jspecify.annotations.NullMarked;
