using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Bitrix24.Batches;
using Bitrix24.Calls;
using Bitrix24.Operations;
using Bitrix24.Serialization;
using Bitrix24.Validation;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <content>Many calls of any methods.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public IAsyncEnumerable<CallOutcome<TResult>> CallManyAsync<TResult>(
        IEnumerable<BatchCall> calls,
        CallManyOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(calls);
        return CallManyAsync<TResult>(ToAsyncEnumerable(calls), options, cancellationToken);
    }

    /// <inheritdoc/>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    public IAsyncEnumerable<CallOutcome<TResult>> CallManyAsync<TResult>(
        IAsyncEnumerable<BatchCall> calls,
        CallManyOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(calls);
        options ??= new CallManyOptions();
        var runOptions = options.ToRunOptions().Validated();
        return new SingleUseAsyncEnumerable<CallOutcome<TResult>>(
            CallManyAsync<TResult>(calls, runOptions, options.IsIdempotent, options.Progress, cancellationToken)
        );
    }

    private async IAsyncEnumerable<CallOutcome<TResult>> CallManyAsync<TResult>(
        IAsyncEnumerable<BatchCall> calls,
        BatchRunOptions options,
        bool? isIdempotent,
        IProgress<CallManyProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var completed = default(CallManyProgress);
        var run = NewRun<Bitrix24Response<TResult>>(
            options,
            results =>
            {
                completed = results.Aggregate(completed, (sum, result) => sum.With(result.Execution));
                progress?.Report(completed);
            }
        );
        await foreach (
            var result in run.RunAsync(calls, (index, call) => ToPendingCall(index, call, isIdempotent), cancellationToken)
                .ConfigureAwait(false)
        )
        {
            var call = (BatchCall)result.Call.Source;
            yield return result.Response is { } response
                ? new CallOutcome<TResult>(result.Call.Index, call, response)
                : new CallOutcome<TResult>(result.Call.Index, call, result.Exception!);
        }
    }

    private BatchRun<TResponse> NewRun<TResponse>(BatchRunOptions options, Action<IReadOnlyList<CallResult<TResponse>>> batchCompleted)
        where TResponse : class, IResponse, new() =>
        new(new BatchSender<TResponse>(pipeline, Batch, context.Logger), options, context.TimeProvider, context.Logger)
        {
            BatchCompleted = batchCompleted,
        };

    private PendingCall ToPendingCall(int index, BatchCall? call, bool? isIdempotent)
    {
        if (call is null)
        {
            throw RequestValidation.InvalidArgument(FormattableString.Invariant($"Call {index} is null."), "calls");
        }

        OperationDescriptor? operation = null;
        try
        {
            operation = methods.Resolve(call.Method, isIdempotent);
            var parameters = ParameterSerializer.ToObject(call.Parameters, nameof(BatchCall.Parameters));
            var pending = NewPendingCall(index, call, operation) with { References = BatchCommand.ReferencesIn(parameters) };
            if (pending is { References.Count: > 0, Group: null })
            {
                throw RequestValidation.InvalidArgument(
                    "it refers to the result of another call. Set Group of both calls to the same name.",
                    "calls"
                );
            }

            return ToPendingCall(pending, new ParameterObject(parameters), parameters);
        }
        catch (ArgumentException exception)
        {
            return NewPendingCall(
                    index,
                    call,
                    operation ?? OperationDescriptor.Unlisted(MethodName.Batch, isIdempotent: false, isRest3: false)
                )
                .Invalid(exception);
        }
    }

    private static PendingCall ToPendingCall(PendingCall pending, IRequest request, JObject parameters)
    {
        try
        {
            return pending.WithCommand(BatchCommand.Call(pending.Operation.Method, parameters), request);
        }
        catch (ArgumentException exception) when (exception.InnerException is NotSupportedException)
        {
            // The query of a command cannot hold every value, such as an empty list.
            return pending.Standalone(request);
        }
    }

    private static PendingCall NewPendingCall(int index, BatchCall call, OperationDescriptor operation) =>
        new(index, call, operation) { Key = call.Key, Group = call.Group };

    private static async IAsyncEnumerable<T> ToAsyncEnumerable<T>(IEnumerable<T> source)
    {
        foreach (var item in source)
        {
            yield return item;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
