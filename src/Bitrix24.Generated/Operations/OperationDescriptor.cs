namespace Bitrix24.Operations;

/// <summary>What the spec says about an operation; the instances are generated.</summary>
/// <param name="method">Name of the method on the wire.</param>
/// <param name="isIdempotent">Whether running it twice is the same as running it once.</param>
/// <param name="whenUnknown">What to do when it is not known whether it ran.</param>
/// <param name="isRest3">Whether it is one of REST 3.0, which has addresses of its own.</param>
/// <param name="takesIdempotencyKey">Whether a portal that has run it does not run it again when it comes with the same key.</param>
/// <param name="maxResponseSize">The size in bytes of the longest answer that it can have.</param>
internal sealed class OperationDescriptor(
    string method,
    bool isIdempotent,
    string? whenUnknown,
    bool isRest3 = false,
    bool takesIdempotencyKey = false,
    long maxResponseSize = long.MaxValue)
{
    public string Method { get; } = method;

    public bool IsIdempotent { get; } = isIdempotent;

    public string? UnknownOutcomeHint { get; } = whenUnknown;

    public bool TakesIdempotencyKey { get; } = takesIdempotencyKey;

    public long MaxResponseSize { get; } = maxResponseSize;

    /// <summary>Gets the part of the path before the credentials.</summary>
    public string Root { get; } = isRest3 ? "rest/api/" : "rest/";

    /// <summary>Gets a value indicating whether the spec lists the operation. There are few of these, and they live as long as the process.</summary>
    public bool IsListed { get; private init; } = true;

    /// <summary>Creates a descriptor of a method that the spec does not list.</summary>
    internal static OperationDescriptor Unlisted(string method, bool isIdempotent, bool isRest3) =>
        new(method, isIdempotent, whenUnknown: null, isRest3) { IsListed = false };

    /// <summary>Returns the same operation as one that is safe to repeat.</summary>
    internal OperationDescriptor Idempotent() => new(Method, isIdempotent: true, whenUnknown: null, maxResponseSize: MaxResponseSize);

    /// <summary>Returns the same operation as one that is not safe to repeat.</summary>
    internal OperationDescriptor NotIdempotent() =>
        new(Method, isIdempotent: false, UnknownOutcomeHint, maxResponseSize: MaxResponseSize) { IsListed = false };
}
