using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Bitrix24.Serialization;
using Newtonsoft.Json;

namespace Bitrix24;

/// <content>Calls any method by its name.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public Task<Bitrix24Response<TResult>> CallAsync<TResult>(
        string method,
        object? parameters = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new CallOptions();
        options.Validate();
        var operation = methods.Resolve(method, options.IsIdempotent, options.ApiVersion == ApiVersion.Rest3);
        var request = RequestFor(operation, parameters);
        request.Validate();
        var call = new CallContext(operation, request)
        {
            AttemptTimeout = options.AttemptTimeout,
            IdempotencyKey = options.IdempotencyKey,
            RequestId = options.RequestId,
        };
        return pipeline.SendAsync<Bitrix24Response<TResult>>(call, cancellationToken);
    }

    /// <summary>A batch is checked in the same way whatever method of the client sends it.</summary>
    private static IRequest RequestFor(OperationDescriptor operation, object? parameters)
    {
        if (parameters is IRequest typed)
        {
            return typed;
        }

        var members = ParameterSerializer.ToObject(parameters, nameof(parameters));
        if (operation != Batch)
        {
            return new ParameterObject(members);
        }

        try
        {
            return members.ToObject<BatchRequest>(Json.Serializer)!;
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The parameters are not those of a batch: {exception.Message}", nameof(parameters), exception);
        }
    }
}
