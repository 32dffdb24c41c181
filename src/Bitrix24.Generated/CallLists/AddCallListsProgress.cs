using System.Runtime.InteropServices;

namespace Bitrix24;

/// <summary>Represents the progress of creating many call lists.</summary>
/// <param name="Created">The number of lists that were created.</param>
/// <param name="NotExecuted">The number of lists that were not created.</param>
/// <param name="Unknown">The number of lists whose outcome is unknown.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddCallListsProgress(int Created, int NotExecuted, int Unknown)
{
    /// <summary>Gets the number of requests that have an outcome.</summary>
    public int Completed => Created + NotExecuted + Unknown;

    internal AddCallListsProgress With(CallExecution execution) => execution switch
    {
        CallExecution.Executed => this with { Created = Created + 1 },
        CallExecution.NotExecuted => this with { NotExecuted = NotExecuted + 1 },
        _ => this with { Unknown = Unknown + 1 },
    };
}
