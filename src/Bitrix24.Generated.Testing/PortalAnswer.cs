using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>What a simulated portal sends, or <see cref="FaultKind.Reset"/> or <see cref="FaultKind.Silence"/> in place of it.</summary>
internal sealed record PortalAnswer(int Status, string Body, string ContentType = SimulatedPortal.JsonType)
{
    public FaultKind Fault { get; init; }

    public string? Location { get; init; }

    public static PortalAnswer Ok(JObject answer) => new(200, answer.ToString(Formatting.None));

    public static PortalAnswer Refusal(PortalError error) =>
        new(error.Status, new JObject { ["error"] = error.Code, ["error_description"] = error.Description }.ToString(Formatting.None));
}
