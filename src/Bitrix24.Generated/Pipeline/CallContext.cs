using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>Represents a call with all its attempts, and determines whether the portal executed it.</summary>
internal sealed class CallContext
{
    private readonly string? idempotencyKey;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string? refreshedToken;

    internal CallContext(OperationDescriptor operation, IRequest request)
    {
        Operation = operation;
        Request = new SerializedRequest(request);
        idempotencyKey = operation.AcceptsIdempotencyKey ? Guid.NewGuid().ToString() : null;
        Commands = (request as IBatchRequest)?.Methods();
    }

    public OperationDescriptor Operation { get; }

    public string Method => Operation.Method;

    public SerializedRequest Request { get; }

    /// <summary>Gets the idempotency key of the call; <see langword="null"/> if the method does not accept one.</summary>
    public string? IdempotencyKey
    {
        get => idempotencyKey;
        init => idempotencyKey = value ?? idempotencyKey;
    }

    /// <summary>Gets the time limit of one attempt; <see langword="null"/> for that of the client.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Gets the id of the call in the logs of others; <see langword="null"/> if it has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets the methods that the commands of a batch call, by key; <see langword="null"/> if the call is not a batch.</summary>
    public IReadOnlyDictionary<string, string>? Commands { get; }

    /// <summary>Gets all methods that the call executes.</summary>
    public IEnumerable<string> Methods => Commands is null ? [Method] : Commands.Values.Append(Method);

    /// <summary>Gets whether a cancellation after the request was sent is ignored, so that the outcome is known.</summary>
    public bool IgnoresCancellationOnceSent { get; init; }

    /// <summary>Gets the number of attempts. Redirects to a new host do not count.</summary>
    public int Attempts { get; private set; }

    /// <summary>Gets whether the portal may have executed the current attempt.</summary>
    public bool CurrentAttemptMayHaveExecuted { get; private set; }

    /// <summary>Gets whether the portal may have executed an earlier attempt.</summary>
    public bool EarlierAttemptMayHaveExecuted { get; private set; }

    /// <summary>
    /// Gets the timestamp at which the current attempt started or, with an <see cref="IdempotencyKey"/>, at which its body was sent.
    /// </summary>
    public long SentAt { get; private set; }

    /// <summary>Gets the time that the call has waited for the rate limiter.</summary>
    public TimeSpan RateLimitWait { get; private set; }

    /// <summary>Gets the error of the previous attempt; <see langword="null"/> in the first attempt.</summary>
    public Bitrix24Exception? LastFailure { get; private set; }

    /// <summary>Gets the access token of the current attempt.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AccessToken { get; private set; }

    /// <summary>Gives back the buffer of the request. The call cannot be sent any more.</summary>
    internal void Release() => Request.Release();

    /// <summary>Sets the token of the next attempt. Returns <see langword="false"/> when it is the one that the portal did not accept.</summary>
    internal bool TryReplaceToken(string? accessToken)
    {
        if (accessToken == AccessToken)
        {
            return false;
        }

        refreshedToken = accessToken;
        return true;
    }

    /// <summary>Returns the token that was set for the next attempt, once.</summary>
    internal string? TakeRefreshedToken()
    {
        var token = refreshedToken;
        refreshedToken = null;
        return token;
    }

    internal void AddRateLimitWait(TimeSpan wait) => RateLimitWait += wait;

    internal void BeginAttempt() => Attempts++;

    internal void BeginSend(string? accessToken, long now)
    {
        AccessToken = accessToken;
        CurrentAttemptMayHaveExecuted = true;
        SentAt = now;
    }

    /// <summary>Notes that the body was sent. With a slow connection that is long after the start of the attempt.</summary>
    internal void NoteSent(long now) => SentAt = now;

    /// <summary>Notes that the portal did not execute the current attempt, as its response or failure proves.</summary>
    internal void EndWithoutExecution() => CurrentAttemptMayHaveExecuted = false;

    /// <summary>Notes that the call is sent again after a failure.</summary>
    internal void Repeat(Bitrix24Exception failure)
    {
        LastFailure = failure;
        EarlierAttemptMayHaveExecuted |= failure.Execution == CallExecution.Unknown;
    }

    /// <summary>Returns whether the portal may have executed an attempt that was sent and has no response.</summary>
    internal static CallExecution ExecutionWithoutResponse(bool isSent, SingleSendToken token) =>
        isSent && !token.IsUnprocessed ? CallExecution.Unknown : CallExecution.NotExecuted;

    /// <summary>Adjusts the exception of the last attempt to the outcome of all attempts.</summary>
    internal void Conclude(Bitrix24Exception exception)
    {
        if (EarlierAttemptMayHaveExecuted)
        {
            exception.NoteEarlierAttemptMayHaveExecuted();
        }
    }
}
