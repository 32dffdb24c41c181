namespace Bitrix24.Testing;

/// <summary>Represents the caller of a simulated portal.</summary>
/// <param name="UserId">The id of the calling user.</param>
/// <param name="Application">The webhook or application that the portal charges execution time to.</param>
internal sealed record Caller(long UserId, string Application);
