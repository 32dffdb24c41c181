using Bitrix24.Validation;

namespace Bitrix24;

/// <summary>Settings of a single call.</summary>
public sealed class CallOptions
{
    private const int MaxHeaderLength = 255;

    private static readonly TimeSpan MaxAttemptTimeout = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets a value indicating whether executing the method twice has the same effect as executing it once. The client then repeats the
    /// call even if an earlier attempt may have been executed. Default: <see langword="null"/>, what the client knows of the method, and
    /// <see langword="false"/> for a method that it does not know.
    /// </summary>
    public bool? IsIdempotent { get; set; }

    /// <summary>Gets or sets the version of the API that the method belongs to. Default: <see cref="ApiVersion.Rest2"/>.</summary>
    public ApiVersion ApiVersion { get; set; }

    /// <summary>
    /// Gets or sets the time limit of one attempt: more than zero and at most one day, or <see cref="Timeout.InfiniteTimeSpan"/>. Default:
    /// <see langword="null"/>, <see cref="Bitrix24ClientOptions.AttemptTimeout"/>.
    /// </summary>
    public TimeSpan? AttemptTimeout { get; set; }

    /// <summary>
    /// Gets or sets the key that a portal recognizes a repeated call by: 1 to 255 visible ASCII characters. The portal executes calls with the
    /// same key once, so the client may repeat the call when no response came. For <see cref="ApiVersion.Rest3"/> only. Default:
    /// <see langword="null"/>, no key.
    /// </summary>
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// Gets or sets an id of the call to find it in the logs of a proxy or a portal: 1 to 255 visible ASCII characters. It is sent as the header
    /// <c>X-Request-ID</c>. Default: <see langword="null"/>, no id.
    /// </summary>
    public string? RequestId { get; set; }

    internal void Validate()
    {
        if (ApiVersion is not (ApiVersion.Rest2 or ApiVersion.Rest3))
        {
            throw Invalid(FormattableString.Invariant($"{nameof(ApiVersion)} is {(int)ApiVersion}, which is not a version of the API."));
        }

        if (
            AttemptTimeout is { } timeout
            && timeout != Timeout.InfiniteTimeSpan
            && (timeout <= TimeSpan.Zero || timeout > MaxAttemptTimeout)
        )
        {
            throw Invalid(
                $"{nameof(AttemptTimeout)} is {timeout}; it must be greater than zero and at most {MaxAttemptTimeout}, or infinite."
            );
        }

        if (IdempotencyKey is not null && ApiVersion != ApiVersion.Rest3)
        {
            throw Invalid(
                $"{nameof(IdempotencyKey)} is set, but only methods of REST 3.0 take one. Set {nameof(ApiVersion)} to Rest3, or remove the key."
            );
        }

        ValidateHeader(IdempotencyKey, nameof(IdempotencyKey));
        ValidateHeader(RequestId, nameof(RequestId));
    }

    private static void ValidateHeader(string? value, string property)
    {
        if (value is not null && (value.Length is 0 or > MaxHeaderLength || !value.All(character => character is > ' ' and <= '~')))
        {
            throw Invalid(FormattableString.Invariant($"{property} must have 1 to {MaxHeaderLength} visible ASCII characters."));
        }
    }

    private static ArgumentException Invalid(string message) => RequestValidation.InvalidArgument(message, "options");
}
