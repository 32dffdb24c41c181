namespace Bitrix24;

/// <summary>What the spec says about an operation; the instances are generated.</summary>
/// <param name="method">Name of the method on the wire.</param>
/// <param name="isIdempotent">Whether running it twice is the same as running it once.</param>
/// <param name="whenUnknown">What to do when it is not known whether it ran.</param>
internal sealed class Operation(string method, bool isIdempotent, string? whenUnknown)
{
    public string Method { get; } = method;

    public bool IsIdempotent { get; } = isIdempotent;

    public string? WhenUnknown { get; } = whenUnknown;
}
