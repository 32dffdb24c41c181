namespace Bitrix24.Testing;

/// <summary>The portal does not do what it was asked.</summary>
internal sealed record PortalError(int Status, string Code, string Description);
