using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;
using Bitrix24.Enumeration;
using Bitrix24.Operations;
using Bitrix24.Serialization;
using Bitrix24.Validation;

namespace Bitrix24;

/// <content>The items of any list method.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public IAsyncEnumerable<TItem> EnumerateAsync<TItem>(
        string method,
        object? parameters = null,
        EnumerateOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options = options?.Copy() ?? new EnumerateOptions();
        options.Validate();
        var operation = methods.Resolve(method, isIdempotent: null);
        if (!operation.IsListed && MethodName.IsReadLike(operation.Method))
        {
            operation = methods.Resolve(method, isIdempotent: true);
        }

        if (operation == ListCallLists || operation == ListCallListItems)
        {
            throw new ArgumentException(
                $"The pages of {operation.Method} differ from those of other methods. Use EnumerateCallListsAsync or EnumerateCallListItemsAsync.",
                nameof(method)
            );
        }

        var members = ParameterSerializer.ToObject(parameters, nameof(parameters));
        if (new ListParameters(members).HasStart)
        {
            throw RequestValidation.InvalidArgument(
                "'start' is set, but the enumeration begins at the first item. Remove it.",
                nameof(parameters)
            );
        }

        return new ItemReader(pipeline, operation, options).ReadAsync<TItem>(members, cancellationToken);
    }
}
