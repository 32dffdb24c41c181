namespace Bitrix24.Batches;

/// <summary>The outcome of one of many calls: a response or an exception.</summary>
internal sealed record CallResult<TResponse>(PendingCall Call, TResponse? Response, Bitrix24Exception? Exception)
    where TResponse : class
{
    public CallExecution Execution => Exception?.Execution ?? CallExecution.Executed;
}
