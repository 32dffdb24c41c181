namespace Bitrix24;

/// <summary>Represents the outcome of one of many requests to create a call list.</summary>
public sealed class AddCallListOutcome
{
    /// <summary>Initializes a new instance for a list that was created.</summary>
    /// <param name="index">The zero-based index of the request.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">The response of the portal.</param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="request"/> or <paramref name="response"/> is <see langword="null"/>.
    /// </exception>
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

    /// <summary>Initializes a new instance for a list that was not created or whose outcome is unknown.</summary>
    /// <param name="index">The zero-based index of the request.</param>
    /// <param name="request">The request.</param>
    /// <param name="exception">The error.</param>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="request"/> or <paramref name="exception"/> is <see langword="null"/>.
    /// </exception>
    public AddCallListOutcome(int index, AddCallListRequest request, Bitrix24Exception exception)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(exception);
        Index = index;
        Request = request;
        Exception = exception;
        Execution = exception.Execution;
    }

    /// <summary>Gets the zero-based index of the request.</summary>
    public int Index { get; }

    /// <summary>Gets the request.</summary>
    public AddCallListRequest Request { get; }

    /// <summary>Gets the id of the new call list; <see langword="null"/> if none was created or the outcome is unknown.</summary>
    public long? Id { get; }

    /// <summary>Gets the time that the portal took for this list; <see langword="null"/> if it did not send it.</summary>
    public ResponseTime? Time { get; }

    /// <summary>
    /// Gets the error; <see langword="null"/> if there is an <see cref="Id"/>. An invalid request is not sent. Its error is a
    /// <see cref="Bitrix24InvalidRequestException"/> with 0 attempts and an <see cref="ArgumentException"/> as its inner exception.
    /// </summary>
    public Bitrix24Exception? Exception { get; }

    /// <summary>
    /// Gets whether the list was created. <see cref="CallExecution.Executed"/> means that there is an <see cref="Id"/>. If the value is
    /// <see cref="CallExecution.Unknown"/>, check before you send the request again.
    /// </summary>
    public CallExecution Execution { get; }

    /// <summary>Returns a description of the outcome without secrets.</summary>
    /// <returns>The index and the id, or the index and the message of the exception.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Index}: {(Id is { } id ? FormattableString.Invariant($"call list {id}") : Exception!.Message)}");
}
