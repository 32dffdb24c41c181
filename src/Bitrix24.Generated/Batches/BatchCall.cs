namespace Bitrix24;

/// <summary>Represents one of many calls that are sent in batches.</summary>
public sealed class BatchCall
{
    /// <summary>Initializes a call.</summary>
    /// <param name="method">The name of the method, for example <c>crm.contact.get</c>.</param>
    /// <param name="parameters">
    /// The parameters: an anonymous object, a dictionary, a <see cref="Newtonsoft.Json.Linq.JObject"/> or another object. Default: none.
    /// </param>
    /// <param name="key">
    /// A key to recognize the outcome by, and to refer to the result by from a later call of the same <see cref="Group"/>. It has a letter in it
    /// and neither brackets nor white space. Default: <see langword="null"/>, no key.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="method"/> is <see langword="null"/>, or <paramref name="key"/> is invalid.</exception>
    public BatchCall(string method, object? parameters = null, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (key is not null && (!key.Any(character => character is < '0' or > '9') || key.Any(IsNotAllowed)))
        {
            throw new ArgumentException(
                $"'{key}' is not a valid key: it needs a letter, and must not have brackets or white space. Example: contact.",
                nameof(key)
            );
        }

        Method = method;
        Parameters = parameters;
        Key = key;
    }

    /// <summary>Gets the name of the method.</summary>
    public string Method { get; }

    /// <summary>Gets the parameters; <see langword="null"/> if there are none.</summary>
    public object? Parameters { get; }

    /// <summary>Gets the key; <see langword="null"/> if there is none.</summary>
    public string? Key { get; }

    /// <summary>
    /// Gets or initializes the name of the group that the call belongs to. Consecutive calls with the same name stay in one batch, so that a
    /// later one can use <see cref="BatchCommand.ResultOf"/> of an earlier one. A group has at most as many calls as a batch. Default:
    /// <see langword="null"/>, no group.
    /// </summary>
    /// <remarks>
    /// A group with references has a batch to itself. If one of its calls fails, the portal does not execute the calls after it, because their
    /// parameters would be incomplete.
    /// </remarks>
    public string? Group { get; init; }

    /// <summary>Returns the method and the key.</summary>
    /// <returns>A description without the parameters.</returns>
    public override string ToString() => Key is null ? Method : $"{Key}: {Method}";

    private static bool IsNotAllowed(char character) => character is '[' or ']' || char.IsWhiteSpace(character);
}
