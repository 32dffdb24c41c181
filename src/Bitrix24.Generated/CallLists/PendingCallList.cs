using Bitrix24.Pipeline;

namespace Bitrix24.CallLists;

/// <summary>One of many call lists that are to be made: as a command of a batch, by a call of its own, or not at all.</summary>
/// <remarks>What is to be sent is written when the request is taken from its source, so that a source may use one object for all.</remarks>
internal sealed record PendingCallList(int Index, AddCallListRequest Request)
{
    public string? Command { get; init; }

    public CallContext? StandaloneCall { get; init; }

    public Bitrix24InvalidRequestException? ValidationError { get; init; }
}
