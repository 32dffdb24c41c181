namespace Bitrix24.Testing;

/// <summary>Represents an error that the portal returns.</summary>
internal sealed record PortalError(int Status, string Code, string Description)
{
    internal SimulatedResponse ToResponse() => SimulatedResponse.Error((System.Net.HttpStatusCode)Status, Code, Description);
}
