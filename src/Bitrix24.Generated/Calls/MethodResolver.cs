using Bitrix24.Operations;
using Bitrix24.Secrets;

namespace Bitrix24.Calls;

/// <summary>Finds what the spec says about a method that the caller names.</summary>
internal sealed class MethodResolver(IEnumerable<OperationDescriptor> operations, Func<string?, string?> redact)
{
    private readonly Dictionary<string, OperationDescriptor> known = operations.ToDictionary(
        operation => operation.Method,
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Returns the operation of the spec, or one that is not safe to repeat unless the caller says so.</summary>
    /// <exception cref="ArgumentException">
    /// <paramref name="method"/> is not a method name, or the spec says that repeating the method is not safe and the caller says that it is.
    /// </exception>
    internal OperationDescriptor Resolve(string method, bool? isIdempotent, bool isRest3 = false)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!MethodName.IsValid(method))
        {
            throw NotAMethod(method);
        }

        var name = MethodName.WithoutSuffix(method);
        if (isRest3 || !known.TryGetValue(name, out var operation))
        {
            return OperationDescriptor.Unlisted(name, isIdempotent ?? false, isRest3);
        }

        if (isIdempotent == true && !operation.IsIdempotent)
        {
            throw new ArgumentException(
                $"{operation.Method} is not idempotent: executing it twice has two effects. Leave IsIdempotent unset.",
                nameof(isIdempotent)
            );
        }

        return isIdempotent == false && operation.IsIdempotent ? operation.NotIdempotent() : operation;
    }

    /// <summary>A text with a slash may be an address with a secret in it.</summary>
    private ArgumentException NotAMethod(string method)
    {
        var what = method.IndexOfAny(['/', '\\', ':']) >= 0 ? "An address" : $"'{PlainText.ToSingleLine(redact(method)!)}'";
        return new ArgumentException($"{what} is not a valid method name. Example: user.current.", nameof(method));
    }
}
