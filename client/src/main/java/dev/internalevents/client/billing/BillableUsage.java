package dev.internalevents.client.billing;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.internal.emitter.OutgoingEvent;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import dev.internalevents.protocol.ValueCopy;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A billing event as of the call: a structured event with {@code billable_usage} as its only context. */
record BillableUsage(
        Tracker tracker,
        UUID id,
        Instant at,
        long trackedAtNanos,
        String eventType,
        String category,
        Map<String, Object> metadata,
        SelfDescribingJson context)
        implements OutgoingEvent {

    /** The schema of the context. */
    static final SchemaKey SCHEMA = SchemaKey.of("com.gitlab", "billable_usage", "1-0-3");

    /** Maximum characters of an event's name and of a unit of measure. */
    static final int MAX_NAME = 255;

    private static final int FIXED_WEIGHT = 2_048;
    private static final double MAX_QUANTITY = Integer.MAX_VALUE;

    /**
     * Creates the event of a builder.
     *
     * @param request the context to bill
     * @param claims the claims of the request's verified token; null for none
     */
    static BillableUsage of(
            Tracker tracker,
            BillingEvent.Builder event,
            EventContext request,
            @Nullable VerifiedClaims claims,
            long nanoTime,
            Instant at) {
        UUID id = EventId.of(event.idempotencyKey());
        Map<String, Object> metadata = event.metadata().toMap();
        metadata.put("is_gitlab_team_member", claims != null && claims.skipUsageCutoff());
        String eventType = Objects.requireNonNull(event.eventType());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("event_id", id.toString());
        fields.put("event_type", eventType);
        fields.put("unit_of_measure", event.unitOfMeasure());
        fields.put("quantity", event.quantity());
        put(fields, "realm", request.billingRealm());
        fields.put("timestamp", at.toString());
        put(
                fields,
                "subject",
                request.userId() == null ? null : request.userId().toString());
        put(fields, "subject_type", request.userType());
        put(fields, "global_user_id", request.globalUserId());
        put(fields, "instance_id", request.instanceId());
        put(fields, "unique_instance_id", request.uniqueInstanceId());
        put(fields, "instance_version", request.instanceVersion());
        put(fields, "host_name", request.hostName());
        put(fields, "project_id", request.projectId());
        put(fields, "namespace_id", request.namespaceId());
        put(fields, "root_namespace_id", request.ultimateParentNamespaceId());
        put(fields, "organization_id", request.organizationId());
        put(fields, "deployment_type", request.deploymentType());
        put(fields, "correlation_id", request.correlationId());
        String assignment = request.featureEnablementType();
        put(fields, "assignments", assignment == null || assignment.isEmpty() ? null : List.of(assignment));
        fields.put("metadata", metadata);
        return new BillableUsage(
                tracker,
                id,
                at,
                nanoTime,
                eventType,
                FieldLimits.cut(event.category(), FieldLimits.CATEGORY),
                metadata,
                new SelfDescribingJson(SCHEMA, Json.immutable(fields)));
    }

    /** Skips null and empty values; the schema does not allow an empty text in some of the fields. */
    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null && !"".equals(value)) {
            fields.put(name, value);
        }
    }

    /**
     * Returns why an event cannot be sent; null if it can. Checks each field that the schema requires, because the
     * receiver would discard an invalid event without notice.
     *
     * @return one of a few fixed texts, without the values
     */
    static @Nullable String problem(BillingEvent.Builder event, EventContext request) {
        String eventType = event.eventType();
        if (eventType == null || eventType.isBlank() || !FieldLimits.fits(eventType, MAX_NAME)) {
            return "its name is missing, blank or longer than " + MAX_NAME + " characters";
        } else if (event.unitOfMeasure().isBlank() || !FieldLimits.fits(event.unitOfMeasure(), MAX_NAME)) {
            return "its unit of measure is blank or longer than " + MAX_NAME + " characters";
        } else if (Double.isNaN(event.quantity())) {
            return "its quantity is not a number; expected more than 0";
        } else if (event.quantity() <= 0) {
            return "its quantity is 0 or less; expected more than 0";
        } else if (event.quantity() > MAX_QUANTITY) {
            return "its quantity is more than " + Integer.MAX_VALUE;
        } else if (request.billingRealm() == null) {
            return "the realm is missing or not saas, self-managed or dedicated; expected it in the"
                    + " request's token or header X-Gitlab-Realm, or outside of a request in the builder's defaultContext";
        }
        return null;
    }

    @Override
    public String name() {
        return eventType;
    }

    @Override
    public int weight() {
        return (int) Math.min(
                Integer.MAX_VALUE,
                FIXED_WEIGHT + category.length() + eventType.length() + ValueCopy.bytes(context.data()));
    }

    @Override
    public boolean isLargerThan(int bytes) {
        return structured().openSize(tracker, bytes) > bytes;
    }

    @Override
    public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
        structured().writeOpenTo(out, tracker);
    }

    private StructuredEvent structured() {
        StructuredEvent.Fields fields = new StructuredEvent.Fields(category, eventType, null, null, null);
        return new StructuredEvent(id, at, fields, Contexts.of(context));
    }

    /** Returns only the type and the id; the metadata and the context may be personal data. */
    @Override
    public String toString() {
        return "BillableUsage[" + eventType + " " + id + "]";
    }
}
