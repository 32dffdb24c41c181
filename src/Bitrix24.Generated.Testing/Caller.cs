namespace Bitrix24.Testing;

/// <summary>Who calls a simulated portal.</summary>
/// <param name="UserId">The user on whose behalf it calls.</param>
/// <param name="Application">The webhook or application: what the portal charges execution time to.</param>
internal sealed record Caller(long UserId, string Application);
