namespace Bitrix24;

/// <summary>What came of one of many requests to make a call list.</summary>
public sealed class AddCallListOutcome
{
    /// <summary>A list was made.</summary>
    /// <param name="index">Where the request stood among those given, from 0.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">What the portal answered.</param>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> or <paramref name="response"/> is <see langword="null"/>.</exception>
    public AddCallListOutcome(int index, AddCallListRequest request, AddCallListResponse response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        Index = index;
        Request = request;
        Id = response.Result;
        Time = response.Time;
        Execution = CallExecution.Executed;
    }

    /// <summary>No list was made, or nobody knows.</summary>
    /// <param name="index">Where the request stood among those given, from 0.</param>
    /// <param name="request">The request.</param>
    /// <param name="exception">Why.</param>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> or <paramref name="exception"/> is <see langword="null"/>.</exception>
    public AddCallListOutcome(int index, AddCallListRequest request, Bitrix24Exception exception)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(exception);
        Index = index;
        Request = request;
        Exception = exception;
        Execution = exception.Execution;
    }

    /// <summary>Where the request stood among those given, from 0.</summary>
    public int Index { get; }

    /// <summary>The request.</summary>
    public AddCallListRequest Request { get; }

    /// <summary>Id of the new call list; <see langword="null"/> when none was made, or nobody knows.</summary>
    public long? Id { get; }

    /// <summary>How long the portal took for this list; <see langword="null"/> when it did not say.</summary>
    public ResponseTime? Time { get; }

    /// <summary>
    /// Why there is no id; <see langword="null"/> when there is one. A request that could not be right, and was not sent, is a <see cref="Bitrix24InvalidRequestException"/> with an
    /// <see cref="ArgumentException"/> inside and no attempt.
    /// </summary>
    public Bitrix24Exception? Exception { get; }

    /// <summary>
    /// Whether the list was made: <see cref="CallExecution.Executed"/> with an <see cref="Id"/>, <see cref="CallExecution.NotExecuted"/> when it was not, <see cref="CallExecution.Unknown"/> when it may have been: do not
    /// send the request again before you have looked.
    /// </summary>
    public CallExecution Execution { get; }

    /// <summary>Describes the outcome without secrets.</summary>
    /// <returns>The index, and the id or the message of the exception.</returns>
    public override string ToString() => FormattableString.Invariant($"{Index}: {(Id is { } id ? FormattableString.Invariant($"call list {id}") : Exception!.Message)}");
}
