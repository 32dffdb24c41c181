namespace Bitrix24;

/// <summary>Represents the outcome of one of many calls.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed class CallOutcome<TResult>
{
    /// <summary>Initializes the outcome of a call that succeeded.</summary>
    /// <param name="index">The position of the call among all calls, from 0.</param>
    /// <param name="call">The call.</param>
    /// <param name="response">The response.</param>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> or <paramref name="response"/> is <see langword="null"/>.</exception>
    public CallOutcome(int index, BatchCall call, Bitrix24Response<TResult> response)
        : this(index, call)
    {
        ArgumentNullException.ThrowIfNull(response);
        Execution = CallExecution.Executed;
        Result = response.Result;
        Total = response.Total;
        Next = response.Next;
        Time = response.Time;
    }

    /// <summary>Initializes the outcome of a call that failed.</summary>
    /// <param name="index">The position of the call among all calls, from 0.</param>
    /// <param name="call">The call.</param>
    /// <param name="exception">The reason.</param>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> or <paramref name="exception"/> is <see langword="null"/>.</exception>
    public CallOutcome(int index, BatchCall call, Bitrix24Exception exception)
        : this(index, call)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Execution = exception.Execution;
        Exception = exception;
    }

    private CallOutcome(int index, BatchCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Index = index;
        Call = call;
    }

    /// <summary>Gets the position of the call among all calls, from 0.</summary>
    public int Index { get; }

    /// <summary>Gets the call.</summary>
    public BatchCall Call { get; }

    /// <summary>Gets the key of the call; <see langword="null"/> if it has none.</summary>
    public string? Key => Call.Key;

    /// <summary>Gets whether the portal executed the call.</summary>
    public CallExecution Execution { get; }

    /// <summary>Gets the result of a call that succeeded; the default value of <typeparamref name="TResult"/> for any other call.</summary>
    public TResult? Result { get; }

    /// <summary>
    /// Gets the reason why the call has no result; <see langword="null"/> if it succeeded. For a call that was invalid and not sent it is a
    /// <see cref="Bitrix24InvalidRequestException"/> with an <see cref="ArgumentException"/> inside and no attempt.
    /// </summary>
    public Bitrix24Exception? Exception { get; }

    /// <summary>Gets the total number of items; <see langword="null"/> if the portal does not send it.</summary>
    public long? Total { get; }

    /// <summary>Gets the offset of the next page; <see langword="null"/> if the portal does not send it.</summary>
    public long? Next { get; }

    /// <summary>Gets the time that the call took; <see langword="null"/> if the portal does not send it.</summary>
    public ResponseTime? Time { get; }

    /// <summary>Returns the index, the method, and the execution or the message of the exception.</summary>
    /// <returns>A description without secrets, parameters or result.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Index}: {(Exception is null ? $"{Call.Method} {Execution}" : Exception.Message)}");
}
