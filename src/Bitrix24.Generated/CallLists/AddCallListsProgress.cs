using System.Runtime.InteropServices;

namespace Bitrix24;

/// <summary>How far the making of many call lists has come.</summary>
/// <param name="Created">How many lists were made.</param>
/// <param name="NotExecuted">How many were not made.</param>
/// <param name="Unknown">Of how many it is not known whether they were made.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddCallListsProgress(int Created, int NotExecuted, int Unknown)
{
    /// <summary>How many requests have an outcome.</summary>
    public int Completed => Created + NotExecuted + Unknown;

    internal AddCallListsProgress With(CallExecution execution) => execution switch
    {
        CallExecution.Executed => this with { Created = Created + 1 },
        CallExecution.NotExecuted => this with { NotExecuted = NotExecuted + 1 },
        _ => this with { Unknown = Unknown + 1 },
    };
}
