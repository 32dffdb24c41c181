using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Serialization;

/// <summary>Turns the parameters that a caller passes into JSON.</summary>
internal static class ParameterSerializer
{
    private const string Auth = "auth";

    /// <summary>Returns the parameters as a JSON object. It is a copy: later changes of the caller's object do not reach it.</summary>
    /// <param name="parameters">An anonymous object, a dictionary, a <see cref="JObject"/>, any other object, or <see langword="null"/>.</param>
    /// <param name="parameterName">The name of the argument for exceptions.</param>
    /// <exception cref="ArgumentException">The parameters are no object, cannot be serialized, or hold the access token.</exception>
    internal static JObject ToObject(object? parameters, string parameterName)
    {
        if (parameters is null)
        {
            return [];
        }

        JObject members;
        try
        {
            members = JObject.FromObject(parameters, Json.Serializer);
        }
        catch (Exception exception) when (IsSerializationFailure(exception))
        {
            throw CannotBeWritten(exception, parameterName);
        }

        return members.Property(Auth, StringComparison.OrdinalIgnoreCase) is null
            ? members
            : throw new ArgumentException(
                "'auth' is not a parameter: the client adds the access token of its credentials. Remove it.",
                parameterName
            );
    }

    internal static bool IsSerializationFailure(Exception exception) =>
        exception is JsonException or ArgumentException or NotSupportedException or FormatException or InvalidOperationException;

    internal static ArgumentException CannotBeWritten(Exception exception, string parameterName) =>
        new($"The parameters cannot be serialized: {exception.Message}", parameterName, exception);
}
