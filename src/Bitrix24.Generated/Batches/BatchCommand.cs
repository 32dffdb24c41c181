using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Writes commands for <see cref="BatchRequest.Commands"/>: one method for each operation of the client.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html"/></remarks>
public static partial class BatchCommand
{
    /// <summary>
    /// PHP reads no more parameters than this from the query of a command, where nobody has raised its limit, and passes over the rest in silence: a call list would be made without some of its members.
    /// </summary>
    internal const int MaxParameters = 1000;

    /// <summary>Name of the batch method on the wire, which no batch can hold.</summary>
    internal const string Batch = "batch";

    /// <summary>Writes a command that calls any method.</summary>
    /// <param name="method">Name of the method on the wire, for example <c>user.current</c>.</param>
    /// <param name="parameters">
    /// The parameters: an object that is written as JSON is, such as a dictionary or an anonymous object. A text <c>$result[key][field]</c> in it stands for the result of an earlier command. Default: none.
    /// </param>
    /// <returns>The command.</returns>
    /// <exception cref="ArgumentException"><paramref name="method"/> is no name of a method, or <paramref name="parameters"/> is no object, or holds an empty list, or a name with brackets.</exception>
    public static string Call(string method, object? parameters = null)
    {
        if (string.IsNullOrWhiteSpace(method) || method.IndexOfAny(['?', '&', '/', '#', ' ']) >= 0)
        {
            throw new ArgumentException("This is no name of a method; one looks like user.current.", nameof(method));
        }

        return parameters is null ? method : Write(method, parameters, nameof(parameters));
    }

    internal static string MethodOf(string command) => command.Split('?')[0];

    internal static int CountParameters(string command) => command.IndexOf('?') < 0 ? 0 : command.Count(character => character == '&') + 1;

    private static string Of(string method, IRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return Write(method, request, nameof(request));
    }

    private static string Write(string method, object parameters, string parameterName)
    {
        var query = new StringBuilder();
        try
        {
            PhpQuery.Append(query, JObject.FromObject(parameters, Json.Serializer));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException or FormatException)
        {
            throw new ArgumentException($"The parameters cannot be written as a command: {exception.Message}", parameterName, exception);
        }

        return query.Length == 0 ? method : $"{method}?{query}";
    }
}
