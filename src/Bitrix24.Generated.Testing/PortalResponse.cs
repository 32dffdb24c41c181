using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Represents a response of a simulated portal, or a fault that replaces the response.</summary>
internal sealed record PortalResponse(int Status, string Body, string ContentType = SimulatedPortal.JsonType)
{
    public FaultKind Fault { get; init; }

    public string? Location { get; init; }

    public static PortalResponse Ok(JObject body) => new(200, body.ToString(Formatting.None));

    public static PortalResponse Rejection(PortalError error) =>
        new(error.Status, new JObject { ["error"] = error.Code, ["error_description"] = error.Description }.ToString(Formatting.None));
}
