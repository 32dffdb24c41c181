namespace Bitrix24.Testing;

/// <summary>Converts errors to the format of portals older than August 2026, which send a sentence instead of a code.</summary>
internal static class LegacyErrors
{
    internal static PortalError Of(PortalError error) => error switch
    {
        { Code: "ERROR_ARGUMENT" } => new(400, "Invalid parameters.", "Invalid parameters were provided."),
        { Code: "ENTITIES_ERROR", Description: "Entities is not array" } =>
            new(400, "Entities is not array", "The entities parameter is not an array."),
        { Code: "ENTITIES_ERROR" or "ENTITY_ERROR" } => new(400, "Incorrect entities id", "Invalid element ids."),
        { Code: "ENTITY_TYPE_ERROR" } => new(400, "Incorrect entity type", "Unsupported object type."),
        { Code: "ACCESS_ERROR", Description: "Access Denied" } => new(400, "Access denied.", "No permission to perform the operation."),
        { Code: "ACCESS_ERROR" } => new(403, "You don't have access to these entities", "No access to the elements."),
        { Code: "WEBFORM_ERROR" } => new(400, "Incorrect webform id", "Invalid CRM form id."),
        _ => error,
    };
}
