using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>One call over all its attempts: what is known about them, and what follows for whether the portal executed the call.</summary>
internal sealed class CallContext
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string? refreshedToken;

    internal CallContext(OperationDescriptor operation, IRequest request)
    {
        Operation = operation;
        Request = new SerializedRequest(request);
        IdempotencyKey = operation.TakesIdempotencyKey ? Guid.NewGuid().ToString() : null;
        Commands = (request as IBatchRequest)?.Methods();
    }

    public OperationDescriptor Operation { get; }

    public string Method => Operation.Method;

    public SerializedRequest Request { get; }

    /// <summary>Gets what the portal tells attempts of this call from other calls by; <see langword="null"/> when the method takes none.</summary>
    public string? IdempotencyKey { get; }

    /// <summary>Gets the methods that the commands of a batch call, by their keys; <see langword="null"/> when it is no batch.</summary>
    public IReadOnlyDictionary<string, string>? Commands { get; }

    /// <summary>Gets all methods that the call executes.</summary>
    public IEnumerable<string> Methods => Commands is null ? [Method] : Commands.Values.Append(Method);

    /// <summary>Gets whether a cancellation stops the waits only: the outcome of a request that began to leave has to be known.</summary>
    public bool IgnoresCancellationOnceSent { get; init; }

    /// <summary>Gets how often the call was sent. Hops to a portal that has moved do not count.</summary>
    public int Attempts { get; private set; }

    /// <summary>Gets whether the portal may have executed the latest attempt, as far as is known.</summary>
    public bool CurrentAttemptMayHaveExecuted { get; private set; }

    /// <summary>Gets whether the portal may have executed an earlier attempt: no later one can take it back.</summary>
    public bool EarlierAttemptMayHaveExecuted { get; private set; }

    /// <summary>
    /// Gets the timestamp at which the latest attempt began to be sent or, where there is an <see cref="IdempotencyKey"/>, had left.
    /// </summary>
    public long SentAt { get; private set; }

    /// <summary>Gets how long the call waited in the rate limiter so far.</summary>
    public TimeSpan RateLimitWait { get; private set; }

    /// <summary>Gets why the call is sent again; <see langword="null"/> in the first attempt.</summary>
    public Bitrix24Exception? LastFailure { get; private set; }

    /// <summary>Gets the access token of the latest attempt.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AccessToken { get; private set; }

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

    /// <summary>A portal begins to execute what has arrived: with a slow connection that is long after the attempt began.</summary>
    internal void NoteSent(long now) => SentAt = now;

    /// <summary>The response, or the failure, of the latest attempt proves that the portal did not execute it.</summary>
    internal void EndWithoutExecution() => CurrentAttemptMayHaveExecuted = false;

    /// <summary>The call is sent again after a failure.</summary>
    internal void Repeat(Bitrix24Exception failure)
    {
        LastFailure = failure;
        EarlierAttemptMayHaveExecuted |= failure.Execution == CallExecution.Unknown;
    }

    /// <summary>Returns whether the portal may have executed an attempt that was sent and has no response.</summary>
    internal static CallExecution ExecutionWithoutResponse(bool isSent, SingleSendToken token) =>
        isSent && !token.IsUnprocessed ? CallExecution.Unknown : CallExecution.NotExecuted;

    /// <summary>Makes the exception that ends the call speak of all its attempts.</summary>
    internal void Conclude(Bitrix24Exception exception)
    {
        if (EarlierAttemptMayHaveExecuted)
        {
            exception.EarlierAttemptMayHaveRun();
        }
    }
}
