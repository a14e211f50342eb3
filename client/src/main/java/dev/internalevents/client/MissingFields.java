package dev.internalevents.client;

import dev.internalevents.protocol.Printable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the fields missing from a request's context, to find a proxy or a caller that sends too few headers. A warning
 * is logged for each missing one of {@code realm}, {@code instance_id}, {@code unique_instance_id}, {@code host_name},
 * {@code global_user_id} and {@code deployment_type}. If the deployment type is {@code .com}, a line at INFO is logged
 * for each missing one of {@code project_id}, {@code namespace_id}, {@code feature_enabled_by_namespace_ids},
 * {@code is_gitlab_team_member} and {@code ultimate_parent_namespace_id}. Each line names the header or claim that the
 * field comes from. Each field is logged once for each path, with at most 1,000 combinations of field and path. Safe
 * for use by several threads.
 */
public final class MissingFields {

    private static final Logger LOG = LoggerFactory.getLogger(MissingFields.class);
    private static final int MAX_LOGGED = 1_000;

    /** The field, which requests, where the field comes from, the path and the correlation id. */
    private static final String MISSING =
            "{} is missing in the context of a request{}: no valid {} (path {}, correlation"
                    + " id {}); this is logged once for each path";

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Creates an instance that has logged nothing yet. */
    public MissingFields() {}

    /**
     * Checks the context of a request. Cheap once the fields of a path are logged; blocks only for logging.
     *
     * @param path the request's path, without its query
     */
    public void check(EventContext context, String path) {
        warn("realm", "header X-Gitlab-Realm or claim gitlab_realm", context.realm(), context, path);
        warn("instance_id", "header X-Gitlab-Instance-Id", context.instanceId(), context, path);
        warn("unique_instance_id", "claim gitlab_instance_uid", context.uniqueInstanceId(), context, path);
        warn("host_name", "header X-Gitlab-Host-Name", context.hostName(), context, path);
        warn("global_user_id", "header X-Gitlab-Global-User-Id", context.globalUserId(), context, path);
        warn("deployment_type", "header X-Gitlab-Deployment-Type", context.deploymentType(), context, path);
        if (".com".equals(context.deploymentType())) {
            inform("project_id", "header X-Gitlab-Project-Id", context.projectId(), context, path);
            inform("namespace_id", "header X-Gitlab-Namespace-Id", context.namespaceId(), context, path);
            boolean isOfNamespace = context.featureEnabledByNamespaceIds() != null
                    && !context.featureEnabledByNamespaceIds().isEmpty();
            inform(
                    "feature_enabled_by_namespace_ids",
                    "header X-Gitlab-Feature-Enabled-By-Namespace-Ids",
                    isOfNamespace ? true : null,
                    context,
                    path);
            inform(
                    "is_gitlab_team_member",
                    "header X-Gitlab-Is-Team-Member",
                    context.gitlabTeamMember(),
                    context,
                    path);
            inform(
                    "ultimate_parent_namespace_id",
                    "header X-Gitlab-Root-Namespace-Id",
                    context.ultimateParentNamespaceId(),
                    context,
                    path);
        }
    }

    private void warn(String field, String from, @Nullable Object value, EventContext context, String path) {
        if (value == null && isNew(field, path)) {
            LOG.warn(MISSING, field, "", from, Printable.of(path), context.correlationId());
        }
    }

    private void inform(String field, String from, @Nullable Object value, EventContext context, String path) {
        if (value == null && isNew(field, path)) {
            LOG.info(MISSING, field, " of deployment type .com", from, Printable.of(path), context.correlationId());
        }
    }

    private boolean isNew(String field, String path) {
        return logged.size() < MAX_LOGGED && logged.add(field + ' ' + path);
    }
}
