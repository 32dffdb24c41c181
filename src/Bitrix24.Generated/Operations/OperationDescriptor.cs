namespace Bitrix24.Operations;

/// <summary>Describes an operation of the spec. The instances are generated.</summary>
/// <param name="method">The name of the method on the wire.</param>
/// <param name="isIdempotent">Whether running the method twice has the same effect as running it once.</param>
/// <param name="unknownOutcomeHint">The advice for a caller if it is unknown whether the method ran.</param>
/// <param name="isRest3">Whether the method belongs to REST 3.0, which uses other URLs.</param>
/// <param name="acceptsIdempotencyKey">Whether a portal runs the method only once for the same idempotency key.</param>
/// <param name="maxResponseSize">The maximum size of a response, in bytes.</param>
internal sealed class OperationDescriptor(
    string method,
    bool isIdempotent,
    string? unknownOutcomeHint,
    bool isRest3 = false,
    bool acceptsIdempotencyKey = false,
    long maxResponseSize = long.MaxValue
)
{
    public string Method { get; } = method;

    public bool IsIdempotent { get; } = isIdempotent;

    public string? UnknownOutcomeHint { get; } = unknownOutcomeHint;

    public bool AcceptsIdempotencyKey { get; } = acceptsIdempotencyKey;

    public long MaxResponseSize { get; } = maxResponseSize;

    /// <summary>Gets the part of the path before the credentials.</summary>
    public string Root { get; } = isRest3 ? "rest/api/" : "rest/";

    /// <summary>Gets a value indicating whether the spec lists the operation. There are few of these, and they live as long as the process.</summary>
    public bool IsListed { get; private init; } = true;

    /// <summary>Creates a descriptor of a method that the spec does not list.</summary>
    internal static OperationDescriptor Unlisted(string method, bool isIdempotent, bool isRest3) =>
        new(method, isIdempotent, unknownOutcomeHint: null, isRest3) { IsListed = false };

    /// <summary>Returns the same operation as one that is safe to repeat.</summary>
    internal OperationDescriptor Idempotent() =>
        new(Method, isIdempotent: true, unknownOutcomeHint: null, maxResponseSize: MaxResponseSize);

    /// <summary>Returns the same operation as one that is not safe to repeat.</summary>
    internal OperationDescriptor NotIdempotent() =>
        new(Method, isIdempotent: false, UnknownOutcomeHint, maxResponseSize: MaxResponseSize) { IsListed = false };
}
