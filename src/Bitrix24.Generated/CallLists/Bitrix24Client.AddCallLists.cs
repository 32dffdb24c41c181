using System.Runtime.CompilerServices;
using Bitrix24.Batches;
using Bitrix24.Errors;
using Bitrix24.Validation;

namespace Bitrix24;

/// <content>Many call lists.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    public IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(
        IEnumerable<AddCallListRequest> requests,
        AddCallListsOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        return AddCallListsAsync(ToAsyncEnumerable(requests), options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        AddCallListsOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        options ??= new AddCallListsOptions();
        var runOptions = options.ToRunOptions().Validated();
        return new SingleUseAsyncEnumerable<AddCallListOutcome>(
            AddCallListsAsync(requests, runOptions, options.Progress, cancellationToken)
        );
    }

    private async IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        BatchRunOptions options,
        IProgress<AddCallListsProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var completed = default(AddCallListsProgress);
        var run = NewRun<AddCallListResponse>(
            options,
            results =>
            {
                completed = results.Aggregate(completed, (sum, result) => sum.With(result.Execution));
                progress?.Report(completed);
            }
        );
        run.Review = WithoutSharedIds;
        run.IdOf = response => response.Result;
        await foreach (var result in run.RunAsync(requests, ToPendingCall, cancellationToken).ConfigureAwait(false))
        {
            var request = (AddCallListRequest)result.Call.Source;
            yield return result.Response is { } response
                ? new AddCallListOutcome(result.Call.Index, request, response)
                : new AddCallListOutcome(result.Call.Index, request, result.Exception!);
        }
    }

    private static PendingCall ToPendingCall(int index, AddCallListRequest? request)
    {
        if (request is null)
        {
            throw RequestValidation.InvalidArgument(FormattableString.Invariant($"Request {index} is null."), "requests");
        }

        var pending = new PendingCall(index, request, AddCallList);
        try
        {
            return pending.WithCommand(BatchCommand.AddCallList(request), request);
        }
        catch (ArgumentException exception)
        {
            return pending.Invalid(exception);
        }
    }

    /// <summary>Two lists cannot have one id: it is unknown which of them was created, if any was.</summary>
    private IReadOnlyList<CallResult<AddCallListResponse>> WithoutSharedIds(IReadOnlyList<CallResult<AddCallListResponse>> results)
    {
        var seen = new HashSet<long>();
        var shared = new HashSet<long>(results.Select(result => result.Response?.Result).OfType<long>().Where(id => !seen.Add(id)));
        return shared.Count == 0
            ? results
            :
            [
                .. results.Select(result =>
                    result.Response is { } response && shared.Contains(response.Result)
                        ? result with
                        {
                            Response = null,
                            Exception = TransportErrors.SharedId(pipeline.ErrorsOf(AddCallList), response.Result),
                        }
                        : result
                ),
            ];
    }
}
