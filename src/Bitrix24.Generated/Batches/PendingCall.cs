using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Pipeline;

namespace Bitrix24.Batches;

/// <summary>One of many calls that are to be sent: as a command of a batch, as a call by itself, or not at all.</summary>
/// <remarks>It is serialized when the call is taken from its source, so that a source may use one object for all.</remarks>
/// <param name="Index">The position of the call among all calls, from 0.</param>
/// <param name="Source">The object that the caller described the call with.</param>
/// <param name="Operation">The operation.</param>
internal sealed record PendingCall(int Index, object Source, OperationDescriptor Operation)
{
    /// <summary>The number of characters that the commands of a batch have at most: well below what front ends accept in one request.</summary>
    internal const int MaxBatchLength = 512 * 1024;

    public string? Command { get; init; }

    public CallContext? StandaloneCall { get; init; }

    public Bitrix24InvalidRequestException? ValidationError { get; init; }

    /// <summary>Gets the caller's key; <see langword="null"/> if there is none.</summary>
    public string? Key { get; init; }

    public string? Group { get; init; }

    /// <summary>Gets the keys of the calls whose results the parameters refer to.</summary>
    public IReadOnlyCollection<string> References { get; init; } = [];

    /// <summary>Returns the call as a command, or as a call by itself where a portal would not read all of the command.</summary>
    internal PendingCall WithCommand(string command, IRequest request) =>
        BatchCommand.CountParameters(command) > BatchCommand.MaxParameters || command.Length > MaxBatchLength
            ? Standalone(request)
            : this with
            {
                Command = command,
            };

    internal PendingCall Standalone(IRequest request) =>
        this with
        {
            StandaloneCall = new CallContext(Operation, request) { IgnoresCancellationOnceSent = true },
        };

    /// <summary>Returns the call as one that is not sent because it is invalid.</summary>
    internal PendingCall Invalid(ArgumentException reason)
    {
        StandaloneCall?.Release();
        var details = new ErrorDetails(
            Operation.Method,
            CallExecution.NotExecuted,
            $"{Operation.Method} was not sent: {WithoutParameter(reason)}"
        )
        {
            Attempts = 0,
            Cause = reason,
        };
        return this with { Command = null, StandaloneCall = null, ValidationError = new Bitrix24InvalidRequestException(details) };
    }

    /// <summary>Some frameworks add the name of the parameter to the message, in parentheses or on a line of its own. It says nothing here.</summary>
    private static string WithoutParameter(ArgumentException exception) =>
        exception.Message.Split('\r', '\n')[0].Replace($" (Parameter '{exception.ParamName}')", string.Empty);
}
