using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bitrix24.Batches;
using Bitrix24.Calls;
using Bitrix24.Operations;
using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Creates commands for <see cref="BatchRequest.Commands"/>, with one method for each operation of the client.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html"/></remarks>
public static partial class BatchCommand
{
    /// <summary>
    /// The maximum number of parameters that PHP reads from the query of a command by default. It silently ignores the rest: a call list
    /// would be created without some of its items.
    /// </summary>
    internal const int MaxParameters = 1000;

    private const string Result = "$result";

    /// <summary>Creates a command that calls any method.</summary>
    /// <param name="method">The name of the method, for example <c>user.current</c>.</param>
    /// <param name="parameters">
    /// The parameters, which are serialized as JSON is: for example a dictionary, an anonymous object or a value of System.Text.Json.
    /// Default is none.
    /// </param>
    /// <returns>The command.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="method"/> is not a valid method name, or is <c>batch</c>. Or <paramref name="parameters"/> is not an object, or
    /// contains an empty list, a name with brackets, or a text that portals replace by the result of an earlier command, such as
    /// <c>$result[key]</c>.
    /// </exception>
    /// <remarks>
    /// A query contains only text. Booleans are written as 1 and 0, null as an empty text, dates in ISO 8601, enums as numbers unless a
    /// converter is specified, and bytes in base64. The attributes <c>JsonPropertyName</c> and <c>JsonIgnore</c> of System.Text.Json are
    /// supported. Other attributes of System.Text.Json that change the JSON cause an exception.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public static string Call(string method, object? parameters = null)
    {
        if (method is null || !MethodName.IsValid(method))
        {
            // The message does not quote the text, which could be a webhook URL.
            throw new ArgumentException("The method name is not valid. Example: user.current.", nameof(method));
        }

        if (MethodName.IsBatch(method))
        {
            throw new ArgumentException("A batch cannot contain another batch. Add its commands to the outer batch.", nameof(method));
        }

        return parameters is null ? method : Write(method, parameters, nameof(parameters));
    }

    /// <summary>Creates a value that the portal replaces by the result of an earlier command of the same batch.</summary>
    /// <param name="key">The key of the earlier command.</param>
    /// <param name="path">The property names and indexes of a part of its result. Default is the whole result.</param>
    /// <returns>The value, for example for <c>$result[key][ID]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="key"/> or a part of <paramref name="path"/> is empty or contains white space or a bracket.
    /// </exception>
    /// <example>
    /// <code>
    /// ["deal"] = BatchCommand.Call("crm.deal.add", new { fields = new { CONTACT_ID = BatchCommand.ResultOf("contact") } }),
    /// </code>
    /// </example>
    public static JToken ResultOf(string key, params string[] path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var reference = new StringBuilder(Result);
        Append(reference, key, nameof(key));
        foreach (var part in path)
        {
            Append(reference, part, nameof(path));
        }

        // A raw value, to distinguish it from an equal text. The quotes make it valid JSON outside of a batch.
        return new JRaw(JsonConvert.ToString(reference.ToString()));
    }

    /// <summary>Returns the method that a command calls.</summary>
    internal static string MethodOf(string command) => MethodName.WithoutSuffix(command.Split('?')[0]);

    /// <summary>Returns the keys of the earlier commands that parameters refer to.</summary>
    internal static IReadOnlyCollection<string> ReferencesIn(JObject parameters) =>
        [.. parameters.DescendantsAndSelf().OfType<JRaw>().Select(KeyOf).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string? KeyOf(JRaw value)
    {
        var prefix = "\"" + Result + "[";
        return (string?)value.Value is { } text && text.StartsWith(prefix, StringComparison.Ordinal)
            ? text.Substring(prefix.Length, text.IndexOf(']') - prefix.Length)
            : null;
    }

    private static void Append(StringBuilder reference, string part, string parameterName)
    {
        if (string.IsNullOrEmpty(part) || part.Any(character => character is '[' or ']' || char.IsWhiteSpace(character)))
        {
            throw new ArgumentException(
                "A key or index is empty or contains white space or a bracket. Portals cannot resolve it.", parameterName);
        }

        reference.Append('[').Append(part).Append(']');
    }

    internal static int CountParameters(string command) => command.IndexOf('?') < 0 ? 0 : command.Count(character => character == '&') + 1;

    private static string Of(string method, IRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return Write(method, request, nameof(request));
    }

    private static string Write(string method, object parameters, string parameterName)
    {
        var members = ParameterSerializer.ToObject(parameters, parameterName);
        var query = new StringBuilder();
        try
        {
            PhpQuery.Append(query, members);
        }
        catch (Exception exception) when (ParameterSerializer.IsSerializationFailure(exception))
        {
            throw ParameterSerializer.CannotBeWritten(exception, parameterName);
        }

        return query.Length == 0 ? method : $"{method}?{query}";
    }
}
