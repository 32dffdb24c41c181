namespace Bitrix24.CallLists;

/// <summary>Ends the sending of a run when the portal refuses one request for a reason that holds for all others as well.</summary>
internal sealed class RunBreaker
{
    private const int MaxConnectionFailures = 3;

    private int connectionFailures;

    /// <summary>Gets why nothing more is to be sent; <see langword="null"/> while requests may be sent.</summary>
    public Bitrix24Exception? Reason { get; private set; }

    /// <param name="failure">Why a request failed; <see langword="null"/> when it did not.</param>
    internal void Note(Bitrix24Exception? failure)
    {
        var isWithoutConnection = failure is Bitrix24TransportException { Execution: CallExecution.NotExecuted, StatusCode: null };
        connectionFailures = isWithoutConnection ? connectionFailures + 1 : 0;
        if (failure is { Execution: CallExecution.NotExecuted } && (connectionFailures == MaxConnectionFailures || HoldsForAll(failure)))
        {
            Reason ??= failure;
        }
    }

    private static bool HoldsForAll(Bitrix24Exception failure) => failure is Bitrix24AuthenticationException || failure.ErrorCode is
        Bitrix24ErrorCode.OverloadLimit or Bitrix24ErrorCode.PortalDeleted or Bitrix24ErrorCode.PaymentRequired or Bitrix24ErrorCode.AccessDenied
        or Bitrix24ErrorCode.InsufficientScope or Bitrix24ErrorCode.UserAccessError or Bitrix24ErrorCode.ErrorMethodNotFound;
}
