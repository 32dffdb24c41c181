namespace Bitrix24.Testing;

/// <summary>Represents a request that a simulated portal has received, including its secrets.</summary>
/// <param name="HttpMethod">The HTTP method, in uppercase.</param>
/// <param name="PathAndQuery">The path and the query string, if there is one.</param>
/// <param name="Headers">The headers by name, case-insensitive. Several values of a header are joined by a comma and a space.</param>
/// <param name="Body">The body as text. Empty if there was no body.</param>
/// <param name="Method">The name of the called method: the last segment of the path, without <c>.json</c>.</param>
public sealed record ReceivedRequest(
    string HttpMethod, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, string Body, string Method);
