using System.Runtime.InteropServices;

namespace Bitrix24;

/// <summary>Represents the progress of many calls.</summary>
/// <param name="Executed">The number of calls that the portal executed.</param>
/// <param name="NotExecuted">The number of calls that the portal did not execute.</param>
/// <param name="Unknown">The number of calls of which it is unknown whether the portal executed them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CallManyProgress(long Executed, long NotExecuted, long Unknown)
{
    /// <summary>Gets the number of calls that have an outcome.</summary>
    public long Completed => Executed + NotExecuted + Unknown;

    internal CallManyProgress With(CallExecution execution) => execution switch
    {
        CallExecution.Executed => this with { Executed = Executed + 1 },
        CallExecution.NotExecuted => this with { NotExecuted = NotExecuted + 1 },
        _ => this with { Unknown = Unknown + 1 },
    };
}
