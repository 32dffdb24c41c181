using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bitrix24.Batches;
using Bitrix24.Calls;
using Bitrix24.Operations;
using Bitrix24.Serialization;
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

    private const string Result = "$result";

    /// <summary>Writes a command that calls any method.</summary>
    /// <param name="method">Name of the method on the wire, for example <c>user.current</c>.</param>
    /// <param name="parameters">
    /// The parameters: an object that is written as JSON is, such as a dictionary, an anonymous object or a value of System.Text.Json.
    /// Default: none.
    /// </param>
    /// <returns>The command.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="method"/> is no name of a method, or <c>batch</c>. Or <paramref name="parameters"/> is no object, or holds an
    /// empty list, a name with brackets, or a text that portals replace with the result of an earlier command, such as <c>$result[key]</c>.
    /// </exception>
    /// <remarks>
    /// A query holds texts only. Booleans are written as 1 and 0, null as an empty text, dates in ISO 8601, enums as their numbers where
    /// nothing else is stated for them, and bytes in base64. The attributes <c>JsonPropertyName</c> and <c>JsonIgnore</c> of
    /// System.Text.Json count. A type with another attribute of it that changes the JSON is refused.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public static string Call(string method, object? parameters = null)
    {
        if (method is null || !MethodName.IsValid(method))
        {
            throw new ArgumentException("This is no name of a method; one looks like user.current.", nameof(method));
        }

        if (MethodName.IsBatch(method))
        {
            throw new ArgumentException("A batch cannot hold a batch. Add its commands to the batch itself.", nameof(method));
        }

        return parameters is null ? method : Write(method, parameters, nameof(parameters));
    }

    /// <summary>Creates a value that the portal replaces with the result of an earlier command of the same batch.</summary>
    /// <param name="key">The key of the earlier command.</param>
    /// <param name="path">The members and indexes that lead to a part of its result. Default: the whole result.</param>
    /// <returns>The value, for example for <c>$result[key][ID]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="key"/> or a part of <paramref name="path"/> is empty, or has a blank or a bracket in it.
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

        // Raw, so that it can be told from a text that only reads so; in quotes, so that it is JSON outside of a batch as well.
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
            throw new ArgumentException("A key is empty or has a blank or a bracket in it. Portals find no such result.", parameterName);
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
