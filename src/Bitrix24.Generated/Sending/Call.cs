using System.Diagnostics;

namespace Bitrix24;

/// <summary>One call of an operation, over all its attempts.</summary>
internal sealed class Call(Operation operation, SerializedRequest request)
{
    public Operation Operation { get; } = operation;

    public string Method => Operation.Method;

    public SerializedRequest Request { get; } = request;

    /// <summary>How often it was sent, hops to a moved portal not counted.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether an attempt so far may have run: then nothing that comes later makes it undone.</summary>
    public bool MayHaveRun { get; set; }

    /// <summary>Why it is tried again.</summary>
    public Bitrix24Exception? LastFailure { get; set; }

    /// <summary>The access token it was sent with last.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AccessToken { get; set; }
}
