using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>One call of an operation, over all its attempts.</summary>
internal sealed class Call
{
    internal Call(Operation operation, IRequest request)
    {
        Operation = operation;
        Request = new SerializedRequest(request);
        IdempotencyKey = operation.TakesIdempotencyKey ? Guid.NewGuid().ToString() : null;
        Commands = (request as BatchRequest)?.Methods();
    }

    public Operation Operation { get; }

    public string Method => Operation.Method;

    public SerializedRequest Request { get; }

    /// <summary>What the portal tells attempts of this call from other calls by; <see langword="null"/> when the method takes none.</summary>
    public string? IdempotencyKey { get; }

    /// <summary>The methods that the commands of a batch call, by their keys; <see langword="null"/> when it is no batch.</summary>
    public IReadOnlyDictionary<string, string>? Commands { get; }

    /// <summary>Whether a cancellation stops the waits only: what has begun to leave is seen through, because what came of it has to be known.</summary>
    public bool SeesSendingThrough { get; init; }

    /// <summary>How often it was sent, hops to a moved portal not counted.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether the latest attempt has begun to be sent, and nothing says that it did not run.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>When the latest attempt began to be sent or, where there is an <see cref="IdempotencyKey"/>, had left; as a timestamp.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether an attempt so far may have run: then nothing that comes later makes it undone.</summary>
    public bool MayHaveRun { get; set; }

    /// <summary>Gets or sets how long the call waited in the rate limiter so far.</summary>
    public TimeSpan WaitedForTurn { get; set; }

    /// <summary>Why it is tried again.</summary>
    public Bitrix24Exception? LastFailure { get; set; }

    /// <summary>The access token it was sent with last.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AccessToken { get; set; }
}
