using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;

namespace Bitrix24;

/// <content>Many calls of any methods.</content>
public partial interface IBitrix24Client
{
    /// <summary>Sends many calls of any methods of REST 2, up to 50 with one request, and returns their outcomes in order.</summary>
    /// <remarks>
    /// <para>
    /// Each call has its own outcome. If it is unknown whether the portal executed a call, its <see cref="CallOutcome{TResult}.Execution"/> is
    /// <see cref="CallExecution.Unknown"/> and it is not repeated, unless all calls of its request are safe to repeat.
    /// </para>
    /// <para>
    /// A call that does not fit into a batch is sent alone: one with more than 1000 parameters, an empty list or a text that a portal would
    /// replace. Calls are taken from their source as they are needed, so memory does not grow with their number.
    /// </para>
    /// <para>
    /// A call can use the result of an earlier one with <see cref="BatchCommand.ResultOf"/> if both have the same
    /// <see cref="BatchCall.Group"/>. Values are written as <see cref="BatchCommand.Call"/> writes them: null as an empty text, booleans as 1 and 0.
    /// </para>
    /// <para>
    /// When the operation is canceled, or the source fails, no further request is sent. Requests in flight are completed, and their outcomes are
    /// returned before the exception is thrown. A call without an outcome was not executed. If you stop enumerating early, the remaining
    /// outcomes are only logged. A source that waits has to observe the token. The outcomes can be enumerated once.
    /// </para>
    /// <para>Calls <c>batch</c>: <see href="https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html"/></para>
    /// </remarks>
    /// <typeparam name="TResult">The type of the results; <see cref="Newtonsoft.Json.Linq.JToken"/> if they differ.</typeparam>
    /// <param name="calls">The calls.</param>
    /// <param name="options">Batch size, concurrency and progress reporting. Default: 50 calls in one request, one request at a time.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>The outcomes.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or <paramref name="calls"/> is, or contains, <see langword="null"/>. A call that is invalid has an outcome
    /// that says so.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    IAsyncEnumerable<CallOutcome<TResult>> CallManyAsync<TResult>(
        IAsyncEnumerable<BatchCall> calls,
        CallManyOptions? options = null,
        CancellationToken cancellationToken = default
    );

    /// <inheritdoc cref="CallManyAsync{TResult}(IAsyncEnumerable{BatchCall}, CallManyOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    IAsyncEnumerable<CallOutcome<TResult>> CallManyAsync<TResult>(
        IEnumerable<BatchCall> calls,
        CallManyOptions? options = null,
        CancellationToken cancellationToken = default
    );
}
