namespace Bitrix24.Testing;

/// <summary>A request as it reached a simulated portal, secrets included.</summary>
/// <param name="HttpMethod">The HTTP method, in capitals.</param>
/// <param name="PathAndQuery">The path and, where there is one, the query.</param>
/// <param name="Headers">The headers by name, without regard to case; several values of one are joined by a comma and a blank.</param>
/// <param name="Body">The body as text; empty when there was none.</param>
/// <param name="Method">The name of the called method: the last part of the path, without <c>.json</c>.</param>
public sealed record ReceivedRequest(string HttpMethod, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, string Body, string Method);
