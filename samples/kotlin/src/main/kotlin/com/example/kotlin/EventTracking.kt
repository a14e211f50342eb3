package com.example.kotlin

import dev.internalevents.client.RequestTracking
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.ThreadContextElement

/** Makes a request's context current on every thread that runs the coroutine; default: the current request. */
class EventTracking(private val tracking: RequestTracking? = RequestTracking.current()) :
    AbstractCoroutineContextElement(EventTracking), ThreadContextElement<Unit> {

    companion object Key : CoroutineContext.Key<EventTracking>

    override fun updateThreadContext(context: CoroutineContext) = RequestTracking.attach(tracking)

    override fun restoreThreadContext(context: CoroutineContext, oldState: Unit) = RequestTracking.detach()
}
