using System.Net;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Batches;

/// <summary>Sends a batch and reads the outcome of each of its calls.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="batchOperation">The operation <c>batch</c>.</param>
/// <param name="logger">The logger.</param>
internal sealed class BatchSender<TResponse>(CallPipeline pipeline, OperationDescriptor batchOperation, ILogger logger)
    where TResponse : class, IResponse, new()
{
    private readonly OperationDescriptor idempotentBatch = batchOperation.Idempotent();

    /// <summary>Does not throw: each call that may have been sent gets a result.</summary>
    internal async Task<BatchOutcome<TResponse>> SendAsync(CallBatch batch, CancellationToken cancellationToken)
    {
        var standalone = batch.Calls[0].StandaloneCall;
        var call = standalone ?? ToCall(batch);
        try
        {
            if (standalone is not null)
            {
                var response = await pipeline.SendAsync<TResponse>(standalone, cancellationToken).ConfigureAwait(false);
                return new([new CallResult<TResponse>(batch.Calls[0], response, null)]);
            }

            var result = call is null
                ? new BatchResult()
                : (await pipeline.SendAsync<BatchResponse>(call, cancellationToken).ConfigureAwait(false)).Result;
            return new([.. batch.Calls.Select(pending => ResultOf(pending, batch, result))]);
        }
        catch (Bitrix24Exception exception)
        {
            return Failed(batch, exception) with { Failure = exception };
        }
        catch (Exception exception) when (call is { CurrentAttemptMayHaveExecuted: true })
        {
            // A listener of the application may fail after the response came.
            var failure = TransportErrors.Broken(pipeline.ErrorsOf(batch.Calls[0].Operation), sendingStarted: true, exception);
            return Failed(batch, failure) with { StopReason = exception };
        }
        catch (Exception exception)
        {
            return new([], StopReason: exception);
        }
    }

    /// <summary>Returns the outcome of a batch that is not sent.</summary>
    internal static BatchOutcome<TResponse> NotSent(CallBatch batch, Bitrix24Exception reason)
    {
        foreach (var call in batch.Calls)
        {
            call.StandaloneCall?.Release();
        }

        return Failed(batch, reason);
    }

    private static BatchOutcome<TResponse> Failed(CallBatch batch, Bitrix24Exception exception) =>
        new([.. batch.Calls.Select(call => new CallResult<TResponse>(call, null, call.ValidationError ?? exception))]);

    /// <returns>The call of the batch; <see langword="null"/> if none of its calls can be sent.</returns>
    private CallContext? ToCall(CallBatch batch)
    {
        var calls = batch.Calls.Where(call => call.Command is not null).ToList();
        if (calls.Count == 0)
        {
            return null;
        }

        var operation = calls.TrueForAll(call => call.Operation.IsIdempotent) ? idempotentBatch : batchOperation;
        var commands = calls.ToDictionary(batch.KeyOf, call => call.Command!, StringComparer.Ordinal);
        return new CallContext(operation, new BatchRequest { Halt = batch.HasReferences, Commands = commands })
        {
            IgnoresCancellationOnceSent = true,
        };
    }

    private CallResult<TResponse> ResultOf(PendingCall call, CallBatch batch, BatchResult result)
    {
        if (call.ValidationError is not null)
        {
            return new(call, null, call.ValidationError);
        }

        var key = batch.KeyOf(call);
        var errors = pipeline.ErrorsOf(call.Operation);
        if (result.Errors.TryGetValue(key, out var error))
        {
            return new(call, null, ToException(errors, error, result.Results.TryGetValue(key, out var value) ? value : null));
        }

        try
        {
            if (result.ResultOf<TResponse>(key) is { } response)
            {
                return new(call, response, null);
            }
        }
        catch (JsonException exception)
        {
            if (new TResponse() is IUntypedResponse untyped)
            {
                var path = (exception as JsonSerializationException)?.Path ?? (exception as JsonReaderException)?.Path;
                return new(call, null, TransportErrors.ResultOfAnotherType(errors, HttpStatusCode.OK, untyped.ResultType, path));
            }
        }

        // A batch that halts executes no call after the first one that fails.
        return new(
            call,
            null,
            batch.HasReferences && HasFailedBefore(call, batch, result)
                ? TransportErrors.NotReached(errors)
                : TransportErrors.NoResult(errors, HttpStatusCode.OK)
        );
    }

    private static bool HasFailedBefore(PendingCall call, CallBatch batch, BatchResult result) =>
        !result.Results.ContainsKey(batch.KeyOf(call))
        && batch.Calls.Any(earlier => earlier.Index < call.Index && result.Errors.ContainsKey(batch.KeyOf(earlier)));

    private Bitrix24Exception ToException(in ErrorContext errors, BatchError error, JToken? value)
    {
        var hasResult = value is { Type: not JTokenType.Null };
        var failure = ErrorMapping.ToException(
            errors,
            HttpStatusCode.OK,
            new PortalError(error.RawErrorCode, error.ErrorDescription, hasResult),
            retryAfter: null
        );
        Log.CommandFailed(logger, failure.Method, FailureReason.NameOf(failure), failure.Execution, failure.ErrorCode);
        return failure is Bitrix24RateLimitException limit ? limit.WithRetryAfter(pipeline.UntilReset(failure.Method)) : failure;
    }
}
