/** Jakarta Servlet support: one context for each request. */
@NullMarked
package dev.internalevents.servlet;

import org.jspecify.annotations.NullMarked;
